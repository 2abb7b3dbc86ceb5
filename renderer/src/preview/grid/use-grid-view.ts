/** What of a table is in view, what of it is chosen, and how keys and the pointer change both. */
import { useEffect, useId, useMemo, useState, useSyncExternalStore } from 'react';
import { isImageType } from '../../../../shared/media/image.ts';
import type { PageCell } from '../../../../shared/rpc/page.ts';
import type { Column } from '../../../../shared/wires.ts';
import { imageRowPx } from '../images/image-cell.tsx';
import { blockOf, headerRow, startSelection, type CellSelection } from './cell-selection.ts';
import { layOut, leftToReveal, rowNumberWidth, visibleColumns } from './column-layout.ts';
import { decimalsOf } from './format-cell.ts';
import type { ShownColumn } from './grid-row.tsx';
import type { PageCache } from './page-cache.ts';
import { pagesOf, rowsInView, visibleRows } from './scroll-scale.ts';
import { useColumnWidths } from './use-column-widths.ts';
import { useGridCopy } from './use-grid-copy.ts';
import { useGridInput } from './use-grid-input.ts';
import { useGridScroll, type GridScroll } from './use-grid-scroll.ts';

export const gridRowPx = 24;
export const headPx = 70;

export type GridView = ReturnType<typeof useGridView>;

export function useGridView({
  columns,
  rows,
  cache,
  onSort,
}: {
  columns: readonly Column[];
  rows: number;
  cache: PageCache;
  /** By the column of this place. */
  onSort: (column: number) => void;
}) {
  const gridId = useId();
  const revision = useSyncExternalStore(cache.subscribe, () => cache.revision);
  const rowPx = columns.some((c) => isImageType(c.type)) ? imageRowPx : gridRowPx;
  const scroll = useGridScroll(rows, rowPx, headPx);
  const [selection, setSelection] = useState<CellSelection>(startSelection({ row: 0, column: 0 }));
  const { widths, resize, fit } = useColumnWidths(columns, cache, revision);
  const layout = useMemo(() => layOut(widths), [widths]);
  const rowNumberPx = rowNumberWidth(rows);
  const range = visibleRows(scroll.scale, scroll.topPx);
  const inView = visibleColumns(layout, scroll.leftPx, scroll.viewWidthPx - rowNumberPx);
  const block = useMemo(() => blockOf(selection, rows), [selection, rows]);
  const copy = useGridCopy(cache, columns);
  const extent = { rows, columns: columns.length, pageRows: rowsInView(scroll.scale) };

  usePagesInView(cache, scroll, revision);
  useFirstRowOfNewView(cache, () => {
    scroll.goTo(0);
    setSelection((old) =>
      startSelection({ row: 0, column: Math.min(old.focus.column, Math.max(0, columns.length - 1)) }),
    );
  });
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
  const { onKeyDown, pointer } = useGridInput({
    gridId,
    selection,
    extent,
    onSelect: setSelection,
    onReveal: reveal,
    onSort,
    onCopy: () => void copy.copy(block),
  });
  return {
    gridId,
    rowPx,
    scroll,
    selection,
    setSelection,
    widths,
    resize,
    fit,
    layout,
    rowNumberPx,
    range,
    inView,
    block,
    copy,
    shown,
    valueAt,
    reveal,
    onKeyDown,
    pointer,
  };
}

function usePagesInView(cache: PageCache, { scale, topPx }: GridScroll, revision: number): void {
  useEffect(() => {
    const wanted = setTimeout(() => cache.want(pagesOf(visibleRows(scale, topPx), 200)), 12);
    return () => clearTimeout(wanted);
  }, [cache, scale, topPx, revision]);
}

/** A new cache is a new order of rows: places in the old one mean nothing. Columns alone do not move the view. */
function useFirstRowOfNewView(cache: PageCache, goToFirst: () => void): void {
  useEffect(() => {
    goToFirst();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cache]);
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
