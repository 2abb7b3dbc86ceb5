import * as z from 'zod';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import { absentColumns } from '../../../shared/kind/column-findings.ts';
import { pickColumns, sayColumns } from '../../../shared/kind/columns.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field, type ColumnRule } from '../../../shared/kind/fields/fields.ts';
import { learnerInputs } from '../../../shared/kind/learner.ts';
import { neuralFields, sayLayers } from '../../../shared/kind/neural-learner.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';

/** No classes, so nothing to weigh them by. */
const { classWeights: _classWeights, ...fields } = neuralFields;
export const scoreColumn = 'anomaly_score';

export const spec = defineSpec({
  kind: 'train.autoencoder',
  version: 1,
  computes: 3,
  title: 'Autoencoder',
  about:
    'Learns what rows usually look like by squeezing them and giving them back; what it gives back badly is unusual.',
  keywords: [
    'anomaly detection',
    'outlier detection',
    'novelty',
    'unsupervised',
    'compression',
    'dimensionality reduction',
    'reconstruction error',
    'fraud',
    'deep learning',
    'anomaly',
    'anomalies',
    'unusual rows',
    'fraud detection',
    'rare events',
  ],
  icon: 'shrink',
  inputs: learnerInputs,
  outputs: {
    rows: { wire: 'table', title: 'Rows with their score' },
    model: { wire: 'model', title: 'Model' },
    report: { wire: 'report', title: 'Training report' },
  },
  params: z.strictObject({
    columns: field.columns({
      title: 'Features',
      help: 'The columns that make up what a row looks like: numbers, yes/no columns, dates, times, and texts that stand for categories. A rule never picks the target, ids, groups or weights.',
      families: ['number', 'boolean', 'time', 'text'],
    }),
    codes: field.switch({
      title: 'Codes',
      help: 'Adds the numbers in the narrowest layer: the row, compressed. For a map, for clusters, or for a trainer.',
      default: false,
    }),
    layers: field.layers({
      title: 'Layers',
      help: 'A preset that narrows and widens with the number of columns, or a list of layers of your own.',
      takes: 'again',
      default: 'bottleneck',
    }),
    ...fields,
  }),
  form: 'task',
  rows: 'same',
  heavy: true,
  summary: ({ columns, layers, epochs }) =>
    `learn what ${sayColumns(columns)} usually look like (${sayLayers(layers)}), ${epochs} epochs`,
  columns: ({ columns: _rule }, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    const [score = scoreColumn] = uniqueNames(
      [scoreColumn],
      own.map((c) => c.name),
    );
    return [...own, { name: score, type: 'DOUBLE' }];
  },
  dynamic: ({ codes }) => (codes ? [{ pattern: 'code_*', type: 'FLOAT', from: scoreColumn }] : []),
  check: ({ params, inputs }) => {
    const schema = inputs['rows'];
    if (schema === undefined) return [];
    const findings = absentColumns(params.columns, schema.columns);
    if (readColumns(params.columns, schema.columns).length === 0 && (schema.dynamic ?? []).length === 0)
      findings.push({
        code: 'train.no-features',
        message: 'There is no column to learn from.',
        mend: 'Let the rule pick at least one number, yes/no column, date or text.',
        param: 'columns',
      });
    return findings;
  },
  network: (params, inputs) => {
    const schema = inputs['rows'];
    if (schema === undefined) return undefined;
    const read = readColumns(params.columns, schema.columns);
    const texts = read.filter((c) => typeFamily(c.type) === 'text').length;
    const input = { kind: 'table', numbers: read.length - texts + 12 * texts, categories: [] } as const;
    return {
      network: {
        input: { ...input, categories: [] },
        layers: resolveLayers(params.layers, 'again', { ...input, categories: [] }),
        output: { kind: 'input-again', loss: 'squared' },
      },
      ...(texts > 0
        ? { assumed: 'Ten values for each text column are assumed in these shapes; a run takes what the data hold.' }
        : {}),
    };
  },
});

/** Numbers, yes/no columns, times and texts that the rule picks. */
export const readColumns = (rule: ColumnRule, columns: readonly Column[]): Column[] =>
  pickColumns(rule, columns).filter((c) => typeFamily(c.type) !== 'other');
