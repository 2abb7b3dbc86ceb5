/** Which column a name means where it stands, as DuckDB looks it up. */
import { asTexts, isRecord } from '../../shared/table/parse-tree.ts';
import type { Traced } from './traced.ts';

/** What cannot be followed. */
export class Untraceable extends Error {}

export interface Entry {
  /** Lower case; empty where it has no name. */
  alias: string;
  columns: readonly Traced[];
  /** Columns that `*` passes over, because USING gave them once already. */
  shared?: ReadonlySet<string>;
}

export const lower = (text: string): string => text.toLowerCase();

/** `column`, `table.column`, `column.field`, or a whole row by its table's name. */
export function lookUp(names: readonly string[], reach: readonly Entry[], before: readonly Traced[]): Traced[] {
  const [first = '', second] = names.map(lower);
  const inTable = reach.filter((e) => e.alias === first);
  if (second !== undefined && inTable.length > 0) {
    const found = columnOf(inTable, second);
    if (found !== undefined) return [found];
  }
  const found = columnOf(reach, first);
  if (found !== undefined) return [found];
  const item = before.findLast((c) => lower(c.name) === first);
  if (item !== undefined) return [item];
  if (second === undefined && inTable[0] !== undefined) return [...inTable[0].columns];
  throw new Untraceable(names.join('.'));
}

/** By lower-case name: wide tables are asked for each of their columns. */
const indexes = new WeakMap<readonly Traced[], ReadonlyMap<string, Traced>>();
function columnOf(entries: readonly Entry[], name: string): Traced | undefined {
  for (const { columns } of entries) {
    let index = indexes.get(columns);
    if (index === undefined) indexes.set(columns, (index = new Map(columns.map((c) => [lower(c.name), c]))));
    const found = index.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first words of all columns that an expression names, a table's name among them. */
export function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isRecord(value)) return [];
  if (value['class'] === 'COLUMN_REF') return asTexts(value['column_names']).slice(0, 1);
  return Object.values(value).flatMap(namesIn);
}
