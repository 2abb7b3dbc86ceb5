/**
 * What DuckDB's reader changes without a word: 2.5 is 2 where the objects looked at had whole numbers, true is 1 where they had numbers, 5 is true where they had
 * true and false. The file is read once more for the columns that could hold such a value, as JSON, and compared with what numbers with fractions make of it.
 */
import type { QueryRows } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { id, raw, sql, type Sql } from '../../../shared/sql.ts';
import type { FoundColumn } from './changed-values.ts';

const whole = /\bU?(BIG|HUGE)INT\b/g;

export interface Judged {
  name: string;
  /** SQL: the value would be changed. */
  bad: string;
  /** What the objects looked at have. */
  usual: string;
}

function judge(name: string, type: string): Judged | undefined {
  const value = id(name).render();
  const kind = `json_type(${value})`;
  const isChanged = (wide: string): string =>
    `TRY_CAST(${value} AS ${wide}) IS DISTINCT FROM CAST(TRY_CAST(${value} AS ${type}) AS ${wide})`;
  if (type === 'BOOLEAN')
    return {
      name,
      bad: `${kind} IN ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')`,
      usual: 'true and false',
    };
  if (type === 'DOUBLE') return { name, bad: `${kind} = 'BOOLEAN'`, usual: 'numbers' };
  if (type.search(whole) < 0) return undefined;
  const wide = type.replaceAll(whole, 'DOUBLE');
  return wide === 'DOUBLE'
    ? { name, bad: `(${kind} = 'BOOLEAN' OR ${isChanged(wide)})`, usual: 'whole numbers' }
    : { name, bad: isChanged(wide), usual: 'whole numbers' };
}

export const judgeLate = (found: readonly FoundColumn[]): Judged[] =>
  found.flatMap(({ name, type }) => judge(name, type) ?? []);

/** Some row has such a value. */
export const anyLate = (those: readonly Judged[]): Sql =>
  raw(those.length === 0 ? 'false' : those.map(({ bad }) => `(${bad})`).join(' OR '));

/** @param rows the file, with those columns read as JSON */
export async function sayLateValue(
  node: string,
  rows: Sql,
  those: readonly Judged[],
  query: QueryRows,
): Promise<Finding> {
  const place = raw(those.map(({ bad }, i) => `WHEN ${bad} THEN ${i}`).join(' '));
  const values = raw(those.map(({ name }) => `CAST(${id(name).render()} AS VARCHAR)`).join(', '));
  const [first] = await query(
    sql`SELECT row, place, [${values}][place + 1] AS value FROM (SELECT row_number() OVER () AS row, *, CASE ${place} END AS place FROM ${rows}) WHERE place IS NOT NULL LIMIT 1`,
  );
  const { name, usual } = those[Number(first?.['place'] ?? 0)] ?? { name: '', usual: '' };
  const row = Number(first?.['row'] ?? 0);
  return {
    code: 'json.late-value',
    message: `Row ${row.toLocaleString('en-US')} has ${String(first?.['value'])} in the column "${name}", where the objects looked at have ${usual}.`,
    mend: 'Look at the whole file before deciding types.',
    param: 'sampleRows',
    column: name,
    facts: { row },
    fixes: [{ do: 'set', title: 'Look at the whole file before deciding types', node, param: 'sampleRows', value: 0 }],
  };
}
