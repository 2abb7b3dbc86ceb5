/** Moves a row of a list with the pointer: where it would fall is shown while it is held. */
import { useRef, useState, type PointerEvent, type RefObject } from 'react';
import type { Place } from './edit-layers.ts';

interface Held {
  place: Place;
  /** Index in its own list that it would get. */
  to: number;
}

export function useRowDrag(
  list: RefObject<HTMLElement | null>,
  drop: (place: Place, to: number) => void,
): { held: Held | null; handle: (place: Place) => HandleEvents } {
  const [held, setHeld] = useState<Held | null>(null);
  const now = useRef<Held | null>(null);
  const hold = (next: Held | null): void => {
    now.current = next;
    setHeld(next);
  };
  const handle = (place: Place): HandleEvents => ({
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      hold({ place, to: place.inner ?? place.at });
    },
    onPointerMove: (event) => {
      if (now.current === null || list.current === null) return;
      const to = indexAt(siblings(list.current, place), event.clientY, place.inner ?? place.at);
      if (to !== now.current.to) hold({ place, to });
    },
    onPointerUp: () => {
      const last = now.current;
      hold(null);
      if (last !== null && last.to !== (place.inner ?? place.at)) drop(place, last.to);
    },
    onPointerCancel: () => hold(null),
  });
  return { held, handle };
}
export interface HandleEvents {
  onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  onPointerUp: () => void;
  onPointerCancel: () => void;
}

/** The rows of the same list, in order: of the whole network, or of one block. */
const siblings = (list: HTMLElement, { at, inner }: Place): HTMLElement[] =>
  [...list.querySelectorAll<HTMLElement>('[data-layer]')].filter((row) =>
    inner === undefined
      ? row.dataset['inner'] === undefined
      : row.dataset['inner'] !== undefined && row.dataset['at'] === String(at),
  );

function indexAt(rows: readonly HTMLElement[], y: number, from: number): number {
  const others = rows.filter((_, i) => i !== from);
  return others.filter((row) => {
    const { top, height } = row.getBoundingClientRect();
    return y > top + height / 2;
  }).length;
}
