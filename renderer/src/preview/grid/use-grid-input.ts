/** Keys and the pointer choose cells as in a spreadsheet. */
import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { extendTo, headerRow, moveByKey, startSelection, type CellSelection } from './cell-selection.ts';

interface GridInput {
  gridId: string;
  selection: CellSelection;
  extent: Parameters<typeof moveByKey>[2];
  onSelect: (change: CellSelection | ((old: CellSelection) => CellSelection)) => void;
  /** Selects, and brings it into view. */
  onReveal: (next: CellSelection) => void;
  onSort: (column: number) => void;
  onCopy: () => void;
}

export function useGridInput({ gridId, selection, extent, onSelect, onReveal, onSort, onCopy }: GridInput) {
  const isDragging = useRef(false);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && event.key.toLowerCase() === 'c') {
      event.preventDefault();
      onCopy();
      return;
    }
    if (event.key === 'Enter' && selection.focus.row === headerRow) {
      event.preventDefault();
      onSort(selection.focus.column);
      return;
    }
    const next = moveByKey(selection, { key: event.key, ctrl, shift: event.shiftKey }, extent);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (ctrl && event.key.toLowerCase() === 'a') onSelect(next);
    else onReveal(next);
  };
  const onPointer = (event: PointerEvent, isStart: boolean): void => {
    const place = placeOf(event.target, gridId);
    if (place === null || event.button > 0) return;
    if (isStart) {
      isDragging.current = true;
      onSelect((old) => (event.shiftKey ? extendTo(old, place) : startSelection(place)));
    } else if (isDragging.current && event.buttons === 1)
      onSelect((old) =>
        old.focus.row === place.row && old.focus.column === place.column ? old : extendTo(old, place),
      );
  };
  const pointer = {
    onPointerDown: (event: PointerEvent) => onPointer(event, true),
    onPointerMove: (event: PointerEvent) => onPointer(event, false),
    onPointerUp: () => {
      isDragging.current = false;
    },
  };
  return { onKeyDown, pointer };
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
