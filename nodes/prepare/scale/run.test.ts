import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, tryFitted, type NodeBench } from '../../../test/support/node-bench.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

describe('scale', () => {
  const values = `SELECT * FROM (VALUES
    (0, 'train', 1::INTEGER, 5.0::DOUBLE, 'a'), (1, 'train', 2, 5, 'b'), (2, 'train', 3, 5, NULL), (3, 'train', NULL, NULL, NULL), (4, 'test', 100, 7, 'c')
  ) AS t("__row", "__partition", x, constant, s)`;

  test.each([
    { method: 'standard', x: [-1.224744871391589, 0, 1.224744871391589, null, 120.02499739637572] },
    { method: 'min-max', x: [0, 0.5, 1, null, 49.5] },
    { method: 'robust', x: [-1, 0, 1, null, 98] },
  ])(
    '$method learns from the training rows, leaves gaps, and only shifts what does not vary',
    async ({ method, x }) => {
      const table = await bench.table('t', values);
      const rows = await (await tryFitted(bench, spec, run, { method }, table)).apply(table, true);
      expect(rows.map((r) => r['x'])).toEqual(x.map((value) => (value === null ? null : expect.closeTo(value, 12))));
      expect(rows.map((r) => r['constant'])).toEqual([0, 0, 0, null, 2]);
      expect(rows.map((r) => r['s'])).toEqual(['a', 'b', null, null, 'c']);
    },
  );

  test('what is learnt is the same to the bit for any number of threads and any order of rows', async () => {
    const many = 'SELECT sin(i) * 1e6 + i / 7.0 AS x FROM range(300000) AS r(i)';
    const learn = async (threads: number, order: string): Promise<unknown> => {
      const other = await openBench(threads);
      try {
        return (await tryFitted(other, spec, run, {}, await other.table('t', `${many} ${order}`))).state;
      } finally {
        other.close();
      }
    };
    expect(await learn(4, 'ORDER BY hash(i)')).toEqual(await learn(1, ''));
  });

  test('infinite values are refused by the name of their column', async () => {
    const table = await bench.table('t', `SELECT unnest([1.0, 'inf'::DOUBLE]) AS "the price"`);
    await expect(tryFitted(bench, spec, run, {}, table)).rejects.toMatchObject({
      code: 'prepare.infinite',
      problem: { column: 'the price' },
    });
  });

  test('numbers of any size a double can hold are measured: 1e300 and 1e-300 beside each other', async () => {
    const table = await bench.table(
      't',
      `SELECT unnest([1e300, -1e300, 0.0]) AS large, unnest([1e-300, -1e-300, 0.0]) AS small, unnest([1.7e308, -1.7e308, 0.0]) AS largest`,
    );
    const rows = await (await tryFitted(bench, spec, run, {}, table)).apply(table, true);
    for (const name of ['large', 'small', 'largest'])
      expect(rows.map((r) => r[name])).toEqual([Math.sqrt(1.5), -Math.sqrt(1.5), 0].map((x) => expect.closeTo(x, 12)));
    const learn = tryFitted(bench, spec, run, { method: 'min-max' }, table);
    await expect(learn).rejects.toMatchObject({ code: 'scale.too-wide', problem: { column: 'largest' } });
  });
});
