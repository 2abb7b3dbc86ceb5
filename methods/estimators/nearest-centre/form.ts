/** Centres of groups: what it gives for a row is its Euclidean distance to each. A row with a missing value has none. */
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { numbersForm } from '../estimator-form.ts';
import { unreadable } from '../unreadable.ts';
import { packDoubles, unpackDoubles } from '../packed-doubles.ts';

export interface Centres {
  columns: readonly string[];
  /** [centres, columns], row-major */
  values: Float64Array;
}

export const form = numbersForm<Centres>({
  form: 'nearest-centre',
  needsEveryValue: true,
  encode: ({ columns, values }) => ({ columns: [...columns], centres: packDoubles(values) }),
  decode: (json) => {
    const { columns } = json;
    const values = unpackDoubles(json['centres']);
    if (!Array.isArray(columns) || !columns.every((name) => typeof name === 'string'))
      throw unreadable('the names of the columns are missing');
    if (columns.length === 0 || values.length === 0 || values.length % columns.length !== 0)
      throw unreadable('the centres do not fit the columns');
    return { columns, values };
  },
  outputs: ({ columns, values }, features, rows) => {
    const width = columns.length;
    const count = values.length / width;
    const distances = new Float64Array(rows * count);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < count; k++) {
        let sum = 0;
        for (let c = 0; c < width; c++) sum += ((features[row * width + c] ?? NaN) - (values[k * width + c] ?? 0)) ** 2;
        distances[row * count + k] = Math.sqrt(sum);
      }
    return distances;
  },
  addOutputs: (g, features, { columns, values }) => {
    const width = columns.length;
    const count = values.length / width;
    const rows = one(g, 'Unsqueeze', [features, g.constant('int64', [1], [1])]);
    const away = one(g, 'Sub', [rows, g.constant('double', [1, count, width], Array.from(values))]);
    const squares = one(g, 'Mul', [away, away]);
    const sums = one(g, 'ReduceSum', [squares, g.constant('int64', [1], [2])], { keepdims: 0 });
    return one(g, 'Sqrt', [sums]);
  },
});

const one = (
  g: GraphBuilder,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<GraphBuilder['node']>[2] = {},
): string => g.node(op, inputs, attributes)[0] ?? '';
