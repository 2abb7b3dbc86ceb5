/** What works on very large tables takes its turn: two of them at once hold twice the memory, and are no sooner done. */
import type { TableValue } from '../../recipe/compose/table-value.ts';

/** A quarter of a gigabyte of doubles. */
const bigFrom = 2 ** 25;

export class BigTurns {
  #last: Promise<unknown> = Promise.resolve();

  /** Work on small tables, and on those whose size nobody knows, begins at once. */
  async take<T>(values: readonly TableValue[], signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (values.every(({ rows, columns }) => (rows ?? 0) * columns.length < bigFrom)) return work();
    const mine = this.#last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
