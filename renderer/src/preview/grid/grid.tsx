import { useCallback, useMemo, type CSSProperties } from 'react';
import { isImageType } from '../../../../shared/media/image.ts';
import type { Column } from '../../../../shared/wires.ts';
import { headerRow, startSelection } from './cell-selection.ts';
import { totalWidth } from './column-layout.ts';
import { FullCell } from './full-cell.tsx';
import { ImagePeek, imageOf } from '../images/image-cell.tsx';
import { GridFoot } from './grid-foot.tsx';
import { nextSort, type Sort } from './grid-head.tsx';
import { HeadRow, Rows } from './rows-in-view.tsx';
import { cellId } from './grid-row.tsx';
import styles from './grid.module.css';
import { columnMenu, type ColumnCommands, type CellFilter } from './column-menu.ts';
import type { PageCache } from './page-cache.ts';
import type { Profile } from '../../text/profile-words.ts';
import { rowOffset } from './scroll-scale.ts';
import { headPx, useGridView, type GridView } from './use-grid-view.ts';

export interface GridProps {
  label: string;
  /** As shown: without the row's rank, the partition first. */
  columns: readonly Column[];
  rows: number;
  cache: PageCache;
  profile: Profile | null;
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  onFilter: (filter: CellFilter) => void;
  onType: ColumnCommands['onType'];
}

/** A table of any size: rows by pages, columns in view only, one tab stop, keys as in a spreadsheet. */
export function Grid(props: GridProps) {
  const { label, columns, rows, cache, sort, onSort } = props;
  const sortBy = useCallback(
    (index: number) => onSort(nextSort(sort, columns[index]?.name ?? '')),
    [columns, sort, onSort],
  );
  const view = useGridView({ columns, rows, cache, onSort: sortBy });
  const { gridId, block, selection, valueAt } = view;
  const { scroller, onScroll } = view.scroll;
  const { focus } = selection;
  const gridStyle: CSSProperties & { '--row-number': string; '--row': string } = {
    '--row-number': `${view.rowNumberPx}px`,
    '--row': `${view.rowPx}px`,
  };
  return (
    <div className={styles.grid} style={gridStyle}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rows + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-activedescendant={cellId(gridId, focus.row, focus.column)}
        onKeyDown={view.onKeyDown}
        onScroll={onScroll}
      >
        <HeadAndRows {...props} view={view} sortBy={sortBy} />
      </div>
      <FocusedCell columns={columns} view={view} />
      <GridFoot
        column={columns[focus.column]}
        row={focus.row}
        value={focus.row === headerRow ? undefined : valueAt(focus.row, focus.column)}
        block={block}
        valueAt={valueAt}
        said={view.copy.said}
        rows={rows}
        onJump={(row) => {
          view.reveal(startSelection({ row, column: focus.column }));
          scroller.current?.focus();
        }}
      />
    </div>
  );
}

function HeadAndRows({
  columns,
  rows,
  cache,
  profile,
  sort,
  onSort,
  onFilter,
  onType,
  view,
  sortBy,
}: GridProps & { view: GridView; sortBy: (index: number) => void }) {
  const { gridId, scroll, widths, fit, layout, range, inView, block, rowPx, setSelection } = view;
  const { focus } = view.selection;
  const menus = useMemo(
    () =>
      columns.map((column) =>
        columnMenu(column, { sort, onSort, onFilter, onType, onFit: () => fit(columns.indexOf(column)) }),
      ),
    [columns, sort, onSort, onFilter, onType, fit],
  );
  const focusHead = useCallback(
    (index: number) => setSelection(startSelection({ row: headerRow, column: index })),
    [setSelection],
  );
  const anchorPx = Math.floor(range.first / 500) * 500 * rowPx;
  return (
    <div
      className={styles.sizer}
      style={{ height: headPx + scroll.scale.barPx, width: view.rowNumberPx + totalWidth(layout) }}
    >
      <div className={styles.layer} style={{ height: headPx + Math.min(scroll.scale.viewportPx, scroll.scale.realPx) }}>
        <HeadRow
          gridId={gridId}
          columns={columns}
          widths={widths}
          inView={inView}
          leadPx={layout.edges[inView.first] ?? 0}
          profile={profile}
          sort={sort}
          menus={menus}
          focus={focus}
          isWhole={block.endRow - block.firstRow === rows && rows > 1}
          block={block}
          onSort={sortBy}
          onFocus={focusHead}
          onResize={view.resize}
          onFit={fit}
        />
        <div
          className={styles.body}
          style={{ transform: `translateY(${rowOffset(scroll.scale, scroll.topPx, 0) + anchorPx}px)` }}
          {...view.pointer}
        >
          <Rows
            gridId={gridId}
            cache={cache}
            columns={view.shown}
            widths={widths}
            range={range}
            inView={inView}
            leadPx={layout.edges[inView.first] ?? 0}
            rowPx={rowPx}
            anchorPx={anchorPx}
            block={block}
            focus={focus}
          />
        </div>
      </div>
    </div>
  );
}

/** The cell that has the focus, whole: what its place in the table cuts off. */
function FocusedCell({ columns, view }: { columns: readonly Column[]; view: GridView }) {
  const { scroll, layout, rowNumberPx, widths } = view;
  const { focus } = view.selection;
  const value = focus.row === headerRow ? undefined : view.valueAt(focus.row, focus.column);
  const image = isImageType(columns[focus.column]?.type ?? '') ? imageOf(value) : undefined;
  const place = {
    leftPx: rowNumberPx + (layout.edges[focus.column] ?? 0) - scroll.leftPx,
    topPx: headPx + rowOffset(scroll.scale, scroll.topPx, focus.row),
    widthPx: widths[focus.column] ?? 0,
    scroller: scroll.scroller,
  };
  return (
    <>
      {image !== undefined && <ImagePeek image={image} {...place} />}
      <FullCell value={image === undefined ? value : undefined} {...place} place={focus} />
    </>
  );
}
