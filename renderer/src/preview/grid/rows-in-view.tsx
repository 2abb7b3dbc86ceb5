import type { ComponentProps } from 'react';
import type { Column } from '../../../../shared/wires.ts';
import type { Profile } from '../../text/profile-words.ts';
import { t } from '../../text/t.ts';
import type { MenuEntry } from '../../theme/menu.tsx';
import type { blockOf, CellSelection } from './cell-selection.ts';
import { headerRow } from './cell-selection.ts';
import { HeadCell, type Sort } from './grid-head.tsx';
import { GridRow, type ShownColumn } from './grid-row.tsx';
import styles from './grid.module.css';
import type { PageCache } from './page-cache.ts';

interface InView {
  gridId: string;
  widths: readonly number[];
  /** The columns that are drawn. */
  inView: { first: number; end: number };
  /** What the columns before them take. */
  leadPx: number;
  focus: CellSelection['focus'];
  block: ReturnType<typeof blockOf>;
}

interface HeadRowProps
  extends InView, Pick<ComponentProps<typeof HeadCell>, 'onSort' | 'onFocus' | 'onResize' | 'onFit'> {
  columns: readonly Column[];
  profile: Profile | null;
  sort: Sort | null;
  menus: readonly MenuEntry[][];
  /** All rows are chosen, and there are several. */
  isWhole: boolean;
}

/** The head of each column in view. */
export function HeadRow({
  gridId,
  columns,
  widths,
  inView,
  leadPx,
  profile,
  sort,
  menus,
  focus,
  isWhole,
  block,
  onSort,
  onFocus,
  onResize,
  onFit,
}: HeadRowProps) {
  return (
    <div className={styles.head} role="row" aria-rowindex={1}>
      <span role="columnheader" aria-colindex={1} aria-label={t('preview.rowNumber')} className={styles.rowNumber} />
      <span style={{ flex: 'none', width: leadPx }} />
      {columns.slice(inView.first, inView.end).map((column, i) => {
        const index = inView.first + i;
        return (
          <HeadCell
            key={column.name}
            gridId={gridId}
            index={index}
            column={column}
            width={widths[index] ?? 0}
            profile={profile?.columns.find((c) => c.name === column.name)}
            sort={sort}
            menu={menus[index] ?? []}
            isFocused={focus.row === headerRow && focus.column === index}
            isSelected={isWhole && index >= block.firstColumn && index < block.endColumn}
            onSort={onSort}
            onFocus={onFocus}
            onResize={onResize}
            onFit={onFit}
          />
        );
      })}
    </div>
  );
}

interface RowsProps extends InView {
  cache: PageCache;
  columns: readonly ShownColumn[];
  range: { first: number; end: number };
  rowPx: number;
  /** From where the places of rows count: far down a table, pixels lose their fractions. */
  anchorPx: number;
}

/** The rows in view, each at its place. */
export function Rows({
  gridId,
  cache,
  columns,
  widths,
  range,
  inView,
  leadPx,
  rowPx,
  anchorPx,
  block,
  focus,
}: RowsProps) {
  return Array.from({ length: Math.max(0, range.end - range.first) }, (_, i) => {
    const row = range.first + i;
    const isSelected = row >= block.firstRow && row < block.endRow;
    return (
      <GridRow
        key={row}
        gridId={gridId}
        row={row}
        topPx={row * rowPx - anchorPx}
        page={cache.pageAt(row)}
        columns={columns}
        widths={widths}
        first={inView.first}
        end={inView.end}
        leadPx={leadPx}
        selectedFirst={isSelected ? block.firstColumn : 0}
        selectedEnd={
          isSelected && (block.endColumn - block.firstColumn > 1 || block.endRow - block.firstRow > 1)
            ? block.endColumn
            : 0
        }
        focusColumn={row === focus.row ? focus.column : -1}
      />
    );
  });
}
