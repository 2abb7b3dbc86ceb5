/**
 * What DuckDB's reader changes without a word: 2.5 is 2 where the objects looked at had whole numbers. The file is read once more for the columns that
 * could hold such a value, as numbers with fractions, also inside objects and lists.
 */
import type { QueryRows } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/spec/define-spec.ts';
import { id, literal, raw, sql, type Sql } from '../../../shared/sql.ts';

const whole = /\bU?(BIG|HUGE)INT\b/g;

export async function findLateValue(
  node: string,
  path: string,
  /** `read_json`'s options but for what finds types, and the SELECT that finds them. */
  { options, sampleRows, found }: { options: Sql; sampleRows: number; found: Sql },
  query: QueryRows,
): Promise<Finding | undefined> {
  // The whole file was looked at.
  if (sampleRows === 0) return undefined;
  const described = await query(sql`SELECT column_name AS name, column_type AS type FROM (DESCRIBE ${found})`);
  const those = described
    .map((row) => ({ name: String(row['name']), type: String(row['type']) }))
    .filter(({ type }) => type.search(whole) >= 0)
    .map(({ name, type }) => ({ name, type, wide: type.replaceAll(whole, 'DOUBLE') }));
  if (those.length === 0) return undefined;
  const columns = those.map(({ name, wide }) => `${literal(name)}: ${literal(wide)}`).join(', ');
  const rows = sql`read_json(${path}, ${options}, columns = ${raw(`{${columns}}`)})`;
  const bad = those.map(
    ({ name, type, wide }) =>
      `${id(name).render()} IS DISTINCT FROM CAST(TRY_CAST(${id(name).render()} AS ${type}) AS ${wide})`,
  );
  const any = raw(bad.join(' OR '));
  if ((await query(sql`SELECT 1 FROM ${rows} WHERE ${any} LIMIT 1`)).length === 0) return undefined;
  const place = raw(bad.map((one, i) => `WHEN ${one} THEN ${i}`).join(' '));
  const values = raw(those.map(({ name }) => `CAST(${id(name).render()} AS VARCHAR)`).join(', '));
  const [first] = await query(
    sql`SELECT row, place, [${values}][place + 1] AS value FROM (SELECT row_number() OVER () AS row, *, CASE ${place} END AS place FROM ${rows}) WHERE place IS NOT NULL LIMIT 1`,
  );
  const name = those[Number(first?.['place'] ?? 0)]?.name ?? '';
  const row = Number(first?.['row'] ?? 0);
  return {
    code: 'json.late-value',
    message: `Row ${row.toLocaleString('en-US')} has ${String(first?.['value'])} in the column "${name}", where the objects looked at have whole numbers.`,
    mend: 'Look at the whole file before deciding types.',
    param: 'sampleRows',
    column: name,
    facts: { row },
    fixes: [{ do: 'set', title: 'Look at the whole file before deciding types', node, param: 'sampleRows', value: 0 }],
  };
}
