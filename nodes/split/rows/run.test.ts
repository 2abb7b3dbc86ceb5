import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { raw, type SqlValue } from '../../../shared/sql.ts';
import {
  checkParams,
  examineRows,
  runSql,
  schemaOf,
  table,
  TestDatabase,
  type RunOptions,
  type TableLiteral,
} from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

type Cells = Readonly<Record<string, unknown>>;
const people = table(
  { name: 'VARCHAR', age: 'DOUBLE', class: 'VARCHAR', at: 'TIMESTAMP', house: 'BIGINT', key: 'BIGINT' },
  Array.from({ length: 100 }, (_, i) => [
    `n${i}`,
    i / 7,
    i % 10 === 0 ? 'rare' : i % 2 ? 'a' : 'b',
    `2024-01-${String(1 + (i % 28)).padStart(2, '0')} 00:00:00`,
    BigInt(i % 23),
    BigInt(i),
  ]),
);
const split = async (params: RunOptions['params'], input: TableLiteral = people, threads = 1): Promise<Cells[]> =>
  (await runSql(spec, run, { inputs: { rows: input }, threads, params: params ?? {} })).rows;
const sizes = (rows: readonly Cells[], of = '__partition'): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[String(row[of])] = (counts[String(row[of])] ?? 0) + 1;
  return counts;
};
const only = (rows: readonly Cells[], part: string): Cells[] => rows.filter((row) => row['__partition'] === part);
/** The marked table as a set: each row with its rank and mark. */
const marks = (rows: readonly Cells[]): string[] =>
  rows.map((row) => JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))).sort();
const shuffled = (input: TableLiteral, by: number): TableLiteral => ({
  ...input,
  rows: input.rows
    .map((row, i) => [((i + 1) * by) % 1009, row] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, row]) => row),
});

describe('split.rows', () => {
  it('takes the exact share and ranks all rows from 0', async () => {
    const rows = await split({ validationFraction: 0.15 });
    expect(sizes(rows)).toEqual({ train: 65, validation: 15, test: 20 });
    expect(rows.map((r) => Number(r['__row'])).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('divides many rows: no window of the query compares each row with each', async () => {
    using database = await TestDatabase.open(2);
    const rows = await database.createFrom(raw('SELECT range AS x, range % 2 AS y, range AS at FROM range(300_000)'));
    const parts = async (params: Readonly<Record<string, unknown>>): Promise<unknown[]> => {
      const given = { ...(await database.context(spec.params.parse(params), {})), inputs: { rows } };
      const count = `SELECT concat(__partition, ' ', count(*)) AS part FROM (${run.sql(given).render()})`;
      return (await database.read(`${count} GROUP BY __partition ORDER BY 1`)).rows.map(({ part }) => part);
    };
    expect(await parts({ target: 'y' })).toEqual(['test 60000', 'train 240000']);
    const byTime = { method: 'folds', foldBy: 'time', time: 'at', folds: 3, testFraction: 0.25 };
    expect(await parts(byTime)).toEqual(['fold 1', 'fold 2', 'fold 3', 'test'].map((part) => `${part} 75000`));
  });

  it('gives every class its share within one row, and the whole exactly', async () => {
    const rows = await split({ target: 'class', validationFraction: 0.15 });
    expect(sizes(rows)).toEqual({ train: 65, validation: 15, test: 20 });
    expect(sizes(only(rows, 'test'), 'class')).toEqual({ a: 10, b: 8, rare: 2 });
  });

  it.each([
    {},
    { target: 'class', validationFraction: 0.1 },
    { method: 'group', group: 'house' },
    { method: 'group', group: 'house', target: 'class' },
    { method: 'time', time: 'at' },
    { method: 'folds', target: 'class' },
    { method: 'folds', foldBy: 'group', group: 'house' },
    { method: 'folds', foldBy: 'time', time: 'at' },
    { id: 'key', seed: 7 },
  ])('marks the same rows whatever their order and the number of threads: %j', async (params) => {
    const expected = marks(await split(params));
    expect(marks(await split(params, shuffled(people, 613)))).toEqual(expected);
    expect(marks(await split(params, shuffled(people, 31), 2))).toEqual(expected);
  });

  it('marks tens of thousands of rows, with many equal ones, alike on one and two threads', async () => {
    const many = table(
      { x: 'BIGINT', y: 'DOUBLE', z: 'VARCHAR' },
      Array.from({ length: 20_000 }, (_, i): SqlValue[] => [
        BigInt(i % 4999),
        (i % 17) / 3,
        i % 11 === 0 ? null : `t${i % 13}`,
      ]),
    );
    const params = { target: 'z', validationFraction: 0.1 };
    const one = marks(await split(params, many, 1));
    expect(marks(await split(params, shuffled(many, 7), 2))).toEqual(one);
  });

  it('keeps equal rows in one partition, and tells NULL from the empty text and 1 from "1|"', async () => {
    const twins = table(
      { a: 'VARCHAR', b: 'VARCHAR' },
      Array.from({ length: 40 }, (_, i) => [`v${i % 8}`, i % 2 === 0 ? null : '']),
    );
    const rows = await split({ testFraction: 0.5, equalRows: 'together' }, twins);
    const where = new Map<string, Set<unknown>>();
    for (const row of rows)
      where.set(
        JSON.stringify([row['a'], row['b']]),
        (where.get(JSON.stringify([row['a'], row['b']])) ?? new Set()).add(row['__partition']),
      );
    expect([...where.values()].map((s) => s.size)).toEqual(Array.from({ length: where.size }, () => 1));
    expect(sizes(rows)).toEqual({ train: 20, test: 20 });
  });

  it('takes a few equal rows for copies, which stay together, and many for things of their own, each with its share', async () => {
    const copies = table(
      { x: 'BIGINT' },
      Array.from({ length: 100 }, (_, i) => [BigInt(i % 50)]),
    );
    const sides = new Map<unknown, Set<unknown>>();
    for (const row of await split({}, copies))
      sides.set(row['x'], (sides.get(row['x']) ?? new Set()).add(row['__partition']));
    expect([...sides.values()].every((parts) => parts.size === 1)).toBe(true);

    // Of 1,000 people three things are known; what they answered follows from them in nine of ten.
    const people3 = table(
      { sex: 'VARCHAR', age: 'VARCHAR', answer: 'VARCHAR' },
      Array.from({ length: 1000 }, (_, i) => {
        const [sex, age] = [i % 2 === 0 ? 'm' : 'f', i % 5 === 0 ? 'young' : 'old'];
        return [sex, age, (sex === 'm') === i % 10 < 9 ? 'yes' : 'no'];
      }),
    );
    const rows = await split({ target: 'answer' }, people3);
    expect(sizes(rows)).toEqual({ train: 800, test: 200 });
    const share = (part: string): number =>
      only(rows, part).filter((r) => r['sex'] === 'm' && r['answer'] === 'yes').length / only(rows, part).length;
    expect(Math.abs(share('test') - share('train'))).toBeLessThan(0.06);
    expect(marks(await split({ target: 'answer' }, shuffled(people3, 31), 2))).toEqual(marks(rows));
    expect(sizes(await split({ method: 'folds', folds: 4, testFraction: 0 }, people3))).toEqual({
      'fold 1': 250,
      'fold 2': 250,
      'fold 3': 250,
      'fold 4': 250,
    });
    expect((await examineRows(spec, run, { inputs: { rows: people3 }, params: {} })).map((f) => f.code)).toContain(
      'split.equal-rows',
    );
  });

  it('does not mind the order of the columns; with an id, nor what the other columns hold', async () => {
    const turned = table(
      { b: 'VARCHAR', a: 'BIGINT' },
      Array.from({ length: 30 }, (_, i) => [`t${i}`, BigInt(i)]),
    );
    const straight = table(
      { a: 'BIGINT', b: 'VARCHAR' },
      turned.rows.map(([b, a]) => [a ?? null, b ?? null]),
    );
    const byA = (rows: Cells[]): unknown[] =>
      rows.toSorted((x, y) => Number(x['a']) - Number(y['a'])).map((r) => [r['a'], r['__row'], r['__partition']]);
    expect(byA(await split({}, turned))).toEqual(byA(await split({}, straight)));
    const changed = table(
      { a: 'BIGINT', b: 'VARCHAR' },
      straight.rows.map(([a]) => [a ?? null, 'changed']),
    );
    expect(byA(await split({ id: 'a' }, changed))).toEqual(byA(await split({ id: 'a' }, straight)));
  });

  it('takes doubles by their bits: -0 is 0, every NaN is alike', async () => {
    const zeros = table({ x: 'DOUBLE', n: 'BIGINT' }, [
      [0, 1n],
      [-0, 1n],
      [Number.NaN, 2n],
      [Number.NaN, 2n],
      [0.1 + 0.2, 3n],
      [0.3, 3n],
    ]);
    const rows = await split({ id: '', testFraction: 0.5 }, zeros);
    const of = (n: bigint): unknown[] => rows.filter((r) => r['n'] === n).map((r) => r['__partition']);
    expect(new Set(of(1n)).size).toBe(1);
    expect(new Set(of(2n)).size).toBe(1);
  });

  it('another seed marks other rows, in the same number', async () => {
    const [a, b] = [await split({}), await split({ seed: 2 })];
    expect(sizes(b)).toEqual(sizes(a));
    expect(marks(b)).not.toEqual(marks(a));
  });

  it('a larger test holds the smaller one', async () => {
    const names = async (testFraction: number): Promise<Set<unknown>> =>
      new Set(only(await split({ target: 'class', testFraction }), 'test').map((r) => r['name']));
    const [small, large] = [await names(0.2), await names(0.4)];
    expect([...small].filter((name) => !large.has(name))).toEqual([]);
  });

  it('never tears a group apart', async () => {
    const rows = await split({ method: 'group', group: 'house', testFraction: 0.3 });
    const test = new Set(only(rows, 'test').map((r) => r['house']));
    expect(only(rows, 'train').filter((r) => test.has(r['house']))).toEqual([]);
    expect(only(rows, 'test').length).toBeGreaterThanOrEqual(26);
    expect(only(rows, 'test').length).toBeLessThanOrEqual(34);
  });

  it('two groups give a test and a training part', async () => {
    const two = table(
      { g: 'VARCHAR', x: 'BIGINT' },
      Array.from({ length: 10 }, (_, i) => [i < 5 ? 'one' : 'two', BigInt(i)]),
    );
    expect(sizes(await split({ method: 'group', group: 'g' }, two))).toEqual({ train: 5, test: 5 });
  });

  it('by time: the latest rows are the test, equal times stay together, missing times are the earliest', async () => {
    const rows = await split({ method: 'time', time: 'at', validationFraction: 0.2 });
    const latest = (part: string): string[] =>
      only(rows, part)
        .map((r) => String(r['at']))
        .sort();
    expect((latest('train').at(-1) ?? '') < (latest('validation')[0] ?? '')).toBe(true);
    expect((latest('validation').at(-1) ?? '') < (latest('test')[0] ?? '')).toBe(true);
    const gaps = await split({ method: 'time', time: 't' }, table({ t: 'BIGINT' }, [[5n], [null], [4n], [3n], [1n]]));
    expect(
      gaps.toSorted((a, b) => Number(a['__row']) - Number(b['__row'])).map((r) => [r['t'], r['__partition']]),
    ).toEqual([
      [null, 'train'],
      [1n, 'train'],
      [3n, 'train'],
      [4n, 'train'],
      [5n, 'test'],
    ]);
  });

  it('folds hold each class in its share, beside a test', async () => {
    const rows = await split({ method: 'folds', target: 'class', folds: 4 });
    expect(sizes(rows)).toEqual({ test: 20, 'fold 1': 20, 'fold 2': 20, 'fold 3': 20, 'fold 4': 20 });
    for (const fold of ['fold 1', 'fold 2', 'fold 3', 'fold 4'])
      expect(sizes(only(rows, fold), 'class')).toMatchObject({ a: 10, rare: 2 });
    expect(sizes(await split({ method: 'folds', testFraction: 0, folds: 3 }))).toEqual({
      'fold 1': 34,
      'fold 2': 33,
      'fold 3': 33,
    });
  });

  it('folds by group keep groups whole and about even', async () => {
    const rows = await split({ method: 'folds', foldBy: 'group', group: 'house', folds: 5, testFraction: 0 });
    const where = new Map<unknown, Set<unknown>>();
    for (const row of rows) where.set(row['house'], (where.get(row['house']) ?? new Set()).add(row['__partition']));
    expect([...where.values()].every((s) => s.size === 1)).toBe(true);
    for (const size of Object.values(sizes(rows))) expect(Math.abs(size - 20)).toBeLessThanOrEqual(4);
  });

  it('folds along time follow one another', async () => {
    const rows = await split({ method: 'folds', foldBy: 'time', time: 'at', folds: 4, testFraction: 0.2 });
    const range = (part: string): [string, string] => {
      const times = only(rows, part)
        .map((r) => String(r['at']))
        .sort();
      return [times[0] ?? '', times.at(-1) ?? ''];
    };
    const parts = ['fold 1', 'fold 2', 'fold 3', 'fold 4', 'test'].map(range);
    expect(parts.every(([first], i) => i === 0 || (parts[i - 1]?.[1] ?? '') < first)).toBe(true);
  });

  it('a second Split takes validation rows out of the training rows, and leaves ranks and other rows alone', async () => {
    const first = await split({ target: 'class' });
    const again = table(
      { name: 'VARCHAR', class: 'VARCHAR', __row: 'BIGINT', __partition: 'VARCHAR' },
      first.map((r) => [String(r['name']), String(r['class']), Number(r['__row']), String(r['__partition'])]),
    );
    const second = await split({ target: 'class', testFraction: 0, validationFraction: 0.25 }, again);
    expect(sizes(second)).toEqual({ train: 60, validation: 20, test: 20 });
    expect(second.map((r) => `${String(r['name'])} ${String(r['__row'])}`).sort()).toEqual(
      first.map((r) => `${String(r['name'])} ${String(r['__row'])}`).sort(),
    );
  });

  it('for any number of rows and any shares: as many as the share says, ranks without gaps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 4 }),
        async (n, test, validation, classes) => {
          fc.pre(test + validation < 10);
          const rows = await split(
            { testFraction: test / 10, validationFraction: validation / 10, target: 'c' },
            table(
              { x: 'BIGINT', c: 'VARCHAR' },
              Array.from({ length: n }, (_, i) => [BigInt(i), `c${i % classes}`]),
            ),
          );
          expect(rows.map((r) => Number(r['__row'])).sort((a, b) => a - b)).toEqual(
            Array.from({ length: n }, (_, i) => i),
          );
          const expected = n === 0 || test === 0 ? 0 : Math.max(1, Math.round((n * test) / 10));
          expect(sizes(rows)['test'] ?? 0).toBe(Math.min(n, expected));
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('split.rows warns of what only data can tell', () => {
  const examine = async (input: TableLiteral, params: Record<string, unknown>) =>
    (await examineRows(spec, run, { inputs: { rows: input }, params })).map((f) => `${f.code}: ${f.message}`);
  it('classes with too few rows', async () => {
    const input = table({ x: 'BIGINT', y: 'VARCHAR' }, [
      ...Array.from({ length: 8 }, (_, i): SqlValue[] => [BigInt(i), 'common']),
      [9n, 'lone'],
      [10n, null],
    ]);
    expect(await examine(input, { target: 'y' })).toEqual([
      'split.target-missing: "y" is missing in 1 row; trainers and metrics leave it out.',
      'split.rare-classes: The class "lone" has fewer than 2 rows, too few for every part; such rows were divided at random.',
    ]);
  });
  it('the same where whole groups or time divide, without a word of chance', async () => {
    const input = table({ day: 'BIGINT', y: 'VARCHAR' }, [
      ...Array.from({ length: 8 }, (_, i): SqlValue[] => [BigInt(i * i), 'common']),
      [90n, 'lone'],
    ]);
    const said = 'split.rare-classes: The class "lone" has fewer than 2 rows, too few for every part.';
    expect(await examine(input, { target: 'y', method: 'time', time: 'day' })).toContain(said);
    expect(await examine(input, { target: 'y', method: 'group', group: 'day' })).toContain(said);
  });
  it('classes that differ only in capital letters or spaces', async () => {
    const labels = ['yes', 'Yes', 'YES ', 'no', 'maybe', null];
    const input = table(
      { x: 'BIGINT', y: 'VARCHAR' },
      Array.from({ length: 60 }, (_, i): SqlValue[] => [BigInt(i * i), labels[i % 6] ?? null]),
    );
    expect((await examine(input, { target: 'y' })).slice(1)).toEqual([
      'split.alike-classes: Classes of "y" differ only in capital letters or spaces, and count as different: "YES ", "Yes", "yes".',
    ]);
  });
  it('no rows, no target at all, an empty part', async () => {
    expect(await examine(table({ x: 'BIGINT' }), {})).toEqual(['split.no-rows: There are no rows to divide.']);
    expect(
      await examine(
        table({ x: 'BIGINT', y: 'VARCHAR' }, [
          [1n, null],
          [2n, null],
          [3n, null],
        ]),
        { target: 'y' },
      ),
    ).toEqual(['split.no-target: "y" is missing in every row, so there is nothing to learn.']);
    expect(
      await examine(
        table({ g: 'VARCHAR', x: 'BIGINT' }, [
          ['a', 1n],
          ['a', 2n],
        ]),
        { method: 'group', group: 'g' },
      ),
    ).toEqual(['split.empty-part: No rows came into test.']);
  });
});

describe('split.rows says what is wrong before a run', () => {
  const schema = schemaOf(people);
  it.each([
    [{ target: 'clas' }, ['column.missing']],
    [{ method: 'group' }, ['param.empty']],
    [{ method: 'time' }, ['param.empty']],
    [{ method: 'time', time: 'class' }, ['column.family']],
    [{ weight: 'class' }, ['column.family']],
    [{ target: 'class', id: 'class' }, ['split.two-roles']],
    [{ testFraction: 0.6, validationFraction: 0.4 }, ['split.no-training']],
    [{ testFraction: 0 }, ['split.nothing-aside']],
    [{ group: 'house' }, ['split.groups-torn']],
    [{ time: 'at' }, ['split.time-mixed']],
    [{ method: 'stratified' }, ['split.no-classes']],
    [{ target: 'class', method: 'folds', validationFraction: 0.9 }, []],
    [{ target: 'class' }, []],
  ])('%j → %j', (params, codes) => {
    expect(checkParams(spec, params, { rows: schema }).map((f) => f.code)).toEqual(codes);
  });
  it('a second Split that would touch the test', () => {
    const found = checkParams(spec, { target: 'class' }, { rows: { ...schema, split: true } });
    expect(found.map((f) => [f.code, f.param])).toEqual([
      ['split.twice', 'testFraction'],
      ['split.twice', 'validationFraction'],
    ]);
  });
  it('names the roles and the folds', () => {
    const params = spec.params.parse({ target: 'y', id: 'k', method: 'folds', foldBy: 'time', time: 't' });
    expect(spec.roles?.(params)).toEqual({ y: 'target', k: 'id', t: 'time' });
    expect(spec.folds?.(params)).toEqual({ count: 5, expanding: true });
    expect(spec.summary(params)).toBe('5 folds along t, 20 % test; target y');
  });
});
