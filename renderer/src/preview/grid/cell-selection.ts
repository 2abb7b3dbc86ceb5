/** The cell that has the focus, and the block of cells that is selected: a pure model of what keys and pointer do. Row -1 is the header. */
export interface CellPlace {
  row: number;
  column: number;
}
export interface CellSelection {
  anchor: CellPlace;
  focus: CellPlace;
}
export interface CellBlock {
  firstRow: number;
  /** One after the last. */
  endRow: number;
  firstColumn: number;
  endColumn: number;
}
export interface GridExtent {
  rows: number;
  columns: number;
  /** What Page up and Page down move by. */
  pageRows: number;
}

export const headerRow = -1;
export const startSelection = (place: CellPlace): CellSelection => ({ anchor: place, focus: place });
export const extendTo = (selection: CellSelection, focus: CellPlace): CellSelection => ({ ...selection, focus });

export interface GridKey {
  key: string;
  ctrl: boolean;
  shift: boolean;
}

/** The selection after a key, or null when the key is not for the grid. */
export function moveByKey(selection: CellSelection, pressed: GridKey, extent: GridExtent): CellSelection | null {
  if (extent.columns === 0) return null;
  if (pressed.ctrl && pressed.key.toLowerCase() === 'a')
    return { anchor: { row: 0, column: 0 }, focus: { row: Math.max(0, extent.rows - 1), column: extent.columns - 1 } };
  const target = targetOf(selection.focus, pressed, extent);
  if (target === null) return null;
  const focus = {
    row: Math.max(pressed.shift ? 0 : headerRow, Math.min(extent.rows - 1, target.row)),
    column: Math.max(0, Math.min(extent.columns - 1, target.column)),
  };
  return pressed.shift && selection.anchor.row !== headerRow
    ? { anchor: selection.anchor, focus }
    : startSelection(focus);
}

function targetOf({ row, column }: CellPlace, { key, ctrl }: GridKey, extent: GridExtent): CellPlace | null {
  switch (key) {
    case 'ArrowUp':
      return { row: ctrl ? 0 : row - 1, column };
    case 'ArrowDown':
      return { row: ctrl ? extent.rows - 1 : row + 1, column };
    case 'ArrowLeft':
      return { row, column: ctrl ? 0 : column - 1 };
    case 'ArrowRight':
      return { row, column: ctrl ? extent.columns - 1 : column + 1 };
    case 'PageUp':
      return { row: Math.max(0, row - extent.pageRows), column };
    case 'PageDown':
      return { row: row + extent.pageRows, column };
    case 'Home':
      return { row: ctrl ? 0 : row, column: 0 };
    case 'End':
      return { row: ctrl ? extent.rows - 1 : row, column: extent.columns - 1 };
    default:
      return null;
  }
}

/** The selected block; a header cell selects its whole column. */
export function blockOf({ anchor, focus }: CellSelection, rows: number): CellBlock {
  const isColumn = anchor.row === headerRow || focus.row === headerRow;
  return {
    firstRow: isColumn ? 0 : Math.min(anchor.row, focus.row),
    endRow: isColumn ? rows : Math.max(anchor.row, focus.row) + 1,
    firstColumn: Math.min(anchor.column, focus.column),
    endColumn: Math.max(anchor.column, focus.column) + 1,
  };
}

export const isInBlock = (block: CellBlock, row: number, column: number): boolean =>
  row >= block.firstRow && row < block.endRow && column >= block.firstColumn && column < block.endColumn;
