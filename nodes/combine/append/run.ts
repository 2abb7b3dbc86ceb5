import { relational, type TableRef } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { confusedFrom } from '../../../shared/table/mixed-numbers.ts';
import { raise } from '../../../shared/raise.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';
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
      const others = tables.map((one) => one.columns[i]);
      return sql`${withAllDigits(c, others)} AS ${id(first.columns[i]?.name ?? c.name)}`;
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
      const others = tables.map((one) => find(one, name));
      return sql`${own === undefined ? raw('NULL') : withAllDigits(own, others)} AS ${id(shown)}`;
    }),
  );
}

/** Under numbers with a fraction a whole number becomes one: one so long that it would be another is refused. */
function withAllDigits({ name, type }: Column, others: readonly (Column | undefined)[]): Sql {
  const fraction = others.find((other) => other !== undefined && confusedFrom(type, other.type) !== undefined)?.type;
  if (fraction === undefined) return id(name);
  const refused = raise({
    code: 'append.inexact',
    message: sql`${`"${name}" is ${fraction} in another table, which cannot hold `} || CAST(${id(name)} AS VARCHAR) || ${`: its last digits would be lost.`}`,
    mend: 'Give the column one type in all tables where they are read: whole number, or text.',
    param: 'match',
    column: name,
  });
  return sql`CASE WHEN CAST(CAST(${id(name)} AS ${raw(fraction)}) AS HUGEINT) <> CAST(${id(name)} AS HUGEINT) THEN ${refused} ELSE ${id(name)} END`;
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
