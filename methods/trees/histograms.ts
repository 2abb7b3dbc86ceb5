/** Histograms of nodes and their best splits, by lanes. */
import type { BinLayout } from './bins.ts';
import { type Lane, share, shareStart, type Steps } from './lane.ts';
import { mostPairs, resultBytes, splitsRows } from './memory-plan.ts';
import type { FoundSplit, OpenNode } from './open-node.ts';

/** Nodes whose histograms are wanted: `count` are counted from their rows, `derive` is its parent (in the same slot) less the one counted. */
export interface HistogramJob {
  readonly count: readonly OpenNode[];
  readonly derive?: OpenNode;
}

/** The round's regularisation in the units of the packed integers. */
export interface SplitRules {
  readonly lambda: number;
  readonly minH: number;
  readonly minRows: number;
  readonly leastGain: number;
}

// Below this, sharing columns is cheaper than adding up partial sums.
const leastRowsToShare = 16384;

const nodesOf = (job: HistogramJob): readonly OpenNode[] => (job.derive ? [...job.count, job.derive] : job.count);

export class Histograms {
  /** How many open nodes can keep theirs. */
  readonly slots: number;
  readonly #lane: Lane;
  readonly #layout: BinLayout;
  readonly #slotBytes: number;
  /** Bytes of the part of a slot that holds h and g; row counts follow. */
  readonly #sumBytes: number;
  /** How many nodes may have their rows shared out in one batch. */
  readonly #mostShared: number;
  /** This lane's columns. */
  readonly #f0: number;
  readonly #f1: number;

  // Results alternate between two places: a fast lane may write the next batch's while a slow one still reads.
  #parity = 0;

  constructor(lane: Lane, layout: BinLayout) {
    const { plan, packing, lanes, columns } = lane.settings;
    const bins = layout.first[columns] ?? 0;
    this.#lane = lane;
    this.#layout = layout;
    this.#sumBytes = bins * 16;
    this.#slotBytes = this.#sumBytes + (packing.counted ? bins * 8 : 0);
    this.slots = Math.floor(plan.histogramsBytes / this.#slotBytes);
    this.#mostShared = splitsRows(columns, lanes)
      ? Math.floor(plan.partialsBytes / ((lanes - 1) * this.#slotBytes))
      : 0;
    [this.#f0, this.#f1] = share(lane, 0, columns);
  }

  /** Fills in `split` of each node of the jobs, and `g` and `h` of a root. */
  *findSplits(jobs: readonly HistogramJob[], rules: SplitRules): Steps<void> {
    this.#parity = 1 - this.#parity;
    const shared = this.#chooseShared(jobs);
    if (shared.size > 0) {
      for (const [node, partial] of shared) yield* this.#countShare(node, partial);
      yield 'barrier';
    }
    let nth = 0;
    for (const job of jobs) {
      yield* this.#finishColumns(job, shared);
      for (const node of nodesOf(job)) this.#search(node, rules, this.#resultAt(this.#lane.index, nth++));
    }
    yield 'barrier';
    nth = 0;
    for (const job of jobs)
      for (const node of nodesOf(job)) {
        if (node.id === 0) [node.h, node.g] = this.#totals(node, 0);
        node.split = this.#bestOfLanes(nth++);
      }
  }

  /** The large nodes, whose rows the lanes share; all others are counted by each lane for its own columns. */
  #chooseShared(jobs: readonly HistogramJob[]): Map<OpenNode, number> {
    const shared = new Map<OpenNode, number>();
    for (const job of jobs)
      for (const node of job.count)
        if (shared.size < this.#mostShared && node.end - node.start >= leastRowsToShare * this.#lane.settings.lanes)
          shared.set(node, shared.size);
    return shared;
  }

  #slotAt(slot: number): number {
    return this.#lane.settings.plan.histograms + slot * this.#slotBytes;
  }
  #partialAt(partial: number, index: number): number {
    const { plan, lanes } = this.#lane.settings;
    return plan.partials + (partial * (lanes - 1) + index - 1) * this.#slotBytes;
  }
  #resultAt(index: number, nth: number): number {
    const { plan, lanes } = this.#lane.settings;
    return plan.results + ((this.#parity * lanes + index) * 2 * mostPairs + nth) * resultBytes;
  }

  /** This lane's share of a node's rows, all columns: lane 0 into the node's slot, the others into their partials. */
  *#countShare(node: OpenNode, partial: number): Steps<void> {
    const { index, settings } = this.#lane;
    const to = index === 0 ? this.#slotAt(node.slot) : this.#partialAt(partial, index);
    const a = shareStart(node.start, node.end, index, settings.lanes);
    const b = shareStart(node.start, node.end, index + 1, settings.lanes);
    yield* this.#countRows(a, b, 0, settings.columns, to);
  }

  /** Counts rows index[a..b) for the columns [f0, f1) into the histogram at `to`. */
  *#countRows(a: number, b: number, f0: number, f1: number, to: number): Steps<void> {
    const { kernels, index, settings } = this.#lane;
    const { plan, packing } = settings;
    const { first, n256, n32 } = this.#layout;
    const within = (from: number, end: number): number => Math.max(0, Math.min(f1, end) - Math.max(f0, from));
    const wide = within(0, n256);
    const middle = within(n256, n256 + n32);
    const firstBin = first[f0] ?? 0;
    const bins = (first[f1] ?? 0) - firstBin;
    const packed = plan.packed + index * plan.packedStride;
    const buffer = plan.buffers + index * plan.bufferStride;
    const counts = packing.counted ? to + this.#sumBytes + firstBin * 8 : 0;
    const sums = to + firstBin * 16;
    for (let from = a; from < b || from === a; from += packing.blockRows) {
      const end = Math.min(b, from + packing.blockRows);
      kernels.addToHistogram(
        plan.index,
        from,
        end,
        plan.rowBins + f0,
        plan.rowStride,
        plan.gradients,
        packed,
        wide,
        middle,
        f1 - f0 - wide - middle,
        buffer,
        plan.groupRows,
      );
      kernels.unpackHistogram(packed, bins, packing.gShift, packing.hShift, sums, counts, from === a ? 1 : 0);
      yield 'breath';
    }
  }

  /** Makes this lane's columns of a job's histograms whole. */
  *#finishColumns(job: HistogramJob, shared: ReadonlyMap<OpenNode, number>): Steps<void> {
    if (this.#f1 <= this.#f0) return;
    for (const node of job.count) {
      const partial = shared.get(node);
      const to = this.#slotAt(node.slot);
      if (partial === undefined) yield* this.#countRows(node.start, node.end, this.#f0, this.#f1, to);
      else this.#addPartials(to, partial);
    }
    const counted = job.count[0];
    if (job.derive && counted) this.#subtract(this.#slotAt(job.derive.slot), this.#slotAt(counted.slot));
  }

  #addPartials(to: number, partial: number): void {
    const { kernels, settings } = this.#lane;
    const [sums, counts, bins] = this.#ownBins();
    for (let q = 1; q < settings.lanes; q++) {
      const from = this.#partialAt(partial, q);
      kernels.addSums(to + sums, from + sums, bins * 2);
      if (settings.packing.counted) kernels.addSums(to + counts, from + counts, bins);
    }
  }

  #subtract(into: number, from: number): void {
    const { kernels, settings } = this.#lane;
    const [sums, counts, bins] = this.#ownBins();
    kernels.subtractSums(into + sums, into + sums, from + sums, bins * 2);
    if (settings.packing.counted) kernels.subtractSums(into + counts, into + counts, from + counts, bins);
  }

  /** Of this lane's columns in a slot: offset of the sums, offset of the counts, number of bins. */
  #ownBins(): [number, number, number] {
    const first = this.#layout.first[this.#f0] ?? 0;
    const bins = (this.#layout.first[this.#f1] ?? 0) - first;
    return [first * 16, this.#sumBytes + first * 8, bins];
  }

  /** Sums (h, g) of a node: those of all bins of any one column. */
  #totals(node: OpenNode, place: number): [number, number] {
    const at = this.#slotAt(node.slot) >>> 3;
    const { first } = this.#layout;
    let h = 0;
    let g = 0;
    for (let bin = first[place] ?? 0; bin < (first[place + 1] ?? 0); bin++) {
      h += this.#lane.f64[at + bin * 2] ?? 0;
      g += this.#lane.f64[at + bin * 2 + 1] ?? 0;
    }
    return [h, g];
  }

  /** The best split of this lane's columns, into `result`. */
  #search(node: OpenNode, rules: SplitRules, result: number): void {
    const { kernels, i32, f64, settings } = this.#lane;
    f64[result >>> 3] = rules.leastGain;
    i32[(result >>> 2) + 8] = -1;
    if (this.#f1 <= this.#f0) return;
    const [h, g] = node.id === 0 ? this.#totals(node, this.#f0) : [node.h, node.g];
    const sums = this.#slotAt(node.slot);
    const { counted } = settings.packing;
    kernels.findSplit(
      sums,
      counted ? sums + this.#sumBytes : 0,
      settings.plan.featureTable,
      this.#f0,
      this.#f1,
      g,
      h,
      node.end - node.start,
      rules.lambda,
      rules.minH,
      counted ? rules.minRows : 0,
      result,
    );
  }

  #bestOfLanes(nth: number): FoundSplit | undefined {
    const { i32, f64, settings } = this.#lane;
    let best = -1;
    let bestGain = 0;
    let bestColumn = 0;
    for (let q = 0; q < settings.lanes; q++) {
      const at = this.#resultAt(q, nth);
      const place = i32[(at >>> 2) + 8] ?? -1;
      if (place < 0) continue;
      const gain = f64[at >>> 3] ?? 0;
      const column = this.#layout.column[place] ?? 0;
      if (best >= 0 && !(gain > bestGain || (gain === bestGain && column < bestColumn))) continue;
      best = at;
      bestGain = gain;
      bestColumn = column;
    }
    if (best < 0) return undefined;
    return {
      place: i32[(best >>> 2) + 8] ?? 0,
      bin: i32[(best >>> 2) + 9] ?? 0,
      missingLeft: i32[(best >>> 2) + 10] === 1,
      gain: bestGain,
      leftH: f64[(best >>> 3) + 1] ?? 0,
      leftG: f64[(best >>> 3) + 2] ?? 0,
    };
  }
}
