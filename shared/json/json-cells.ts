/** JSON has no form for NaN and infinities, which DuckDB writes bare all the same: such a file no other program reads. They are written as null, and it is said. */
import { readType } from '../table/nested-type.ts';
import { id, join, literal, raw, sql, type Sql } from '../sql.ts';
import type { Column } from '../wires.ts';

export interface FiniteColumn {
  name: string;
  /** The cell as JSON can hold it. */
  select: Sql;
  /** How many rows of it are changed; undefined for columns whose type holds no such number. */
  count: Sql | undefined;
}

/** The value with null for what is no finite number, also inside; undefined: the type holds none. */
function finite(value: string, type: string, depth = 0): string | undefined {
  if (/^(DOUBLE|FLOAT|REAL)$/.test(type)) return `CASE WHEN isfinite(${value}) THEN ${value} END`;
  const nested = readType(type);
  const item = `item${depth}`;
  switch (nested.form) {
    case 'plain':
      return undefined;
    case 'list': {
      const inner = finite(item, nested.of, depth + 1);
      const all = nested.isArray ? `CAST(${value} AS ${nested.of}[])` : value;
      return inner === undefined ? undefined : `list_transform(${all}, lambda ${item}: ${inner})`;
    }
    case 'struct': {
      const fields = nested.fields.map(({ name, type: of }) => {
        const field = `struct_extract(${value}, ${literal(name)})`;
        return { name, field, inner: finite(field, of, depth) };
      });
      if (fields.every(({ inner }) => inner === undefined)) return undefined;
      const packed = fields.map(({ name, field, inner }) => `${id(name).render()} := ${inner ?? field}`);
      return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${packed.join(', ')}) END`;
    }
    case 'map': {
      const inner = finite(`${item}.value`, nested.value, depth + 1);
      return inner === undefined
        ? undefined
        : `CASE WHEN ${value} IS NOT NULL THEN map_from_entries(list_transform(map_entries(${value}), lambda ${item}: {'key': ${item}.key, 'value': ${inner}})) END`;
    }
  }
}

export const finiteColumns = (columns: readonly Pick<Column, 'name' | 'type'>[]): FiniteColumn[] =>
  columns.map(({ name, type }) => {
    const made = finite(id(name).render(), type);
    return made === undefined
      ? { name, select: id(name), count: undefined }
      : {
          name,
          select: sql`${raw(made)} AS ${id(name)}`,
          count: sql`count(*) FILTER (WHERE ${id(name)} IS DISTINCT FROM ${raw(made)})`,
        };
  });

/** @param ask gives the one row of a SELECT of these items over the table @returns undefined: nothing was changed */
export async function sayNotFinite(
  columns: readonly FiniteColumn[],
  ask: (items: Sql) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): Promise<string | undefined> {
  const counts = columns.flatMap(({ count }, i) => (count === undefined ? [] : [sql`${count} AS ${id(`c${i}`)}`]));
  const [row = {}] = counts.length === 0 ? [] : await ask(join(counts));
  const touched = columns
    .map(({ name }, i) => ({ name, cells: Number(row[`c${i}`] ?? 0) }))
    .filter(({ cells }) => cells > 0);
  if (touched.length === 0) return undefined;
  const cells = touched.reduce((sum, column) => sum + column.cells, 0);
  const names = touched.slice(0, 8).map(({ name }) => `"${name}"`);
  const more = touched.length > 8 ? ` and ${touched.length - 8} more` : '';
  const what = cells === 1 ? 'One cell' : `${cells.toLocaleString('en')} cells`;
  return `${what} with NaN or infinite numbers, in ${names.join(', ')}${more}, ${cells === 1 ? 'was' : 'were'} written with null in their place: JSON has no form for them.`;
}
