import { memo } from 'react';
import type { Page, PageCell, PageColumn } from '../../../shared/rpc/page.ts';
import { isImageType } from '../../../shared/media/image.ts';
import { partitionColumn, typeFamily } from '../../../shared/wires.ts';
import { sayCount } from '../text/say.ts';
import { formatCell } from './format-cell.ts';
import { ImageCell, imageOf } from './image-cell.tsx';
import { t } from '../text/t.ts';
import styles from './grid.module.css';
import { partitionColor } from './partition.ts';

export interface ShownColumn {
  name: string;
  type: string;
  /** Place in the page; -1 while unknown. */
  at: number;
  decimals: number;
}

export interface GridRowProps {
  gridId: string;
  row: number;
  topPx: number;
  page: Page | undefined;
  columns: readonly ShownColumn[];
  widths: readonly number[];
  /** Columns that are drawn, and the room left of them. */
  first: number;
  end: number;
  leadPx: number;
  /** Selected columns of this row; empty when `selectedEnd` is not larger. */
  selectedFirst: number;
  selectedEnd: number;
  /** The column of the focused cell, when it is in this row. */
  focusColumn: number;
}

export const cellId = (gridId: string, row: number, column: number): string => `${gridId}-${row}-${column}`;

export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { row, page, columns, first, end } = props;
  const at = page === undefined ? -1 : row - page.offset;
  const isHere = page !== undefined && at >= 0 && at < page.rows;
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className={styles.row}
      style={{ transform: `translateY(${props.topPx}px)` }}
    >
      <span role="rowheader" className={styles.rowNumber}>
        {sayCount(row + 1)}
      </span>
      <span style={{ flex: 'none', width: props.leadPx }} />
      {columns.slice(first, end).map((column, i) => {
        const index = first + i;
        const isSelected = index >= props.selectedFirst && index < props.selectedEnd;
        return (
          <GridCell
            key={column.name}
            id={cellId(props.gridId, row, index)}
            index={index}
            column={column}
            width={props.widths[index] ?? 0}
            source={isHere ? page.columns[column.at] : undefined}
            at={at}
            isSelected={isSelected}
            isFocused={index === props.focusColumn}
          />
        );
      })}
    </div>
  );
});

interface GridCellProps {
  id: string;
  index: number;
  column: ShownColumn;
  width: number;
  source: PageColumn | undefined;
  at: number;
  isSelected: boolean;
  isFocused: boolean;
}

function GridCell({ id, index, column, width, source, at, isSelected, isFocused }: GridCellProps) {
  const value = source?.values[at];
  const isWaiting = value === undefined;
  const flags = `${isSelected ? styles.selected : ''} ${isFocused ? styles.focused : ''}`;
  if (isWaiting)
    return (
      <span
        role="gridcell"
        id={id}
        aria-colindex={index + 2}
        aria-busy
        aria-label={t('common.loading')}
        className={`${styles.cell} ${flags}`}
        style={{ width }}
      >
        <i className={styles.waiting} style={{ width: `${35 + ((at * 7 + index * 13) % 40)}%` }} />
      </span>
    );
  const image = isImageType(column.type) ? imageOf(value) : undefined;
  const { text, look } = formatCell(value, column.type, column.decimals);
  return (
    <span
      role="gridcell"
      id={id}
      aria-colindex={index + 2}
      aria-selected={isSelected}
      className={`${styles.cell} ${styles[look]} ${look !== 'null' && isRight(column, look) ? styles.right : ''} ${flags}`}
      style={{ width }}
    >
      {image !== undefined ? (
        <ImageCell image={image} />
      ) : column.name === partitionColumn ? (
        <Partition value={value} />
      ) : (
        text
      )}
    </span>
  );
}

const isRight = (column: ShownColumn, look: string): boolean =>
  look === 'number' && typeFamily(column.type) === 'number';

function Partition({ value }: { value: PageCell }) {
  const text = String(value ?? '–');
  return (
    <>
      <i className={styles.partition} style={{ background: partitionColor(text) }} />
      {text}
    </>
  );
}
