import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, tryFitted, type NodeBench } from '../../../test/support/node-bench.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

const rows = `SELECT * FROM (VALUES
  (0, 'train', 'a', 1.0::DOUBLE, DATE '2024-01-01'), (1, 'train', 'a', 3, NULL), (2, 'train', 'b', NULL, DATE '2024-01-03'), (3, 'train', NULL, 10, NULL),
  (4, 'test', 'a', 1000, NULL), (5, 'test', 'new', 5, NULL), (6, 'test', NULL, 6, NULL)
) AS t("__row", "__partition", shop, price, day)`;
const by = (statistics: object[], more: object = {}): Record<string, unknown> => ({
  by: ['shop'],
  statistics,
  ...more,
});

describe('group statistics', () => {
  test('each row gets what the training rows of its group say, an unknown group what all training rows say', async () => {
    const table = await bench.table('t', rows);
    const trial = await tryFitted(
      bench,
      spec,
      run,
      by([
        { column: 'price', function: 'mean', as: 'usual' },
        { column: 'price', function: 'count', as: '' },
      ]),
      table,
    );
    const found = await trial.apply(table, true);
    expect(found.map((r) => r['usual'])).toEqual([2, 2, null, 10, 2, expect.closeTo(14 / 3, 12), 10]);
    expect(found.map((r) => r['count_of_price_by_shop'])).toEqual([2, 2, 0, 1, 2, 3, 1]);
  });

  test.each([
    ['min', [1, 1, null, 10, 1, null, 10]],
    ['max', [3, 3, null, 10, 3, null, 10]],
    ['median', [2, 2, null, 10, 2, null, 10]],
    ['sum', [4, 4, null, 10, 4, null, 10]],
    ['sd', [Math.SQRT2, Math.SQRT2, null, null, Math.SQRT2, null, null]],
  ])('%s; an unknown group gets nothing when asked so', async (name, expected) => {
    const table = await bench.table('t', rows);
    const trial = await tryFitted(
      bench,
      spec,
      run,
      by([{ column: 'price', function: name, as: 'v' }], { unseen: 'missing' }),
      table,
    );
    expect((await trial.apply(table, true)).map((r) => r['v'])).toEqual(expected);
  });

  test('what is learnt is the same for any number of threads and any order of rows', async () => {
    const many = "SELECT sin(i) * 1e6 AS x, 'g' || (i % 7) AS g FROM range(200000) AS r(i)";
    const learn = async (threads: number, order: string): Promise<unknown> => {
      const other = await openBench(threads);
      try {
        return (
          await tryFitted(
            other,
            spec,
            run,
            { by: ['g'], statistics: [{ column: 'x', function: 'mean', as: '' }] },
            await other.table('t', `${many} ${order}`),
          )
        ).state;
      } finally {
        other.close();
      }
    };
    expect(await learn(4, 'ORDER BY hash(i)')).toEqual(await learn(1, ''));
  });

  test('the target is refused, as a statistic and as a group', () => {
    const check = (params: Record<string, unknown>): string[] =>
      (
        spec.check?.({
          node: 'it',
          params: spec.params.parse(params),
          wired: new Set(['rows']),
          inputs: {
            rows: {
              split: true,
              columns: [
                { name: 'y', type: 'DOUBLE', role: 'target' },
                { name: 'shop', type: 'VARCHAR' },
              ],
            },
          },
        }) ?? []
      ).map((f) => f.code);
    expect(check(by([{ column: 'y', function: 'mean', as: '' }]))).toEqual(['group.target']);
    expect(check({ by: ['y'], statistics: [{ column: 'shop', function: 'count', as: '' }] })).toEqual(['group.target']);
    expect(check({})).toEqual(['param.empty', 'param.empty']);
  });

  test('says its columns before a run, with names that no other has', () => {
    const columns = [
      { name: 'shop', type: 'VARCHAR' },
      { name: 'Mean_of_price_by_shop', type: 'DOUBLE' },
      { name: 'price', type: 'DOUBLE' },
    ];
    expect(
      spec.columns?.(spec.params.parse(by([{ column: 'price', function: 'mean', as: '' }])), {
        rows: { split: true, columns },
      }),
    ).toEqual([...columns, { name: 'mean_of_price_by_shop_2', type: 'DOUBLE' }]);
  });

  test('numbers like 1e300 have every statistic; a sum that no double holds is refused by name', async () => {
    const table = await bench.table(
      't',
      `SELECT 'a' AS g, unnest([1e300, 3e300]) AS x, unnest([1.2e308, 1.7e308]) AS y`,
    );
    const learn = async (name: string, column: string) => {
      const statistics = [{ column, function: name, as: 'v' }];
      return (await (await tryFitted(bench, spec, run, { by: ['g'], statistics }, table)).apply(table, true))[0]?.['v'];
    };
    expect(await learn('mean', 'x')).toBeCloseTo(2e300, -290);
    expect(Number(await learn('sd', 'x')) / 1e300).toBeCloseTo(Math.SQRT2, 12);
    expect(Number(await learn('sum', 'x')) / 1e300).toBeCloseTo(4, 12);
    await expect(learn('sum', 'y')).rejects.toMatchObject({ code: 'prepare.infinite', problem: { column: 'y' } });
  });
});
