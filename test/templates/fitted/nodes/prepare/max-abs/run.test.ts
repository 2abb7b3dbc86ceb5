import { expect, it } from 'vitest';
import { openBench, tryFitted } from '../../../test/support/node-bench.ts';
import run from './run.ts';
import { spec } from './spec.ts';

it('learns the largest size from the training rows, and applies it to all', async () => {
  const bench = await openBench();
  try {
    const table = await bench.table(
      't',
      `SELECT * FROM (VALUES (0, 'train', -4, 0.0), (1, 'train', 2, 0), (2, 'test', 8, NULL)) AS t("__row", "__partition", x, z)`,
    );
    const rows = await (await tryFitted(bench, spec, run, {}, table)).apply(table, true);
    expect(rows.map(({ x, z }) => [x, z])).toEqual([
      [-1, 0],
      [0.5, 0],
      [2, null],
    ]);
  } finally {
    bench.close();
  }
});
