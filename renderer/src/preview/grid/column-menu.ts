import { ArrowDown, ArrowUp, ClipboardCopy, CircleDashed, CircleDot, MoveHorizontal, Replace, X } from 'lucide-react';
import { id, literal, raw, sql, type Sql } from '../../../../shared/sql.ts';
import type { PageCell } from '../../../../shared/rpc/page.ts';
import { columnTypes, type ColumnType } from '../../../../shared/kind/column-types.ts';
import { partitionColumn, typeFamily, type Column, type TypeFamily } from '../../../../shared/wires.ts';
import { t } from '../../text/t.ts';
import type { MenuEntry } from '../../theme/menu.tsx';
import type { Sort } from './grid-head.tsx';

/** A condition that a person chose by pointing. */
export type CellFilter =
  | { column: string; is: 'missing' | 'present' }
  | { column: string; is: 'equal' | 'unlike'; value: PageCell };

/** The condition as an expression: names and values are quoted, never glued. */
export function sayFilter(filter: CellFilter): string {
  return conditionOf(filter).render();
}
function conditionOf(filter: CellFilter): Sql {
  const name = id(filter.column);
  switch (filter.is) {
    case 'missing':
      return sql`${name} IS NULL`;
    case 'present':
      return sql`${name} IS NOT NULL`;
    case 'equal':
      return filter.value === null ? sql`${name} IS NULL` : sql`${name} = ${raw(literal(filter.value))}`;
    case 'unlike':
      return filter.value === null
        ? sql`${name} IS NOT NULL`
        : sql`${name} IS DISTINCT FROM ${raw(literal(filter.value))}`;
  }
}
/** Two conditions that both hold. */
export const bothFilters = (old: string, more: string): string =>
  old.trim() === '' ? more : /\bor\b/i.test(old) ? `(${old}) AND ${more}` : `${old} AND ${more}`;

export interface ColumnCommands {
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  onFilter: (filter: CellFilter) => void;
  onFit: () => void;
  /** Another type for the column, as a step of the pipeline. */
  onType: (column: string, type: ColumnType) => void;
}

/** What a column may be taken for, by what it is. */
const otherTypes: Readonly<Record<TypeFamily, readonly ColumnType[]>> = {
  text: ['number', 'date', 'boolean'],
  number: ['text'],
  boolean: ['text', 'integer'],
  time: ['text'],
  other: [],
};

export function columnMenu(column: Column, commands: ColumnCommands): MenuEntry[] {
  const { name } = column;
  return [
    {
      id: 'up',
      title: t('preview.sortUp'),
      icon: ArrowUp,
      run: () => commands.onSort({ column: name, descending: false }),
    },
    {
      id: 'down',
      title: t('preview.sortDown'),
      icon: ArrowDown,
      run: () => commands.onSort({ column: name, descending: true }),
    },
    {
      id: 'off',
      title: t('preview.sortOff'),
      icon: X,
      disabled: commands.sort?.column !== name,
      run: () => commands.onSort(null),
    },
    'separator',
    {
      id: 'missing',
      title: t('preview.onlyMissing'),
      icon: CircleDashed,
      run: () => commands.onFilter({ column: name, is: 'missing' }),
    },
    {
      id: 'present',
      title: t('preview.onlyPresent'),
      icon: CircleDot,
      run: () => commands.onFilter({ column: name, is: 'present' }),
    },
    ...otherTypes[typeFamily(column.type)].map((type) => ({
      id: `type ${type}`,
      title: t('preview.makeType', { type: columnTypes[type].title }),
      icon: Replace,
      disabled: column.name === partitionColumn,
      run: () => commands.onType(name, type),
    })),
    'separator',
    { id: 'fit', title: t('preview.fitColumn'), icon: MoveHorizontal, run: commands.onFit },
    {
      id: 'copy',
      title: t('preview.copyName'),
      icon: ClipboardCopy,
      run: () => void navigator.clipboard.writeText(name),
    },
  ];
}
