import { relational, type TableRef } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { typeFamily } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ many, params: p }) => {
    const tables = many['rows'] ?? [];
    const [first] = tables;
    if (first === undefined) throw new Error('the port "rows" is not wired');
    const parts = p.match === 'position' ? byPosition(tables, first) : byName(tables, p.columns === 'shared');
    const source = (i: number): Sql =>
      p.sourceColumn === '' ? raw('') : sql`, CAST(${i + 1} AS BIGINT) AS ${id(p.sourceColumn)}`;
    return join(
      parts.map((columns, i) => sql`SELECT ${join(columns)}${source(i)} FROM ${tables[i]?.ref ?? raw('')}`),
      ' UNION ALL ',
    );
  },
  parted: { ports: () => ['rows'], others: 'once', loose: true },
});

function byPosition(tables: readonly TableRef[], first: TableRef): Sql[][] {
  const other = tables.find((t) => t.columns.length !== first.columns.length);
  if (other !== undefined)
    throw fail('append.columns', {
      message: `By position, all tables need the same number of columns; the first has ${first.columns.length} and table ${tables.indexOf(other) + 1} has ${other.columns.length}.`,
      mend: 'Match by name, or select columns before.',
      param: 'match',
    });
  return tables.map((t, k) =>
    t.columns.map((c, i) => {
      refuseFamilies(first.columns[i], c, k);
      return sql`${id(c.name)} AS ${id(first.columns[i]?.name ?? c.name)}`;
    }),
  );
}

/** The first table's columns in its order, then what later tables add. A column that a table lacks is NULL there; DuckDB finds the type that holds both. */
function byName(tables: readonly TableRef[], sharedOnly: boolean): Sql[][] {
  const names = new Map<string, TableRef['columns'][number]>();
  for (const [k, t] of tables.entries())
    for (const c of t.columns) {
      const known = names.get(c.name.toLowerCase());
      if (known === undefined) names.set(c.name.toLowerCase(), c);
      else refuseFamilies(known, c, k);
    }
  const find = (t: TableRef, name: string) => t.columns.find((c) => c.name.toLowerCase() === name);
  const kept = [...names].filter(([name]) => !sharedOnly || tables.every((t) => find(t, name) !== undefined));
  if (kept.length === 0)
    throw fail('append.no-shared', {
      message: 'The tables have no column in common.',
      mend: 'Keep all columns, match by position, or rename columns before.',
      param: 'columns',
    });
  return tables.map((t) =>
    kept.map(([name, { name: shown }]) => {
      const own = find(t, name);
      return sql`${own === undefined ? raw('NULL') : id(own.name)} AS ${id(shown)}`;
    }),
  );
}

/** A number under a text would turn the whole column into text in silence. */
function refuseFamilies(
  a: TableRef['columns'][number] | undefined,
  b: TableRef['columns'][number],
  table: number,
): void {
  if (a === undefined || typeFamily(a.type) === typeFamily(b.type)) return;
  throw fail('append.types', {
    message: `"${a.name}" is ${a.type} in the first table that has it and ${b.type} in table ${table + 1}.`,
    mend: `Give both the same type before (Column types).`,
    param: 'match',
    column: a.name,
  });
}
