/** What a node does to the columns: the output's schema beside the input's. */
import { hiddenColumns, type Column, type TableSchema } from '../../../shared/wires.ts';

export type ColumnChange = 'same' | 'added' | 'removed' | 'retyped' | 'role';
export interface ChangedColumn {
  change: ColumnChange;
  column: Column;
  /** The column as it came in, for a changed type or role. */
  before?: Column;
}

/** Output columns in their order, then those that are gone. */
export function schemaChanges(input: TableSchema | undefined, output: TableSchema): ChangedColumn[] {
  const visible = (schema: TableSchema | undefined): Column[] =>
    (schema?.columns ?? []).filter((c) => !hiddenColumns.includes(c.name));
  const before = new Map(visible(input).map((c) => [c.name, c]));
  const after = visible(output);
  const kept = new Set(after.map((c) => c.name));
  const out = after.map((column): ChangedColumn => {
    const old = before.get(column.name);
    if (input === undefined) return { change: 'same', column };
    if (old === undefined) return { change: 'added', column };
    if (old.type !== column.type) return { change: 'retyped', column, before: old };
    return (old.role ?? 'feature') === (column.role ?? 'feature')
      ? { change: 'same', column }
      : { change: 'role', column, before: old };
  });
  const gone = [...before.values()]
    .filter((c) => !kept.has(c.name))
    .map((column): ChangedColumn => ({ change: 'removed', column }));
  return [...out, ...gone];
}

export const countChanges = (changes: readonly ChangedColumn[]): number =>
  changes.filter((c) => c.change !== 'same').length;
