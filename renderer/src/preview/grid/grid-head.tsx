import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react';
import { memo, useRef } from 'react';
import { partitionColumn } from '../../../../shared/wires.ts';
import type { Column } from '../../../../shared/wires.ts';
import { sayType } from '../../text/say-column.ts';
import { t } from '../../text/t.ts';
import { IconButton } from '../../theme/button.tsx';
import { Icon } from '../../theme/icon.tsx';
import { MenuButton, type MenuEntry } from '../../theme/menu.tsx';
import { clampWidth, narrowestPx } from './column-layout.ts';
import { cellId } from './grid-row.tsx';
import styles from './grid.module.css';
import { MiniProfile } from '../profile/mini-profile.tsx';
import { sayColumn, type ProfileColumn } from '../../text/profile-words.ts';
import { TypeGlyph } from '../../theme/type-glyph.tsx';

export interface Sort {
  column: string;
  descending: boolean;
}

export interface HeadCellProps {
  gridId: string;
  index: number;
  column: Column;
  width: number;
  profile: ProfileColumn | undefined;
  sort: Sort | null;
  isFocused: boolean;
  isSelected: boolean;
  menu: readonly MenuEntry[];
  onSort: (index: number) => void;
  onFocus: (index: number) => void;
  onResize: (index: number, widthPx: number) => void;
  onFit: (index: number) => void;
}

/** What people call a column: the partition has a name of its own. */
export const sayName = (column: Pick<Column, 'name'>): string =>
  column.name === partitionColumn ? t('preview.partition') : column.name;

/** A click sorts up, a second one down, a third gives the table's own order back. */
export const nextSort = (sort: Sort | null, column: string): Sort | null =>
  sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true };

export const HeadCell = memo(function HeadCell(props: HeadCellProps) {
  const { column, index, profile, width } = props;
  const sort = props.sort?.column === column.name ? props.sort : null;
  const note = profile ? sayColumn(profile) : sayType(column.type);
  return (
    <span
      role="columnheader"
      id={cellId(props.gridId, -1, index)}
      aria-colindex={index + 2}
      aria-sort={sort === null ? 'none' : sort.descending ? 'descending' : 'ascending'}
      className={`${styles.headCell} ${props.isSelected ? styles.selected : ''} ${props.isFocused ? styles.focused : ''}`}
      style={{ width }}
      title={[sayName(column), column.type, ...(profile ? [note] : [])].join(' · ')}
    >
      <button
        type="button"
        tabIndex={-1}
        className={styles.headName}
        onClick={() => {
          props.onFocus(index);
          props.onSort(index);
        }}
      >
        <TypeGlyph column={column} />
        <b>{sayName(column)}</b>
        {column.role !== undefined && column.role !== 'feature' && (
          <span className={styles.role}>{t(`inspector.roles.${column.role}`)}</span>
        )}
        {sort && <Icon of={sort.descending ? ArrowDown : ArrowUp} size={11} stroke={2} className={styles.sortMark} />}
      </button>
      <span className={styles.headPicture}>{profile && <MiniProfile column={profile} />}</span>
      <span className={styles.headNote}>{note}</span>
      <span className={styles.headMenu}>
        <MenuButton
          label={t('preview.columnMenu', { name: sayName(column) })}
          entries={props.menu}
          placement="bottom end"
        >
          <IconButton
            icon={ChevronDown}
            size="small"
            iconSize={12}
            label={t('preview.columnMenu', { name: sayName(column) })}
            excludeFromTabOrder
          />
        </MenuButton>
      </span>
      <Resizer index={index} width={width} name={sayName(column)} onResize={props.onResize} onFit={props.onFit} />
    </span>
  );
});

function Resizer({
  index,
  width,
  name,
  onResize,
  onFit,
}: {
  index: number;
  width: number;
  name: string;
  onResize: HeadCellProps['onResize'];
  onFit: HeadCellProps['onFit'];
}) {
  const start = useRef<{ x: number; width: number } | null>(null);
  return (
    <span
      role="separator"
      tabIndex={-1}
      aria-orientation="vertical"
      aria-label={t('preview.resizeColumn', { name })}
      aria-valuenow={width}
      aria-valuemin={narrowestPx}
      className={styles.resizer}
      onDoubleClick={() => onFit(index)}
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (start.current) onResize(index, clampWidth(start.current.width + event.clientX - start.current.x));
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onPointerCancel={() => {
        start.current = null;
      }}
    />
  );
}
