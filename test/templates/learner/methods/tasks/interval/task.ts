/** A number, and between which two it is likely to lie. */
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { ModelTask } from '../model-task.ts';

/** The estimator gives for each row the answer, then its bounds. */
export const task: ModelTask = {
  task: 'interval',
  gives: 'intervals',
  answers: () => [
    { name: 'prediction', type: 'DOUBLE', from: 'prediction' },
    { name: 'lower', type: 'DOUBLE', from: { figure: 0 } },
    { name: 'upper', type: 'DOUBLE', from: { figure: 1 } },
  ],
  read: (outputs, rows) => {
    const width = rows === 0 ? 1 : outputs.length / rows;
    return {
      prediction: Float64Array.from({ length: rows }, (_, row) => outputs[row * width] ?? NaN),
      probabilities: Float64Array.from(outputs.filter((_, i) => i % width > 0)),
    };
  },
  addAnswers: (g, outputs) => ({
    prediction: { value: columns(g, outputs, 0, 1), type: 'double' },
    probabilities: columns(g, outputs, 1, 3),
  }),
  sayExported: (_model, { prediction, probabilities }) =>
    `the output "${prediction}" is the number, and "${probabilities}" its lower and upper bound`,
};

const columns = (g: GraphBuilder, outputs: string, from: number, to: number): string =>
  g.apply('Slice', [outputs, ...[from, to, 1].map((value) => g.constant('int64', [1], [value]))]);
