import { ArrowDown, ArrowUp, ClipboardCopy, CircleDashed, CircleDot, MoveHorizontal, Replace, X } from 'lucide-react';
import { id, literal, raw, sql, type Sql } from '../../../../shared/sql.ts';
import type { PageCell } from '../../../../shared/rpc/page.ts';
import { columnTypes, type ColumnType } from '../../../../shared/spec/column-types.ts';
import { partitionColumn, typeFamily, type Column, type TypeFamily } from '../../../../shared/wires.ts';
import { t } from '../../text/t.ts';
import type { MenuEntry } from '../../theme/menu.tsx';
import type { Sort } from './grid-head.tsx';

/** A condition that a person chose by pointing. */
export type FilterWish =
  | { column: string; is: 'missing' | 'present' }
  | { column: string; is: 'equal' | 'unlike'; value: PageCell };

/** The condition as an expression: names and values are quoted, never glued. */
export function sayFilter(wish: FilterWish): string {
  return conditionOf(wish).render();
}
function conditionOf(wish: FilterWish): Sql {
  const name = id(wish.column);
  switch (wish.is) {
    case 'missing':
      return sql`${name} IS NULL`;
    case 'present':
      return sql`${name} IS NOT NULL`;
    case 'equal':
      return wish.value === null ? sql`${name} IS NULL` : sql`${name} = ${raw(literal(wish.value))}`;
    case 'unlike':
      return wish.value === null ? sql`${name} IS NOT NULL` : sql`${name} IS DISTINCT FROM ${raw(literal(wish.value))}`;
  }
}
/** Two conditions that both hold. */
export const bothFilters = (old: string, more: string): string =>
  old.trim() === '' ? more : /\bor\b/i.test(old) ? `(${old}) AND ${more}` : `${old} AND ${more}`;

export interface ColumnDeeds {
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  onFilter: (wish: FilterWish) => void;
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

export function columnMenu(column: Column, deeds: ColumnDeeds): MenuEntry[] {
  const { name } = column;
  return [
    {
      id: 'up',
      title: t('preview.sortUp'),
      icon: ArrowUp,
      run: () => deeds.onSort({ column: name, descending: false }),
    },
    {
      id: 'down',
      title: t('preview.sortDown'),
      icon: ArrowDown,
      run: () => deeds.onSort({ column: name, descending: true }),
    },
    {
      id: 'off',
      title: t('preview.sortOff'),
      icon: X,
      disabled: deeds.sort?.column !== name,
      run: () => deeds.onSort(null),
    },
    'separator',
    {
      id: 'missing',
      title: t('preview.onlyMissing'),
      icon: CircleDashed,
      run: () => deeds.onFilter({ column: name, is: 'missing' }),
    },
    {
      id: 'present',
      title: t('preview.onlyPresent'),
      icon: CircleDot,
      run: () => deeds.onFilter({ column: name, is: 'present' }),
    },
    ...otherTypes[typeFamily(column.type)].map((type) => ({
      id: `type ${type}`,
      title: t('preview.makeType', { type: columnTypes[type].title }),
      icon: Replace,
      disabled: column.name === partitionColumn,
      run: () => deeds.onType(name, type),
    })),
    'separator',
    { id: 'fit', title: t('preview.fitColumn'), icon: MoveHorizontal, run: deeds.onFit },
    {
      id: 'copy',
      title: t('preview.copyName'),
      icon: ClipboardCopy,
      run: () => void navigator.clipboard.writeText(name),
    },
  ];
}
