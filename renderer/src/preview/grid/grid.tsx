import { useCallback, useEffect, useId, useMemo, useState, useSyncExternalStore, type CSSProperties } from 'react';
import { isImageType } from '../../../../shared/media/image.ts';
import type { PageCell } from '../../../../shared/rpc/page.ts';
import type { Column } from '../../../../shared/wires.ts';
import { blockOf, headerRow, startSelection, type CellSelection } from './cell-selection.ts';
import { layOut, leftToReveal, rowNumberWidth, totalWidth, visibleColumns } from './column-layout.ts';
import { decimalsOf } from './format-cell.ts';
import { FullCell } from './full-cell.tsx';
import { ImagePeek, imageOf, imageRowPx } from '../images/image-cell.tsx';
import { GridFoot } from './grid-foot.tsx';
import { nextSort, type Sort } from './grid-head.tsx';
import { HeadRow, Rows } from './rows-in-view.tsx';
import { cellId, type ShownColumn } from './grid-row.tsx';
import styles from './grid.module.css';
import { columnMenu, type ColumnCommands, type CellFilter } from './column-menu.ts';
import type { PageCache } from './page-cache.ts';
import type { Profile } from '../../text/profile-words.ts';
import { pagesOf, rowOffset, rowsInView, visibleRows } from './scroll-scale.ts';
import { useColumnWidths } from './use-column-widths.ts';
import { useGridCopy } from './use-grid-copy.ts';
import { useGridInput } from './use-grid-input.ts';
import { useGridScroll } from './use-grid-scroll.ts';

export const gridRowPx = 24;
const headPx = 70;

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
export function Grid({ label, columns, rows, cache, profile, sort, onSort, onFilter, onType }: GridProps) {
  const gridId = useId();
  const revision = useSyncExternalStore(cache.subscribe, () => cache.revision);
  const rowPx = columns.some((c) => isImageType(c.type)) ? imageRowPx : gridRowPx;
  const scroll = useGridScroll(rows, rowPx, headPx);
  const [selection, setSelection] = useState<CellSelection>(startSelection({ row: 0, column: 0 }));
  const { widths, resize, fit } = useColumnWidths(columns, cache, revision);
  const layout = useMemo(() => layOut(widths), [widths]);
  const rowNumberPx = rowNumberWidth(rows);
  const gridStyle: CSSProperties & { '--row-number': string; '--row': string } = {
    '--row-number': `${rowNumberPx}px`,
    '--row': `${rowPx}px`,
  };
  const range = visibleRows(scroll.scale, scroll.topPx);
  const inView = visibleColumns(layout, scroll.leftPx, scroll.viewWidthPx - rowNumberPx);
  const block = useMemo(() => blockOf(selection, rows), [selection, rows]);
  const copy = useGridCopy(cache, columns);
  const extent = { rows, columns: columns.length, pageRows: rowsInView(scroll.scale) };

  useEffect(() => {
    const wanted = setTimeout(() => cache.want(pagesOf(visibleRows(scroll.scale, scroll.topPx), 200)), 12);
    return () => clearTimeout(wanted);
  }, [cache, scroll.scale, scroll.topPx, revision]);
  useEffect(() => {
    scroll.goTo(0);
    setSelection((old) =>
      startSelection({ row: 0, column: Math.min(old.focus.column, Math.max(0, columns.length - 1)) }),
    );
    // A new cache is a new order of rows: places in the old one mean nothing. Columns alone do not move the view.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cache]);

  const shown = useShownColumns(columns, cache, range.first, revision);
  const valueAt = (row: number, column: number): PageCell | undefined => {
    const page = cache.pageAt(row);
    return page?.columns[shown[column]?.at ?? -1]?.values[row - page.offset];
  };
  const reveal = (next: CellSelection): void => {
    setSelection(next);
    if (next.focus.row !== headerRow) scroll.revealRow(next.focus.row);
    scroll.goLeft(leftToReveal(layout, scroll.leftPx, scroll.viewWidthPx - rowNumberPx, next.focus.column));
  };
  const menus = useMemo(
    () =>
      columns.map((column) =>
        columnMenu(column, { sort, onSort, onFilter, onType, onFit: () => fit(columns.indexOf(column)) }),
      ),
    [columns, sort, onSort, onFilter, onType, fit],
  );
  const sortBy = useCallback(
    (index: number) => onSort(nextSort(sort, columns[index]?.name ?? '')),
    [columns, sort, onSort],
  );
  const focusHead = useCallback((index: number) => setSelection(startSelection({ row: headerRow, column: index })), []);

  const { onKeyDown, pointer } = useGridInput({
    gridId,
    selection,
    extent,
    onSelect: setSelection,
    onReveal: reveal,
    onSort: sortBy,
    onCopy: () => void copy.copy(block),
  });

  const anchorPx = Math.floor(range.first / 500) * 500 * rowPx;
  const focus = selection.focus;
  const focusedValue = focus.row === headerRow ? undefined : valueAt(focus.row, focus.column);
  const focusedImage = isImageType(columns[focus.column]?.type ?? '') ? imageOf(focusedValue) : undefined;
  return (
    <div className={styles.grid} style={gridStyle}>
      <div
        ref={scroll.scroller}
        className={styles.scroller}
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rows + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-activedescendant={cellId(gridId, focus.row, focus.column)}
        onKeyDown={onKeyDown}
        onScroll={scroll.onScroll}
      >
        <div
          className={styles.sizer}
          style={{ height: headPx + scroll.scale.barPx, width: rowNumberPx + totalWidth(layout) }}
        >
          <div
            className={styles.layer}
            style={{ height: headPx + Math.min(scroll.scale.viewportPx, scroll.scale.realPx) }}
          >
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
              onResize={resize}
              onFit={fit}
            />
            <div
              className={styles.body}
              style={{ transform: `translateY(${rowOffset(scroll.scale, scroll.topPx, 0) + anchorPx}px)` }}
              {...pointer}
            >
              <Rows
                gridId={gridId}
                cache={cache}
                columns={shown}
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
      </div>
      {focusedImage !== undefined && (
        <ImagePeek
          image={focusedImage}
          leftPx={rowNumberPx + (layout.edges[focus.column] ?? 0) - scroll.leftPx}
          topPx={headPx + rowOffset(scroll.scale, scroll.topPx, focus.row)}
          widthPx={widths[focus.column] ?? 0}
          scroller={scroll.scroller}
        />
      )}
      <FullCell
        value={focusedImage === undefined ? focusedValue : undefined}
        leftPx={rowNumberPx + (layout.edges[focus.column] ?? 0) - scroll.leftPx}
        topPx={headPx + rowOffset(scroll.scale, scroll.topPx, focus.row)}
        widthPx={widths[focus.column] ?? 0}
        scroller={scroll.scroller}
        place={focus}
      />
      <GridFoot
        column={columns[focus.column]}
        row={focus.row}
        value={focus.row === headerRow ? undefined : valueAt(focus.row, focus.column)}
        block={block}
        valueAt={valueAt}
        said={copy.said}
        rows={rows}
        onJump={(row) => {
          reveal(startSelection({ row, column: focus.column }));
          scroll.scroller.current?.focus();
        }}
      />
    </div>
  );
}

/** Which page column each shown column is, and the decimals that align it: of the page in view. */
function useShownColumns(
  columns: readonly Column[],
  cache: PageCache,
  firstRow: number,
  revision: number,
): ShownColumn[] {
  const page = cache.pageAt(firstRow) ?? cache.pageAt(0);
  return useMemo(
    () =>
      columns.map(({ name, type }) => {
        const at = page?.columns.findIndex((c) => c.name === name) ?? -1;
        return { name, type, at, decimals: decimalsOf(page?.columns[at]?.values ?? []) };
      }),
    // The page object changes only when another page comes into view.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [columns, page, page === undefined ? revision : 0],
  );
}
