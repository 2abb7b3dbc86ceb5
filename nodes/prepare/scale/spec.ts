import * as z from 'zod';
import { absentColumns } from '../../../shared/kind/column-findings.ts';
import { pickColumns, sayColumns } from '../../../shared/kind/columns.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { typeFamily } from '../../../shared/wires.ts';

export const spec = defineSpec({
  kind: 'prepare.scale',
  version: 1,
  computes: 1,
  title: 'Scale',
  about:
    'Brings numbers to one scale by what the training rows teach: mean and deviation, smallest and largest, or median and quartiles.',
  keywords: [
    'standardize',
    'normalize',
    'StandardScaler',
    'MinMaxScaler',
    'RobustScaler',
    'z-score',
    'zscore',
    'normalizer',
    'normalization',
    'standardization',
    'min-max',
    'feature scaling',
    'scaler',
    'rescale',
    'unit variance',
    'mean centering',
  ],
  icon: 'ruler',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Scaled rows' } },
  params: z.strictObject({
    columns: field.columns({
      title: 'Columns',
      help: 'Which numbers are scaled. The target is never picked by a rule.',
      families: ['number'],
      default: { by: 'type', type: 'number' },
    }),
    method: field.choice({
      title: 'Method',
      help: 'Standard: mean 0, deviation 1. Min–max: from 0 to 1. Robust: median 0, quartile distance 1, little moved by outliers.',
      choices: { standard: 'standard', 'min-max': 'min-max', robust: 'robust' },
      default: 'standard',
    }),
  }),
  form: 'fitted',
  rows: 'same',
  summary: ({ columns, method }) =>
    `scale ${sayColumns(columns)} by ${{ standard: 'mean and deviation', 'min-max': 'their range', robust: 'median and quartiles' }[method]}`,
  check: ({ params, inputs }) => {
    const schema = inputs['rows'];
    if (!schema) return [];
    const unfit = pickColumns(params.columns, schema.columns).filter(
      (c) => params.columns.by === 'names' && typeFamily(c.type) !== 'number',
    );
    return [
      ...absentColumns(params.columns, schema.columns),
      ...unfit.map((c): Finding => ({
        code: 'scale.not-a-number',
        message: `"${c.name}" is ${c.type}, not a number, so it cannot be scaled.`,
        mend: 'Leave it out, or turn it into a number first.',
        param: 'columns',
        column: c.name,
      })),
    ];
  },
  columns: (params, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    const scaled = new Set(pickColumns(params.columns, columns, ['number']).map((c) => c.name));
    return columns.map((c) => (scaled.has(c.name) ? { ...c, type: 'DOUBLE' } : c));
  },
});
