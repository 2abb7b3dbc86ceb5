/** Hands on what arrives in pieces: the first at once, what comes within `everyMs` of it together. */
export interface Gathered<T> {
  add: (items: readonly T[]) => void;
  /** Hands on what is waiting. */
  flush: () => void;
}

export function gather<T>(onItems: (items: readonly T[]) => void, everyMs: number): Gathered<T> {
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hand = (): void => {
    const items = waiting;
    waiting = [];
    if (items.length > 0) onItems(items);
  };
  const later = (): void => {
    timer = undefined;
    if (waiting.length === 0) return;
    timer = setTimeout(later, everyMs);
    hand();
  };
  return {
    add: (items) => {
      waiting.push(...items);
      if (timer !== undefined) return;
      timer = setTimeout(later, everyMs);
      hand();
    },
    flush: () => {
      clearTimeout(timer);
      timer = undefined;
      hand();
    },
  };
}
