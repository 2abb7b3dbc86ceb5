import * as z from 'zod';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import type { NetworkInput, NetworkOutput } from '../../../shared/neural/network.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import {
  checkLearner,
  featuresOf,
  learnerFields,
  learnerInputs,
  learnerOutputs,
  sayTarget,
  targetOf,
  taskField,
  textFeaturesOf,
} from '../../../shared/kind/learner.ts';
import { neuralFields, sayLayers } from '../../../shared/kind/neural-learner.ts';
import type { TableSchema } from '../../../shared/wires.ts';

export const spec = defineSpec({
  kind: 'train.neural-network',
  version: 1,
  computes: 3,
  title: 'Neural network',
  about:
    'Learns classes or numbers from tables by layers of weighted sums. Takes missing values and texts with few different values as they are.',
  keywords: [
    'MLP',
    'multilayer perceptron',
    'MLPClassifier',
    'MLPRegressor',
    'deep learning',
    'dense',
    'Keras',
    'PyTorch',
    'tabular',
    'embeddings',
    'early stopping',
    'perceptron',
    'feed forward',
    'TensorFlow',
    'DNN',
  ],
  icon: 'brain-circuit',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    target: learnerFields.target,
    columns: field.columns({
      title: 'Features',
      help: 'The columns to learn from: numbers, yes/no columns, dates, times, and texts that stand for categories. A rule never picks the target, ids, groups or weights.',
      families: ['number', 'boolean', 'time', 'text'],
    }),
    task: taskField,
    layers: field.layers({
      title: 'Layers',
      help: 'A preset that fits itself to the columns, or a list of layers of your own. The answer’s layer is added behind them.',
      takes: 'table',
      default: 'medium',
    }),
    ...neuralFields,
  }),
  form: 'task',
  rows: 'same',
  heavy: true,
  summary: ({ target, layers, epochs }) =>
    `predict ${sayTarget(target)} by a network (${sayLayers(layers)}), ${epochs} epochs`,
  check: (context) => {
    const schema = context.inputs['rows'];
    const target = targetOf(context.params, schema?.columns ?? [])?.name ?? '';
    const hasTexts = textFeaturesOf(context.params.columns, schema?.columns ?? [], target).length > 0;
    return checkLearner(context).filter(
      (f) => f.code !== 'train.text-left-out' && !(f.code === 'train.no-features' && hasTexts),
    );
  },
  network: (params, inputs) => {
    const schema = inputs['rows'];
    if (schema === undefined) return undefined;
    const { input, output } = assumedEnds(params, schema);
    return {
      network: { input, layers: resolveLayers(params.layers, 'table', input), output },
      assumed:
        'Ten values for each text column and three classes are assumed in these shapes; a run takes what the data hold.',
    };
  },
});

interface Ends {
  target: string;
  columns: Parameters<typeof featuresOf>[0];
  task: string;
}

/** As far as the schema tells. */
function assumedEnds(params: Ends, schema: TableSchema): { input: NetworkInput; output: NetworkOutput } {
  const target = targetOf(params, schema.columns);
  const texts = textFeaturesOf(params.columns, schema.columns, target?.name ?? '');
  const isNumber = target !== undefined && /DOUBLE|FLOAT|DECIMAL/.test(target.type);
  return {
    input: {
      kind: 'table',
      numbers: featuresOf(params.columns, schema.columns, target?.name ?? '').length,
      categories: texts.map((c) => ({ name: c.name, count: 12, size: 6 })),
    },
    output:
      params.task === 'regression' || (params.task === 'auto' && isNumber)
        ? { kind: 'values', count: 1, loss: 'squared' }
        : { kind: 'classes', count: 3 },
  };
}
