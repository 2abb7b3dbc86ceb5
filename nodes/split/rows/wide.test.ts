import { expect, it } from 'vitest';
import type { SqlValue } from '../../../shared/sql.ts';
import { runSql, table, type RunOptions } from '../../../test/support/run-sql.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const numbers = Array.from({ length: 200 }, (_, k) => `x${k}`);
const people = table(
  {
    name: 'VARCHAR',
    class: 'VARCHAR',
    at: 'TIMESTAMP',
    house: 'BIGINT',
    key: 'BIGINT',
    ...Object.fromEntries(numbers.map((name) => [name, 'BIGINT'])),
  },
  // The last nine rows are copies of the first.
  Array.from({ length: 109 }, (_, at) => at % 100).map((i) => [
    `n${i}`,
    i % 10 === 0 ? 'rare' : i % 2 ? 'a' : 'b',
    `2024-01-${String(1 + (i % 28)).padStart(2, '0')} 00:00:00`,
    BigInt(i % 23),
    BigInt(i),
    ...numbers.map((_, k) => BigInt((i * (k + 3)) % 17)),
  ]),
);
/** The marked table as a set. */
const marked = async (options: RunOptions): Promise<{ names: string[]; rows: Record<string, SqlValue>[] }> => {
  const { columns, rows } = await runSql(spec, run, options);
  return {
    names: columns.map((c) => c.name),
    rows: rows.toSorted((a, b) => (said(a) < said(b) ? -1 : 1)),
  };
};
const said = (row: Readonly<Record<string, SqlValue>>): string =>
  JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));

it.each([
  {},
  { target: 'class', stratify: 'yes' },
  { id: 'key' },
  { method: 'group', group: 'house' },
  { method: 'time', time: 'at' },
  { method: 'folds', folds: 4, target: 'class' },
  { equalRows: 'apart' },
  { equalRows: 'together' },
])('%o divides hundreds of columns that lie in a file as it divides any', async (params) => {
  const once = await marked({ inputs: { rows: people }, params });
  expect(await marked({ inputs: { rows: people }, params, stable: true })).toEqual(once);
  if (params.method === 'folds') return;
  // Once more: training rows are divided, and keep their ranks.
  const columns = { ...people.columns, __row: 'BIGINT', __partition: 'VARCHAR' };
  const again = table(
    columns,
    once.rows.map((row) => Object.keys(columns).map((name) => row[name] ?? null)),
  );
  expect(await marked({ inputs: { rows: again }, params, stable: true })).toEqual(
    await marked({ inputs: { rows: again }, params }),
  );
});
