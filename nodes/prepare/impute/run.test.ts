import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, tryFitted, type NodeBench } from '../../../test/support/node-bench.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

const values = `SELECT * FROM (VALUES
  (0, 'train', 1.5::DOUBLE, 10::BIGINT, 'a', true, DATE '2020-01-01', 0),
  (1, 'train', NULL, 20, 'b', NULL, NULL, 1),
  (2, 'train', 2.5, NULL, 'b', true, DATE '2020-01-03', 0),
  (3, 'train', 'NaN'::DOUBLE, 30, NULL, false, DATE '2020-01-05', 1),
  (4, 'test', NULL, NULL, NULL, NULL, NULL, NULL),
  (5, 'test', 1000, 9007199254740993, 'z', false, DATE '2030-01-01', 1)
) AS t("__row", "__partition", x, n, s, b, d, y)`;

describe('impute', () => {
  test('the median of the training rows alone fills numbers; others get their most frequent value', async () => {
    const table = await bench.table('t', values, { y: 'target' });
    const trial = await tryFitted(bench, spec, run, {}, table);
    const rows = await trial.apply(table, true);
    expect(rows.map((r) => [r['x'], r['n'], r['s'], r['b'], r['d'], r['y']])).toEqual([
      [1.5, 10, 'a', true, '2020-01-01', 0],
      [2, 20, 'b', true, '2020-01-03', 1],
      [2.5, 20, 'b', true, '2020-01-03', 0],
      [2, 30, 'b', false, '2020-01-05', 1],
      [2, 20, 'b', true, '2020-01-03', null],
      [1000, 9007199254740992, 'z', false, '2030-01-01', 1],
    ]);
    expect(rows[0]).toMatchObject({ __row: 0, __partition: 'train' });
  });

  test('a gap can be marked, and whole numbers keep their digits when filled with their most frequent value', async () => {
    const table = await bench.table(
      't',
      `SELECT * FROM (VALUES (9007199254740993::BIGINT), (9007199254740993), (7), (NULL)) AS t(n)`,
    );
    const trial = await tryFitted(bench, spec, run, { strategy: 'most-frequent', flag: true }, table);
    expect(await trial.apply(table, true)).toEqual([
      { n: 9007199254740993n, n_missing: false },
      { n: 9007199254740993n, n_missing: false },
      { n: 7n, n_missing: false },
      { n: 9007199254740993n, n_missing: true },
    ]);
  });

  test('a column without any value becomes zero and says so', async () => {
    const table = await bench.table(
      't',
      `SELECT NULL::DOUBLE AS x, NULL::VARCHAR AS s, NULL::BOOLEAN AS b, NULL::TIMESTAMP AS w`,
    );
    const trial = await tryFitted(bench, spec, run, {}, table);
    expect(await trial.apply(table, false)).toEqual([{ x: 0, s: 'missing', b: false, w: '1970-01-01 00:00:00' }]);
    expect(trial.findings.map((f) => f.column)).toEqual(['x', 's', 'b', 'w']);
  });

  test('no rows at all still give a state that can be applied', async () => {
    const table = await bench.table('t', `SELECT 1.0::DOUBLE AS x, 'a' AS s LIMIT 0`);
    const trial = await tryFitted(bench, spec, run, { strategy: 'mean' }, table);
    expect(await trial.apply(table, true)).toEqual([]);
  });

  test.each(['mean', 'median', 'most-frequent'])(
    '%s: infinite values are refused with their column',
    async (strategy) => {
      const table = await bench.table('t', `SELECT unnest(['inf'::DOUBLE, 'inf'::DOUBLE, 1]) AS x`);
      await expect(tryFitted(bench, spec, run, { strategy }, table)).rejects.toMatchObject({
        code: 'prepare.infinite',
        problem: { column: 'x' },
      });
    },
  );

  test('a constant is used for each picked column', async () => {
    const table = await bench.table('t', `SELECT NULL::INTEGER AS x`);
    const trial = await tryFitted(bench, spec, run, { strategy: 'constant', constant: '-1' }, table);
    expect(await trial.apply(table, true)).toEqual([{ x: -1 }]);
  });

  test('a constant of the wrong kind is found before the run', () => {
    const inputs = {
      rows: {
        columns: [
          { name: 'x', type: 'DOUBLE' },
          { name: 's', type: 'VARCHAR' },
        ],
        split: false,
      },
    };
    const params = spec.params.parse({ strategy: 'constant', constant: 'none' });
    expect(spec.check?.({ node: 'fill', params, inputs, wired: new Set(['rows']) })).toMatchObject([
      { code: 'impute.constant', column: 'x', param: 'constant' },
    ]);
  });

  test.each(['median', 'mean'])('the %s of numbers like 1e300 is found', async (strategy) => {
    const table = await bench.table('t', `SELECT unnest([1e300, 3e300, 2e300, NULL]) AS x`);
    const trial = await tryFitted(bench, spec, run, { strategy }, table);
    expect((await trial.apply(table, true)).map((r) => r['x'])).toEqual([1e300, 3e300, 2e300, 2e300]);
  });
});
