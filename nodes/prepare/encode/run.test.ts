import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, tryFitted, type NodeBench } from '../../../test/support/node-bench.ts';
import { chooseCategories } from './one-hot.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

const islands = `SELECT * FROM (VALUES
  (0, 'train', 'Biscoe', 1), (1, 'train', 'Dream', 0), (2, 'train', 'Biscoe', 1), (3, 'train', NULL, 0), (4, 'train', 'Torgersen', 1),
  (5, 'test', 'Atlantis', 0), (6, 'test', NULL, 1)
) AS t("__row", "__partition", island, y)`;

describe('one-hot', () => {
  test('each category of the training rows gets a column; the missing has its own, the unseen is all zeros', async () => {
    const table = await bench.table('t', islands, { y: 'target' });
    const rows = await (await tryFitted(bench, spec, run, {}, table)).apply(table, true);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      '__row',
      '__partition',
      'y',
      'island_Biscoe',
      'island_Dream',
      'island_Torgersen',
      'island_missing',
    ]);
    expect(
      rows.map((r) =>
        ['Biscoe', 'Dream', 'Torgersen', 'missing'].map((v) => (r[`island_${v}`] === true ? 1 : 0)).join(''),
      ),
    ).toEqual(['1000', '0100', '1000', '0001', '0010', '0000', '0001']);
  });

  test('beyond the most columns, rare and unseen categories share one', async () => {
    const table = await bench.table('t', islands, { y: 'target' });
    const rows = await (await tryFitted(bench, spec, run, { maxCategories: 2 }, table)).apply(table, true);
    expect(
      rows.map((r) => [r['island_Biscoe'], r['island_infrequent'], r['island_missing']].map(Number).join('')),
    ).toEqual(['100', '010', '100', '001', '010', '010', '001']);
  });

  test('the first can be left out, and is then all zeros', async () => {
    const table = await bench.table('t', islands, { y: 'target' });
    const rows = await (await tryFitted(bench, spec, run, { drop: true }, table)).apply(table, true);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      '__row',
      '__partition',
      'y',
      'island_Dream',
      'island_Torgersen',
      'island_missing',
    ]);
    expect(rows[0]).toMatchObject({ island_Dream: false, island_Torgersen: false, island_missing: false });
  });

  test('names that differ only in case, or are taken, are told apart', async () => {
    const table = await bench.table('t', `SELECT unnest(['yes', 'Yes', 'it''s "so"']) AS a, 1 AS "a_YES"`);
    const rows = await (await tryFitted(bench, spec, run, {}, table)).apply(table, true);
    expect(Object.keys(rows[0] ?? {})).toEqual(['a_YES', 'a_Yes_2', `a_it's "so"`, 'a_yes_3']);
  });

  test('at most the wished number of columns, and the infrequent one only when something is left for it', () => {
    const counts = fc.uniqueArray(fc.record({ value: fc.string(), count: fc.integer({ min: 1, max: 9 }) }), {
      selector: (c) => c.value,
    });
    fc.assert(
      fc.property(
        counts,
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 1, max: 4 }),
        (found, maxCategories, minRows) => {
          const { own, hasInfrequent } = chooseCategories(found, { maxCategories, minRows });
          expect(own.length + (hasInfrequent ? 1 : 0)).toBeLessThanOrEqual(maxCategories);
          expect(hasInfrequent).toBe(own.length < found.length);
          const leastOwn = Math.min(...found.filter((c) => own.includes(c.value)).map((c) => c.count));
          expect(found.every((c) => own.includes(c.value) || c.count <= leastOwn)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('ordinal', () => {
  test('codes in the order of the alphabet; the missing stays missing and the unseen gets its own code', async () => {
    const table = await bench.table('t', islands, { y: 'target' });
    const rows = await (
      await tryFitted(bench, spec, run, { method: 'ordinal', unseenCode: -9 }, table)
    ).apply(table, true);
    expect(rows.map((r) => r['island'])).toEqual([0, 1, 0, null, 2, -9, null]);
    expect(Object.keys(rows[0] ?? {})).toEqual(['__row', '__partition', 'island', 'y']);
  });

  test('or the most frequent first', async () => {
    const table = await bench.table('t', `SELECT unnest(['b', 'a', 'b', 'c', 'c', 'b']) AS s`);
    const rows = await (
      await tryFitted(bench, spec, run, { method: 'ordinal', order: 'frequency' }, table)
    ).apply(table, true);
    expect(rows.map((r) => Number(r['s'])).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1, 1, 2]);
  });

  test('whole numbers as categories go by size', async () => {
    const table = await bench.table('t', `SELECT unnest([10, 9, 100]) AS n`);
    const trial = await tryFitted(
      bench,
      spec,
      run,
      { method: 'ordinal', columns: { by: 'names', names: ['n'] } },
      table,
    );
    expect(trial.state).toMatchObject({ columns: [{ name: 'n', categories: ['9', '10', '100'] }] });
  });
});

describe('target mean', () => {
  const params = { method: 'target', smoothing: 1, folds: 2 };
  const sales = `SELECT * FROM (VALUES
    (0, 'train', 'a', 1.0), (1, 'train', 'a', 3.0), (2, 'train', 'a', 5.0), (3, 'train', 'b', 10.0), (4, 'test', 'a', 99.0), (5, 'test', 'new', NULL)
  ) AS t("__row", "__partition", shop, sold)`;

  test('a training row gets what the other folds teach, others the smoothed mean of all training rows, the unseen the prior', async () => {
    const table = await bench.table('t', sales, { sold: 'target' });
    const trial = await tryFitted(bench, spec, run, params, table);
    // Rows 0 and 2 are fold 0, rows 1 and 3 fold 1. Without fold 0: prior 6.5, a = (3 + 6.5) / 2. Without fold 1: prior 3, a = (6 + 3) / 3, b unseen.
    expect((await trial.apply(table, true)).map((r) => r['shop'])).toEqual([4.75, 3, 4.75, 3, (9 + 4.75) / 4, 4.75]);
    expect((await trial.apply(table, false)).map((r) => r['shop'])).toEqual([
      3.4375, 3.4375, 3.4375, 7.375, 3.4375, 4.75,
    ]);
  });

  test('two classes give the share of the later one, more give a column for each', async () => {
    const two = await bench.table(
      't',
      `SELECT i AS "__row", 'train' AS "__partition", 'x' AS s, CASE WHEN i < 3 THEN 'yes' ELSE 'no' END AS y FROM range(4) AS r(i)`,
      { y: 'target' },
    );
    const binary = await tryFitted(bench, spec, run, { ...params, smoothing: 0 }, two);
    expect((await binary.apply(two, false)).map((r) => r['s'])).toEqual([0.75, 0.75, 0.75, 0.75]);
    const three = await bench.table(
      't',
      `SELECT i AS "__row", 'train' AS "__partition", 'x' AS s, 'c' || i AS y FROM range(3) AS r(i)`,
      { y: 'target' },
    );
    const many = await tryFitted(bench, spec, run, { ...params, smoothing: 0 }, three);
    expect((await many.apply(three, false))[0]).toEqual({
      __row: 0n,
      __partition: 'train',
      y: 'c0',
      s_c0: 1 / 3,
      s_c1: 1 / 3,
      s_c2: 1 / 3,
    });
  });

  test('without a split it is refused before the run', () => {
    const inputs = {
      rows: {
        columns: [
          { name: 's', type: 'VARCHAR' },
          { name: 'y', type: 'DOUBLE', role: 'target' as const },
        ],
        split: false,
      },
    };
    expect(
      spec.check?.({ node: 'encode', params: spec.params.parse(params), inputs, wired: new Set(['rows']) }),
    ).toMatchObject([{ code: 'encode.needs-split', fixes: [{ kind: 'split.rows', side: 'before' }] }]);
  });
});
