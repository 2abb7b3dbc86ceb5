/** A node that may still be split. Sums are whole numbers in the units of the packing. */
export interface OpenNode {
  readonly id: number;
  readonly depth: number;
  /** Its rows: index[start..end). */
  readonly start: number;
  readonly end: number;
  g: number;
  h: number;
  /** Where its histogram is kept, −1 where it was given up. */
  slot: number;
  split: FoundSplit | undefined;
}

export interface FoundSplit {
  readonly place: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  readonly gain: number;
  readonly leftG: number;
  readonly leftH: number;
}

/** Room for the histograms of open nodes. Every lane keeps the same books. */
export class Slots {
  readonly #free: number[];
  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, i) => count - 1 - i);
  }
  /** A free slot; when there is none, that of the open node with the least gain, which is then counted anew if its turn comes. */
  take(open: readonly OpenNode[]): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    let poorest: OpenNode | undefined;
    for (const node of open)
      if (node.slot >= 0 && (!poorest || (node.split?.gain ?? 0) < (poorest.split?.gain ?? 0))) poorest = node;
    if (!poorest) throw new Error('trees: no histogram slot is left');
    const { slot } = poorest;
    poorest.slot = -1;
    return slot;
  }
  give(slot: number): void {
    if (slot >= 0) this.#free.push(slot);
  }
}
