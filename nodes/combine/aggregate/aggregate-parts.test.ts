import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../../shared/capabilities.ts';
import { raw } from '../../../shared/sql.ts';
import { table, TestDatabase, type TableLiteral } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const columns = {
  g: 'VARCHAR',
  n: 'BIGINT',
  small: 'INTEGER',
  money: 'DECIMAL(12,2)',
  x: 'DOUBLE',
  t: 'VARCHAR',
  day: 'DATE',
  ok: 'BOOLEAN',
};
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 6 });
const row = fc.tuple(
  maybe(fc.constantFrom('a', 'b', '')),
  maybe(fc.bigInt({ min: -(2n ** 50n), max: 2n ** 50n })),
  maybe(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  maybe(fc.integer({ min: -999_999_999, max: 999_999_999 }).map((cents) => (cents / 100).toFixed(2))),
  // Near and far apart, tiny, beyond what adds up as whole numbers.
  maybe(
    fc.oneof(
      fc.double({ min: -1000, max: 1000, noNaN: true }),
      fc.double({ min: -1e18, max: 1e18, noNaN: true }),
      fc.constantFrom(0, 0.1, 1e-300, 2 ** 43, 2 ** 43 + 1, 1e15 / 3),
    ),
  ),
  maybe(fc.constantFrom('x', 'y', 'Ł', '')),
  maybe(fc.integer({ min: 0, max: 40 }).map((d) => new Date(1.7e12 + d * 86_400_000).toISOString().slice(0, 10))),
  maybe(fc.boolean()),
);
/** Some parts have no rows. */
const parts = fc.array(fc.array(row, { maxLength: 12 }), { minLength: 1, maxLength: 5 });

const exact = [
  { function: 'rows' },
  { function: 'count', column: 'x' },
  { function: 'count-distinct', column: 't' },
  { function: 'count-distinct', column: 'x', as: 'xs' },
  { function: 'sum', column: 'n' },
  { function: 'sum', column: 'money' },
  { function: 'sum', column: 'x' },
  { function: 'sum', column: 'ok' },
  { function: 'mean', column: 'n' },
  { function: 'mean', column: 'small' },
  { function: 'mean', column: 'money' },
  { function: 'mean', column: 'x' },
  { function: 'mean', column: 'ok' },
  { function: 'minimum', column: 't' },
  { function: 'maximum', column: 'x' },
  { function: 'maximum', column: 'day' },
  { function: 'first', column: 't', order: 'day' },
  { function: 'last', column: 'n', order: 'x' },
];

describe('values of groups from parts', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await TestDatabase.open()));
  afterAll(() => database.close());

  async function both(params: Record<string, unknown>, rows: readonly TableLiteral[]) {
    const parsed = spec.params.parse(params);
    const all = table(
      columns,
      rows.flatMap((part) => part.rows),
    );
    const context = await database.context(parsed, { inputs: { rows: all } });
    const one = await database.read(run.sql(context).render());
    const merge = run.parted?.merge;
    if (merge === undefined) throw new Error('no merge');
    const partials: string[] = [];
    for (const part of rows) {
      const own = await database.context(parsed, { inputs: { rows: part } });
      partials.push((await database.createFrom(merge.partial(own))).ref.render());
    }
    const joined = await database.createFrom(raw(partials.map((name) => `SELECT * FROM ${name}`).join(' UNION ALL ')));
    const merged = await database.read(merge.whole(context, joined).render());
    return { one, merged };
  }

  it.each([[['g']], [['g', 'ok']], [[]]])('by %j: the very bits of one query', async (by) => {
    await fc.assert(
      fc.asyncProperty(parts, async (rows) => {
        const { one, merged } = await both(
          { by, aggregates: exact },
          rows.map((part) => table(columns, part)),
        );
        expect(merged).toEqual(one);
      }),
      { numRuns: 25 },
    );
  });

  it('the standard deviation to 1e-9, also far from zero', async () => {
    const far = fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), {
      minLength: 2,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(far, fc.constantFrom(0, 1e3, 1e6), async (values, offset) => {
        const { one, merged } = await both(
          { by: ['g'], aggregates: [{ function: 'standard-deviation', column: 'x', as: 'sd' }] },
          values.map((part) =>
            table(
              columns,
              part.map((x, i) => [i % 2 === 0 ? 'a' : 'b', null, null, null, x + offset, null, null, null]),
            ),
          ),
        );
        const sd = (rows: readonly Row[]) => rows.map((r) => [r['g'], r['sd']] as const);
        expect(sd(merged.rows).map(([g]) => g)).toEqual(sd(one.rows).map(([g]) => g));
        const largest = Math.max(...values.flat().map((x) => x + offset), 0);
        for (const [i, [, wanted]] of sd(one.rows).entries()) {
          const got = merged.rows[i]?.['sd'];
          if (wanted === null) expect(got).toBeNull();
          // What is left of the digits bounds both: of values that differ in their last one, or are far from zero.
          else
            expect(Math.abs(Number(got) - Number(wanted))).toBeLessThanOrEqual(
              1e-9 * Math.max(Number(wanted), largest * 1e-5),
            );
        }
      }),
      { numRuns: 25, examples: [[[[0.5], [1, 0.9999999999999999, 0.9999999999999999], [0.9999999999999999, 1]], 0]] },
    );
  });

  it('says which values cannot come from parts', () => {
    const ports = (fn: string) => run.parted?.ports(spec.params.parse({ aggregates: [{ function: fn, column: 'x' }] }));
    expect(ports('median')).toBe('the median needs all values of a group at once');
    expect(ports('quantile')).toBe('a quantile needs all values of a group at once');
    expect(ports('mode')).toBe('the most frequent value needs all values of a group at once');
    expect(ports('mean')).toEqual(['rows']);
  });
});
