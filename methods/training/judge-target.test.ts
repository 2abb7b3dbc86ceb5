/** The rules by which a target becomes classes or a number, and what makes it, or the weights beside it, unfit to learn from. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../shared/sql.ts';
import { openBench, type NodeBench } from '../../test/support/node-bench.ts';
import { classesOf, classNumbers } from './class-labels.ts';
import { detectTask } from './detect-task.ts';
import { judgeClasses, judgeNumbers, refuseBadWeights } from './judge-target.ts';

let bench: NodeBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

describe('classes', () => {
  it('stand in order: no before yes, numbers by size, texts by code point, whole numbers beyond 2^53 as their digits', () => {
    expect(classesOf([true, false, null, true])).toEqual([false, true]);
    expect(classesOf([10n, 9n, null, -1n, 10n])).toEqual([-1, 9, 10]);
    expect(classesOf(['b', 'Ä', 'B', 'a', '😀', '￿'])).toEqual(['B', 'a', 'b', 'Ä', '￿', '😀']);
    expect(classesOf([2n ** 53n + 1n])).toEqual(['9007199254740993']);
  });

  it('each value has the number of its class, whatever the order of the rows; a missing or unknown one has none', () => {
    const values = fc.array(fc.option(fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', '1'))));
    fc.assert(
      fc.property(values, (rows) => {
        const classes = classesOf(rows);
        expect(classesOf(rows.toReversed())).toEqual(classes);
        expect([...classNumbers(rows, classes)].map((k) => classes[k] ?? null)).toEqual(rows);
      }),
    );
    expect([...classNumbers(['x', null], ['a'])]).toEqual([-1, -1]);
  });
});

describe('what is learnt of a target', () => {
  const of = async (type: string, select: string) => {
    const table = await bench.table('targets', `SELECT CAST(y AS ${type}) AS y FROM (${select})`);
    return await detectTask(bench.query, sql`${table.ref}`, { name: 'y', type });
  };
  it.each([
    ['VARCHAR', "SELECT 'a' AS y", 'classes', '"y" holds texts'],
    ['BOOLEAN', 'SELECT true AS y', 'classes', '"y" holds yes and no'],
    // At most 20 values, and ten rows to each; two are always classes.
    ['BIGINT', 'SELECT i % 20 AS y FROM range(200) t(i)', 'classes', 'only 20 different whole numbers in 200 rows'],
    ['BIGINT', 'SELECT i % 20 AS y FROM range(199) t(i)', 'numbers', '20 different whole numbers in 199 rows'],
    ['BIGINT', 'SELECT i % 21 AS y FROM range(2100) t(i)', 'numbers', '21 different whole numbers in 2100 rows'],
    ['BIGINT', 'SELECT i % 2 AS y FROM range(3) t(i)', 'classes', 'only 2 different whole numbers in 3 rows'],
    ['DOUBLE', 'SELECT i % 3 AS y FROM range(90) t(i)', 'classes', 'only 3 different whole numbers in 90 rows'],
    ['DOUBLE', 'SELECT i % 3 + 0.5 AS y FROM range(90) t(i)', 'numbers', 'holds numbers with decimals'],
    // What is missing, and what is no number, does not count.
    [
      'DOUBLE',
      "SELECT unnest([1, 2, NULL, 'NaN'::DOUBLE]) AS y",
      'classes',
      'only 2 different whole numbers in 2 rows',
    ],
  ])('of a %s target from %s', async (type, select, learns, reason) => {
    expect(await of(type, select)).toEqual({ learns, reason: expect.stringContaining(reason) });
  });
});

describe('what cannot be learnt', () => {
  const target = { name: 'y', type: 'VARCHAR' };
  const judge = (count: number, rows: number) => () =>
    judgeClasses(
      Array.from({ length: count }, (_, i) => `c${i}`),
      rows,
      target,
    );
  it('one class, and more classes than rows can tell apart', () => {
    expect(judge(1, 9)).toThrow('All 9 training rows have the same class: "y" is c0.');
    expect(judge(20, 21)()).toHaveLength(20);
    expect(judge(21, 42)()).toHaveLength(21);
    expect(judge(21, 41)).toThrow(
      'The target "y" has 21 different values in 41 training rows: too many to be classes.',
    );
    expect(judge(1000, 1e6)()).toHaveLength(1000);
    expect(judge(1001, 1e6)).toThrow('too many to be classes');
  });

  it('a target that is infinite, and texts as numbers; of one that is always the same it warns', async () => {
    const codes: string[] = [];
    const numbers = async (values: string, type = 'DOUBLE') => {
      const table = await bench.table('numbers', `SELECT CAST(unnest([${values}]) AS ${type}) AS y`);
      const warn = ({ code }: { code: string }): void => void codes.push(code);
      await judgeNumbers({ warn }, table, sql`${table.ref}`, { name: 'y', type });
    };
    await numbers('1, 2');
    await numbers('5');
    expect(codes).toEqual([]);
    await numbers('5, 5, NULL');
    expect(codes).toEqual(['train.constant-target']);
    await expect(numbers("1, 'Infinity'::DOUBLE, '-Infinity'::DOUBLE")).rejects.toMatchObject({
      code: 'train.infinite',
      problem: { message: 'The target "y" is infinite in 2 training rows.', column: 'y' },
    });
    await expect(numbers("'a'", 'VARCHAR')).rejects.toMatchObject({
      code: 'train.target-type',
      problem: { param: 'task' },
    });
  });

  it.each([
    ['missing in 1 training rows', '(1, 2.0), (2, NULL)'],
    ['negative or infinite in 2 training rows', "(1, -1.0), (2, 'Infinity'::DOUBLE), (3, 1.0)"],
    ['0 in all training rows', '(1, 0.0), (2, 0.0)'],
  ])('a weight that is %s', async (what, rows) => {
    const table = await bench.table('weighed', `SELECT y::DOUBLE AS y, w::DOUBLE AS w FROM (VALUES ${rows}) t(y, w)`);
    const [y, w] = ['y', 'w'].map((name) => ({ name, type: 'DOUBLE' }));
    if (y === undefined || w === undefined) throw new Error('two columns');
    await expect(refuseBadWeights(table, sql`${table.ref}`, y, w)).rejects.toMatchObject({
      code: 'train.bad-weight',
      problem: { message: `The weight "w" is ${what}.`, column: 'w' },
    });
  });

  it('a row without a target needs no weight', async () => {
    const table = await bench.table('weighed', 'SELECT * FROM (VALUES (1.0, 1.0), (NULL, NULL)) t(y, w)');
    const column = (name: string) => ({ name, type: 'DOUBLE' });
    await expect(refuseBadWeights(table, sql`${table.ref}`, column('y'), column('w'))).resolves.toBeUndefined();
  });
});
