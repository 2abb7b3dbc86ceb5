import {
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type CSSProperties,
} from 'react';
import { isImageType } from '../../../shared/media/image.ts';
import type { PageCell } from '../../../shared/rpc/page.ts';
import type { Column } from '../../../shared/wires.ts';
import { blockOf, extendTo, headerRow, moveByKey, startSelection, type CellSelection } from './cell-selection.ts';
import { layOut, leftToReveal, rowNumberWidth, totalWidth, visibleColumns } from './column-layout.ts';
import { decimalsOf } from './format-cell.ts';
import { FullCell } from './full-cell.tsx';
import { ImagePeek, imageOf, imageRowPx } from './image-cell.tsx';
import { GridFoot } from './grid-foot.tsx';
import { HeadCell, nextSort, type Sort } from './grid-head.tsx';
import { cellId, GridRow, type ShownColumn } from './grid-row.tsx';
import styles from './grid.module.css';
import { columnMenu, type ColumnDeeds, type FilterWish } from './column-menu.ts';
import type { PageBook } from './page-book.ts';
import type { Profile } from './profile-words.ts';
import { pagesOf, rowOffset, rowsInView, visibleRows } from './scroll-scale.ts';
import { useColumnWidths } from './use-column-widths.ts';
import { useGridCopy } from './use-grid-copy.ts';
import { useGridScroll } from './use-grid-scroll.ts';
import { t } from '../text/t.ts';

export const gridRowPx = 24;
const headPx = 70;

export interface GridProps {
  label: string;
  /** As shown: without the row's rank, the partition first. */
  columns: readonly Column[];
  rows: number;
  book: PageBook;
  profile: Profile | null;
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  onFilter: (wish: FilterWish) => void;
  onType: ColumnDeeds['onType'];
}

/** A table of any size: rows by pages, columns in view only, one tab stop, keys as in a spreadsheet. */
export function Grid({ label, columns, rows, book, profile, sort, onSort, onFilter, onType }: GridProps) {
  const gridId = useId();
  const revision = useSyncExternalStore(book.subscribe, () => book.revision);
  const rowPx = columns.some((c) => isImageType(c.type)) ? imageRowPx : gridRowPx;
  const scroll = useGridScroll(rows, rowPx, headPx);
  const [selection, setSelection] = useState<CellSelection>(startSelection({ row: 0, column: 0 }));
  const isDragging = useRef(false);
  const { widths, resize, fit } = useColumnWidths(columns, book, revision);
  const layout = useMemo(() => layOut(widths), [widths]);
  const rowNumberPx = rowNumberWidth(rows);
  const gridStyle: CSSProperties & { '--row-number': string; '--row': string } = {
    '--row-number': `${rowNumberPx}px`,
    '--row': `${rowPx}px`,
  };
  const range = visibleRows(scroll.scale, scroll.topPx);
  const inView = visibleColumns(layout, scroll.leftPx, scroll.viewWidthPx - rowNumberPx);
  const block = useMemo(() => blockOf(selection, rows), [selection, rows]);
  const copy = useGridCopy(book, columns);
  const extent = { rows, columns: columns.length, pageRows: rowsInView(scroll.scale) };

  useEffect(() => {
    const wanted = setTimeout(() => book.want(pagesOf(visibleRows(scroll.scale, scroll.topPx), 200)), 12);
    return () => clearTimeout(wanted);
  }, [book, scroll.scale, scroll.topPx, revision]);
  useEffect(() => {
    scroll.goTo(0);
    setSelection((old) =>
      startSelection({ row: 0, column: Math.min(old.focus.column, Math.max(0, columns.length - 1)) }),
    );
    // A new book is a new order of rows: places in the old one mean nothing. Columns alone do not move the view.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [book]);

  const shown = useShownColumns(columns, book, range.first, revision);
  const valueAt = (row: number, column: number): PageCell | undefined => {
    const page = book.pageAt(row);
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

  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && event.key.toLowerCase() === 'c') {
      event.preventDefault();
      void copy.copy(block);
      return;
    }
    if (event.key === 'Enter' && selection.focus.row === headerRow) {
      event.preventDefault();
      sortBy(selection.focus.column);
      return;
    }
    const next = moveByKey(selection, { key: event.key, ctrl, shift: event.shiftKey }, extent);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (ctrl && event.key.toLowerCase() === 'a') setSelection(next);
    else reveal(next);
  };
  const onPointer = (event: React.PointerEvent, isStart: boolean): void => {
    const place = placeOf(event.target, gridId);
    if (place === null || event.button > 0) return;
    if (isStart) {
      isDragging.current = true;
      setSelection((old) => (event.shiftKey ? extendTo(old, place) : startSelection(place)));
    } else if (isDragging.current && event.buttons === 1)
      setSelection((old) =>
        old.focus.row === place.row && old.focus.column === place.column ? old : extendTo(old, place),
      );
  };

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
            <div className={styles.head} role="row" aria-rowindex={1}>
              <span
                role="columnheader"
                aria-colindex={1}
                aria-label={t('preview.rowNumber')}
                className={styles.rowNumber}
              />
              <span style={{ flex: 'none', width: layout.edges[inView.first] ?? 0 }} />
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
                    isSelected={
                      block.endRow - block.firstRow === rows &&
                      rows > 1 &&
                      index >= block.firstColumn &&
                      index < block.endColumn
                    }
                    onSort={sortBy}
                    onFocus={focusHead}
                    onResize={resize}
                    onFit={fit}
                  />
                );
              })}
            </div>
            <div
              className={styles.body}
              style={{ transform: `translateY(${rowOffset(scroll.scale, scroll.topPx, 0) + anchorPx}px)` }}
              onPointerDown={(event) => onPointer(event, true)}
              onPointerMove={(event) => onPointer(event, false)}
              onPointerUp={() => {
                isDragging.current = false;
              }}
            >
              {Array.from({ length: Math.max(0, range.end - range.first) }, (_, i) => {
                const row = range.first + i;
                const isSelected = row >= block.firstRow && row < block.endRow;
                return (
                  <GridRow
                    key={row}
                    gridId={gridId}
                    row={row}
                    topPx={row * rowPx - anchorPx}
                    page={book.pageAt(row)}
                    columns={shown}
                    widths={widths}
                    first={inView.first}
                    end={inView.end}
                    leadPx={layout.edges[inView.first] ?? 0}
                    selectedFirst={isSelected ? block.firstColumn : 0}
                    selectedEnd={
                      isSelected && (block.endColumn - block.firstColumn > 1 || block.endRow - block.firstRow > 1)
                        ? block.endColumn
                        : 0
                    }
                    focusColumn={row === focus.row ? focus.column : -1}
                  />
                );
              })}
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
  book: PageBook,
  firstRow: number,
  revision: number,
): ShownColumn[] {
  const page = book.pageAt(firstRow) ?? book.pageAt(0);
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

function placeOf(target: EventTarget, gridId: string): { row: number; column: number } | null {
  const cell = target instanceof Element ? target.closest('[role="gridcell"]') : null;
  if (cell === null || !cell.id.startsWith(`${gridId}-`)) return null;
  const [row, column] = cell.id
    .slice(gridId.length + 1)
    .split('-')
    .map(Number);
  return row === undefined || column === undefined ? null : { row, column };
}
