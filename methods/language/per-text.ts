/** Work on each different text of a column, put beside the rows again: equal texts are looked at once, and marks of Split stay. */
import type { TableInput, TaskContext } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { textColumnOf } from '../../shared/kind/fields/text-fields.ts';
import { uniqueNames } from '../../shared/kind/unique-names.ts';
import { id, join, raw, sql, type Sql, type SqlValue } from '../../shared/sql.ts';
import { hiddenColumns, rowColumn, type Column } from '../../shared/wires.ts';

export const asText = (column: string): Sql => sql`CAST(${id(column)} AS VARCHAR)`;

/** The column that a parameter names; empty: the first text column. */
export function chosenText(table: Pick<TableInput, 'columns'>, name: string, param = 'column'): string {
  const found = textColumnOf(name, table.columns);
  if (found === undefined)
    throw fail('column.no-text', {
      message: name === '' ? 'There is no column of texts here.' : `There is no column "${name}" here.`,
      mend: 'Choose a column of texts.',
      param,
    });
  return found.name;
}

/** Each different text once, in the order of the texts; missing ones left out. */
export async function distinctTexts(table: TableInput, column: string): Promise<string[]> {
  const rows = await table.query(
    sql`SELECT DISTINCT ${asText(column)} AS text FROM ${table.ref} WHERE ${id(column)} IS NOT NULL ORDER BY text`,
  );
  return rows.map((row) => String(row['text']));
}

/** Every row with its text, in the order of Split's ranks, else of the rows: `mark` is its partition. */
export async function textRows(
  table: TableInput,
  column: string,
): Promise<{ text: string | null; mark: string | null }[]> {
  const mark = table.schema.split ? id('__partition') : raw('NULL');
  const order = table.schema.split ? sql` ORDER BY ${id(rowColumn)}` : raw('');
  const rows = await table.query(sql`SELECT ${asText(column)} AS text, ${mark} AS mark FROM ${table.ref}${order}`);
  return rows.map((row) => ({
    text: typeof row['text'] === 'string' ? row['text'] : null,
    mark: typeof row['mark'] === 'string' ? row['mark'] : null,
  }));
}

/** Where the rows of a table stand, for queries that name it `r` and put what was found beside it: a join alone gives them in any order. */
export function inOrder(table: Pick<TableInput, 'ref' | 'schema'>): { rows: Sql; order: Sql } {
  return table.schema.split
    ? { rows: sql`${table.ref}`, order: sql` ORDER BY r.${id(rowColumn)}` }
    : { rows: sql`(SELECT *, row_number() OVER () AS "__nth" FROM ${table.ref})`, order: sql` ORDER BY r."__nth"` };
}

/** All rows as they stand, with what was found beside them: `found` (its columns named `a`) belongs to the rows (`r`) for which `on` holds. */
export function withFound(
  table: Pick<TableInput, 'ref' | 'schema' | 'columns'>,
  { found, columns, on }: { found: Sql; columns: readonly Column[]; on: Sql },
): Sql {
  const hidden = table.schema.split ? hiddenColumns : [];
  const shown = [...hidden, ...table.columns.map((c) => c.name)].map((name) => sql`r.${id(name)}`);
  const { rows, order } = inOrder(table);
  return sql`SELECT ${join(shown)}, ${join(columns.map((c) => sql`a.${id(c.name)}`))} FROM ${rows} r LEFT JOIN ${found} a ON ${on}${order}`;
}

export interface PerText {
  /** New columns, in order. */
  columns: readonly Column[];
  /** What stands in them for a text. */
  values: ReadonlyMap<string, readonly SqlValue[]>;
  /** The column that takes the place of the text's own, among `columns`: of the same name. */
  replaces?: boolean;
  /** A further condition on the rows that stay, over the columns of `p` (what was found) and `r` (the rows). */
  where?: Sql;
}

/** The rows with the new columns behind their own, as the output `rows`. */
export async function writePerText(
  context: Pick<TaskContext<unknown>, 'stage' | 'outputs'>,
  table: TableInput,
  column: string,
  { columns, values, replaces = false, where }: PerText,
): Promise<void> {
  const staged = await context.stage(
    [{ name: '__text', type: 'VARCHAR' }, ...columns.map((c, i) => ({ name: `__p${i}`, type: c.type }))],
    [...values].map(([text, found]) => [text, ...found]),
  );
  const marks = table.schema.split ? hiddenColumns : [];
  const { rows, order } = inOrder(table);
  const filter = where === undefined ? raw('') : sql` WHERE ${where}`;
  await context.outputs.table(
    'rows',
    sql`${besideTexts({ rows, made: staged, marks, own: table.columns, column, names: columns.map((c) => c.name), replaces })}${filter}${order}`,
  );
}

/** What was found of each different text (`__text`, and `__p0` and on), as columns beside the rows, which it calls `r`. */
export function besideTexts(given: {
  rows: Sql;
  made: Sql;
  marks: readonly string[];
  own: readonly Column[];
  column: string;
  names: readonly string[];
  replaces: boolean;
  /** What stands in each of them. */
  value?: (place: number) => Sql;
}): Sql {
  const { rows, made, marks, column, replaces, value = (i) => sql`p.${id(`__p${i}`)}` } = given;
  const own = given.own.map((c) => c.name);
  const taken = new Map(namesBeside(given).map((name, i) => [name, value(i)]));
  const kept = [...marks, ...own].map((name) => {
    const instead = replaces && name === column ? taken.get(name) : undefined;
    return instead === undefined ? sql`r.${id(name)}` : sql`${instead} AS ${id(name)}`;
  });
  const added = [...taken]
    .filter(([name]) => !(replaces && name === column))
    .map(([name, value]) => sql`${value} AS ${id(name)}`);
  return sql`SELECT ${join([...kept, ...added])} FROM ${rows} AS r LEFT JOIN ${made} AS p ON CAST(r.${id(column)} AS VARCHAR) = p.__text`;
}

/** What the columns of a list are called. */
export const numberedNames = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${name}_${i + 1}`);

/** What these columns are called where others have their names already. */
export function namesBeside(given: {
  own: readonly Column[];
  column: string;
  names: readonly string[];
  replaces: boolean;
}): string[] {
  const own = given.own.map((c) => c.name);
  return uniqueNames(given.names, given.replaces ? own.filter((name) => name !== given.column) : own);
}
