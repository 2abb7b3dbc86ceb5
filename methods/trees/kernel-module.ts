/**
 * The compiled kernels and their memory. `WebAssembly` and `setTimeout` belong to every host that this runs in (Node, browsers) but to no ECMAScript
 * library file, so the few parts in use are declared here, for this module alone.
 */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => CompiledKernels;
  Instance: new (module: unknown, imports: { env: { memory: SharedPages } }) => { readonly exports: TreeKernels };
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => SharedPages;
};
declare const setTimeout: (callback: () => void, delayMs: number) => unknown;

/** A `WebAssembly.Module`; can be posted to a worker. */
export type CompiledKernels = object;

/** A shared `WebAssembly.Memory`; can be posted to a worker. */
export interface SharedPages {
  readonly buffer: ArrayBufferLike;
}

const pageBytes = 65536;
/** What 32-bit pointers reach. */
export const largestMemoryBytes = 65536 * pageBytes;

export const compileKernels = (bytes: Uint8Array): CompiledKernels => new WebAssembly.Module(bytes);

export const createSharedPages = (bytes: number): SharedPages => {
  const pages = Math.ceil(bytes / pageBytes);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
};

export const instantiateKernels = (module: unknown, memory: SharedPages): TreeKernels =>
  new WebAssembly.Instance(module, { env: { memory } }).exports;

/** Lets the host handle what has come in: a cancelling click, a worker's death. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** The functions of `kernels/*.as.ts`; each is described there. Pointers and counts are plain numbers. */
export interface TreeKernels {
  sortSample(values: number, other: number, n: number, counts: number): number;
  makeCuts(sorted: number, n: number, maxBins: number, cuts: number): number;
  binColumn(
    x: number,
    xStride: number,
    n: number,
    cuts: number,
    width: number,
    column: number,
    row: number,
    rowStride: number,
  ): void;
  addToHistogram(
    index: number,
    a: number,
    b: number,
    bins: number,
    rowStride: number,
    gradients: number,
    packed: number,
    n256: number,
    n32: number,
    n4: number,
    buffer: number,
    group: number,
  ): void;
  unpackHistogram(
    packed: number,
    n: number,
    gShift: number,
    hShift: number,
    sums: number,
    counts: number,
    first: number,
  ): void;
  addSums(into: number, from: number, n: number): void;
  subtractSums(into: number, parent: number, sibling: number, n: number): void;
  copy(to: number, from: number, bytes: number): void;
  findSplit(
    sums: number,
    counts: number,
    table: number,
    f0: number,
    f1: number,
    G: number,
    H: number,
    N: number,
    lambda: number,
    minH: number,
    minN: number,
    result: number,
  ): void;
  partition(
    index: number,
    a: number,
    b: number,
    column: number,
    cut: number,
    missingLeft: number,
    mask: number,
    left: number,
    right: number,
  ): number;
  countUp(index: number, a: number, b: number): void;
  drawRows(a: number, b: number, seed: number, limit: number, inside: number, outside: number): number;
  addToScores(index: number, a: number, b: number, scores: number, value: number): void;
  walkTree(nodes: number, index: number, a: number, b: number, bins: number, rowStride: number, scores: number): void;
  fillScores(scores: number, a: number, b: number, value: number): void;
  logistic(
    scores: number,
    target: number,
    weights: number,
    a: number,
    b: number,
    gradients: number,
    gScale: number,
    hScale: number,
    gShift: number,
    hShift: number,
    seed: number,
  ): number;
  softmaxLoss(
    scores: number,
    classStride: number,
    classes: number,
    target: number,
    weights: number,
    a: number,
    b: number,
    logSums: number,
  ): number;
  softmaxGradients(
    scores: number,
    logSums: number,
    target: number,
    k: number,
    weights: number,
    a: number,
    b: number,
    gradients: number,
    gScale: number,
    hScale: number,
    gShift: number,
    hShift: number,
    seed: number,
  ): void;
  squaredLoss(scores: number, target: number, weights: number, a: number, b: number, largest: number): number;
  squaredGradients(
    scores: number,
    target: number,
    weights: number,
    a: number,
    b: number,
    gradients: number,
    gScale: number,
    hScale: number,
    gShift: number,
    hShift: number,
    seed: number,
  ): void;
}
