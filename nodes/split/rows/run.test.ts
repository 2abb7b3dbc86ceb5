import { describe, expect, it } from 'vitest';
import { checkParams, examineRows, runSql, schemaOf, table, type RunOptions } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const people = table(
  { name: 'VARCHAR', age: 'DOUBLE', class: 'VARCHAR' },
  Array.from({ length: 100 }, (_, i) => [`n${i}`, i / 7, i % 10 === 0 ? 'rare' : i % 2 ? 'a' : 'b']),
);
const split = (options: RunOptions) => runSql(spec, run, options);
const sizes = (rows: readonly Readonly<Record<string, unknown>>[], of = '__partition'): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[String(row[of])] = (counts[String(row[of])] ?? 0) + 1;
  return counts;
};
/** The marked table as a set: a row's text, with its rank and mark. */
const marks = (rows: readonly Readonly<Record<string, unknown>>[]): string[] => rows.map((row) => JSON.stringify(row, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))).sort();

describe('split.rows', () => {
  it('takes the exact share and ranks all rows from 0', async () => {
    const { rows } = await split({ inputs: { rows: people } });
    expect(sizes(rows)).toEqual({ train: 80, test: 20 });
    expect(rows.map((r) => Number(r['__row'])).sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
  it('gives every class its share within one row, and the whole exactly', async () => {
    const { rows } = await split({ inputs: { rows: people }, params: { target: 'class', validationFraction: 0.15 } });
    expect(sizes(rows)).toEqual({ train: 65, validation: 15, test: 20 });
    expect(sizes(rows.filter((r) => r['__partition'] === 'test'), 'class')).toEqual({ a: 10, b: 8, rare: 2 });
  });
});
void [checkParams, examineRows, schemaOf, marks];
