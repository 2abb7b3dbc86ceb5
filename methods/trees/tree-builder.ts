import type { Tree } from './ensemble.ts';

export interface BuilderSplit {
  readonly column: number;
  readonly place: number;
  readonly bin: number;
  readonly width: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  readonly gain: number;
}

/** Collects one tree while it grows: numbers for the saved form and bins for walking rows that are binned. */
export class TreeBuilder {
  readonly #nodes: { cover: number; left: number; value: number; split?: BuilderSplit }[] = [];

  get size(): number {
    return this.#nodes.length;
  }
  /** Gives the new node's number. */
  addNode(cover: number): number {
    return this.#nodes.push({ cover, left: 0, value: 0 }) - 1;
  }
  /** The right child's number is one more than the left's. */
  split(node: number, left: number, split: BuilderSplit): void {
    const found = this.#nodes[node];
    if (!found) return;
    found.left = left;
    found.split = split;
  }
  setValue(node: number, value: number): void {
    const found = this.#nodes[node];
    if (found) found.value = value;
  }

  tree(): Tree {
    const nodes = this.#nodes;
    return {
      feature: Int32Array.from(nodes, (n) => n.split?.column ?? -1),
      threshold: Float32Array.from(nodes, (n) => n.split?.threshold ?? 0),
      left: Int32Array.from(nodes, (n) => n.left),
      right: Int32Array.from(nodes, (n) => (n.split ? n.left + 1 : 0)),
      missingLeft: Uint8Array.from(nodes, (n) => (n.split?.missingLeft ? 1 : 0)),
      value: Float32Array.from(nodes, (n) => n.value),
      gain: Float32Array.from(nodes, (n) => n.split?.gain ?? 0),
      cover: Float32Array.from(nodes, (n) => n.cover),
    };
  }

  /** The form that the kernel `walkTree` reads, written at a byte offset that is a multiple of 8. */
  writeBins(i32: Int32Array, f64: Float64Array, at: number): void {
    this.#nodes.forEach(({ split, left, value }, node) => {
      const word = (at + node * 24) >>> 2;
      i32[word] = split?.place ?? -1;
      i32[word + 1] = split ? split.bin | (split.missingLeft ? 256 : 0) | ((split.width - 1) << 16) : 0;
      i32[word + 2] = left;
      f64[(word >>> 1) + 2] = value;
    });
  }
}
