import { pickColumns } from '../../../shared/kind/columns.ts';
import type { ColumnRule } from '../../../shared/kind/fields/fields.ts';
import type { Column } from '../../../shared/wires.ts';

export const treatedColumns = (rule: ColumnRule, columns: readonly Column[]): Column[] => pickColumns(rule, columns);
export const flagNames = (columns: readonly Column[], ending: string): { column: Column; flag: string }[] =>
  columns.map((column) => ({ column, flag: `${column.name}${ending}` }));
