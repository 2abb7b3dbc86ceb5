/** The training rows themselves: of a row's k nearest ones it gives the mean, the smallest and the largest target. A row with a missing value has none. */
import { numbersForm } from '../estimator-form.ts';
import { packDoubles, unpackDoubles } from '../packed-doubles.ts';
import { unreadable } from '../unreadable.ts';

export interface NearestRows {
  neighbours: number;
  columns: readonly string[];
  /** [rows, columns], row-major */
  values: Float64Array;
  target: Float64Array;
}

export const form = numbersForm<NearestRows>({
  form: 'nearest-rows',
  needsEveryValue: true,
  encode: ({ neighbours, columns, values, target }) => ({
    neighbours,
    columns: [...columns],
    values: packDoubles(values),
    target: packDoubles(target),
  }),
  decode: ({ neighbours, columns, values: packed, target: answers }) => {
    const [values, target] = [unpackDoubles(packed), unpackDoubles(answers)];
    if (!Array.isArray(columns) || !columns.every((name) => typeof name === 'string'))
      throw unreadable('the names of the columns are missing');
    if (typeof neighbours !== 'number' || !Number.isInteger(neighbours) || neighbours < 1 || neighbours > target.length)
      throw unreadable('the number of neighbours does not fit the rows');
    if (values.length !== target.length * columns.length) throw unreadable('the rows do not fit the columns');
    return { neighbours, columns, values, target };
  },
  outputs: ({ neighbours, columns, values, target }, features, rows) => {
    const width = columns.length;
    const found = new Float64Array(rows * 3).fill(NaN);
    for (let row = 0; row < rows; row++) {
      const own = features.subarray(row * width, (row + 1) * width);
      if (own.some(Number.isNaN)) continue;
      const distances = target.map((_, k) =>
        own.reduce((sum, x, c) => sum + (x - (values[k * width + c] ?? 0)) ** 2, 0),
      );
      // The sort is stable: of rows equally near the first ones are taken.
      const near = [...distances.keys()]
        .toSorted(
          (a, b) =>
            Number((distances[a] ?? 0) > (distances[b] ?? 0)) - Number((distances[a] ?? 0) < (distances[b] ?? 0)),
        )
        .slice(0, neighbours)
        .map((k) => target[k] ?? 0);
      found[row * 3] = near.reduce((sum, y) => sum + y, 0) / neighbours;
      found[row * 3 + 1] = near.reduce((least, y) => Math.min(least, y));
      found[row * 3 + 2] = near.reduce((most, y) => Math.max(most, y));
    }
    return found;
  },
  addOutputs: (g, features, { neighbours, columns, values, target }) => {
    const [count, width] = [target.length, columns.length];
    const own = g.apply('Unsqueeze', [features, g.constant('int64', [1], [1])]);
    const away = g.apply('Sub', [own, g.constant('double', [1, count, width], Array.from(values))]);
    const squares = g.apply('ReduceSum', [g.apply('Mul', [away, away]), g.constant('int64', [1], [2])], {
      keepdims: 0,
    });
    const k = g.constant('int64', [1], [neighbours]);
    const [, nearest = ''] = g.node('TopK', [squares, k], { axis: 1, largest: 0, sorted: 1 }, { outputs: 2 });
    const near = g.apply('Gather', [g.constant('double', [count], Array.from(target)), nearest], { axis: 0 });
    const axis = g.constant('int64', [1], [1]);
    const [mean, least, most] = [
      g.apply('ReduceMean', [near, axis], { keepdims: 1 }),
      g.apply('ReduceMin', [near, axis], { keepdims: 1 }),
      g.apply('ReduceMax', [near, axis], { keepdims: 1 }),
    ];
    return g.apply('Concat', [mean, least, most], { axis: 1 });
  },
});
