/** One tree: rows are partitioned node by node, histograms find the splits, leaves step against the gradient. */
import { append } from '../../shared/append.ts';
import type { BinLayout } from './bins.ts';
import { type HistogramJob, Histograms, type SplitRules } from './histograms.ts';
import { type Lane, share, shareStart, type Steps } from './lane.ts';
import type { GradientScale } from './losses.ts';
import { mostPairs } from './memory-plan.ts';
import { type FoundSplit, type OpenNode, Slots } from './open-node.ts';
import { TreeBuilder } from './tree-builder.ts';

// A node with fewer rows is partitioned by one lane.
const leastRowsToPartition = 8192;

export interface GrownTree {
  readonly builder: TreeBuilder;
  readonly leaves: readonly { readonly start: number; readonly end: number; readonly value: number }[];
}

interface SplitPair {
  readonly parent: OpenNode;
  readonly split: FoundSplit;
  readonly left: OpenNode;
  readonly right: OpenNode;
}

export class TreeGrower {
  readonly #lane: Lane;
  readonly #layout: BinLayout;
  readonly #histograms: Histograms;
  // Counts alternate between two places: a fast lane may write the next batch's while a slow one still reads.
  #parity = 0;

  constructor(lane: Lane, layout: BinLayout) {
    this.#lane = lane;
    this.#layout = layout;
    this.#histograms = new Histograms(lane, layout);
  }

  /** From the gradients and index[0..rows) to a tree. Leaves the index ordered by leaf. */
  *grow(rows: number, scale: GradientScale): Steps<GrownTree> {
    const { params } = this.#lane.settings;
    const rules = this.#rules(scale);
    const builder = new TreeBuilder();
    const slots = new Slots(this.#histograms.slots);
    const root: OpenNode = { id: 0, depth: 0, start: 0, end: rows, g: 0, h: 0, slot: slots.take([]), split: undefined };
    yield* this.#histograms.findSplits([{ count: [root] }], rules);
    builder.addNode(root.h / scale.h);
    let open = [root];
    const leaves: OpenNode[] = [];
    const mostLeaves = params.maxLeaves || Infinity;
    for (;;) {
      const room = mostLeaves - leaves.length - open.length;
      const { batch, rest } = this.#chooseBatch(open, room, slots, leaves);
      open = rest;
      if (batch.length === 0) break;
      const pairs = yield* this.#partition(batch, builder, scale);
      const full = leaves.length + open.length + 2 * pairs.length >= mostLeaves;
      const jobs = full ? [] : this.#planJobs(pairs, slots, open);
      for (const { left, right } of pairs) open.push(left, right);
      if (full) break;
      if (jobs.length > 0) yield* this.#histograms.findSplits(jobs, rules);
    }
    append(leaves, open);
    return { builder, leaves: leaves.map((node) => this.#close(node, builder, scale)) };
  }

  #rules(scale: GradientScale): SplitRules {
    const { params, packing, objective } = this.#lane.settings;
    // What rounding alone could seem to gain: XGBoost's 1e-6 for log loss; relative to the largest residual for squared error.
    const noise = objective === 'squared-error' ? 1e-12 * packing.gLimit ** 2 : (1e-6 * scale.g ** 2) / scale.h;
    return {
      lambda: params.lambda * scale.h,
      // At least one unit: a side whose curvature rounds to nothing could not be weighed.
      minH: Math.max(1, params.minChildWeight * scale.h, packing.hIsCount ? params.minRowsInLeaf : 0),
      minRows: params.minRowsInLeaf,
      leastGain: Math.max((params.minGain * scale.g ** 2) / scale.h, noise),
    };
  }

  #atDepth(depth: number): boolean {
    const { maxDepth } = this.#lane.settings.params;
    return maxDepth > 0 && depth >= maxDepth;
  }

  /** The nodes to split next: the best one, or the first of the level. What can never be split moves to `leaves`. */
  #chooseBatch(
    open: readonly OpenNode[],
    room: number,
    slots: Slots,
    leaves: OpenNode[],
  ): { batch: OpenNode[]; rest: OpenNode[] } {
    const ready: OpenNode[] = [];
    for (const node of open) {
      if (node.split && !this.#atDepth(node.depth)) ready.push(node);
      else {
        slots.give(node.slot);
        leaves.push(node);
      }
    }
    if (ready.length === 0 || room <= 0) return { batch: [], rest: ready };
    if (this.#lane.settings.params.growth === 'leaf') {
      const best = ready.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a));
      return { batch: [best], rest: ready.filter((node) => node !== best) };
    }
    const depth = ready[0]?.depth;
    const level = ready.filter((node) => node.depth === depth);
    const most = Math.min(mostPairs, room, Math.max(1, this.#histograms.slots >> 1));
    const batch = new Set(level.slice(0, most));
    return { batch: [...batch], rest: ready.filter((node) => !batch.has(node)) };
  }

  /** Moves the rows of each node's children together and gives the children. Each small node is one lane's work, large ones are shared. */
  *#partition(batch: readonly OpenNode[], builder: TreeBuilder, scale: GradientScale): Steps<SplitPair[]> {
    const { i32, settings, index } = this.#lane;
    const { plan, lanes } = settings;
    this.#parity = 1 - this.#parity;
    const counts = (plan.leftCounts >>> 2) + this.#parity * mostPairs * lanes;
    const isShared = (node: OpenNode): boolean => lanes > 1 && node.end - node.start >= leastRowsToPartition;
    batch.forEach((node, nth) => {
      const own = isShared(node);
      if (!own && nth % lanes !== index) return;
      const a = own ? shareStart(node.start, node.end, index, lanes) : node.start;
      const b = own ? shareStart(node.start, node.end, index + 1, lanes) : node.end;
      const left = this.#partitionRows(node, a, b);
      i32[counts + nth * lanes + (own ? index : 0)] = left;
      if (!own) this.#moveBack(a, b, left, a, a + left);
    });
    yield 'barrier';
    const pairs = batch.map((node, nth) => {
      const at = counts + nth * lanes;
      let left = i32[at] ?? 0;
      if (isShared(node)) left = this.#moveShare(node, at);
      return this.#pair(node, node.start + left, builder, scale);
    });
    if (batch.some(isShared)) yield 'barrier';
    return pairs;
  }

  #partitionRows(node: OpenNode, a: number, b: number): number {
    const { kernels, settings } = this.#lane;
    const { plan } = settings;
    const place = node.split?.place ?? 0;
    return kernels.partition(
      plan.index,
      a,
      b,
      plan.columnBins + place * plan.columnStride,
      node.split?.bin ?? 0,
      node.split?.missingLeft ? 1 : 0,
      (this.#layout.width[place] ?? 4) - 1,
      plan.left,
      plan.right,
    );
  }

  /** Copies rows [a, b), of which `left` went left, from the side arrays to their places. */
  #moveBack(a: number, b: number, left: number, toLeft: number, toRight: number): void {
    const { kernels, settings } = this.#lane;
    const { plan } = settings;
    kernels.copy(plan.index + toLeft * 4, plan.left + a * 4, left * 4);
    kernels.copy(plan.index + toRight * 4, plan.right + a * 4, (b - a - left) * 4);
  }

  /** This lane's part of a shared node; gives how many rows went left in all lanes. */
  #moveShare(node: OpenNode, counts: number): number {
    const { i32, index, settings } = this.#lane;
    const { lanes } = settings;
    const start = (q: number): number => shareStart(node.start, node.end, q, lanes);
    let total = 0;
    let before = 0;
    for (let q = 0; q < lanes; q++) {
      const left = i32[counts + q] ?? 0;
      if (q < index) before += left;
      total += left;
    }
    const a = start(index);
    const rightBefore = a - node.start - before;
    this.#moveBack(
      a,
      start(index + 1),
      i32[counts + index] ?? 0,
      node.start + before,
      node.start + total + rightBefore,
    );
    return total;
  }

  #pair(parent: OpenNode, middle: number, builder: TreeBuilder, scale: GradientScale): SplitPair {
    const { split } = parent;
    if (!split) throw new Error('trees: a node without a split was to be split');
    const depth = parent.depth + 1;
    const [leftH, leftG] = [split.leftH, split.leftG];
    const [rightH, rightG] = [parent.h - leftH, parent.g - leftG];
    const leftId = builder.addNode(leftH / scale.h);
    const rightId = builder.addNode(rightH / scale.h);
    const column = this.#layout.column[split.place] ?? 0;
    builder.split(parent.id, leftId, {
      column,
      place: split.place,
      bin: split.bin,
      width: this.#layout.width[split.place] ?? 4,
      threshold: this.#lane.f32[(this.#lane.settings.plan.cuts >>> 2) + column * 256 + split.bin] ?? 0,
      missingLeft: split.missingLeft,
      gain: (split.gain * scale.h) / scale.g ** 2,
    });
    const shape = { depth, slot: -1, split: undefined };
    return {
      parent,
      split,
      left: { ...shape, id: leftId, start: parent.start, end: middle, g: leftG, h: leftH },
      right: { ...shape, id: rightId, start: middle, end: parent.end, g: rightG, h: rightH },
    };
  }

  /** The smaller child is counted, the larger is the parent less the smaller. A parent that gave up its histogram has both counted. */
  #planJobs(pairs: readonly SplitPair[], slots: Slots, open: readonly OpenNode[]): HistogramJob[] {
    return pairs.flatMap(({ parent, left, right }) => {
      if (this.#atDepth(left.depth)) {
        slots.give(parent.slot);
        return [];
      }
      const [small, large] = left.end - left.start <= right.end - right.start ? [left, right] : [right, left];
      small.slot = slots.take(open);
      if (parent.slot < 0) {
        large.slot = slots.take(open);
        return [{ count: [small, large] }];
      }
      large.slot = parent.slot;
      return [{ count: [small], derive: large }];
    });
  }

  #close(node: OpenNode, builder: TreeBuilder, scale: GradientScale): { start: number; end: number; value: number } {
    const { params } = this.#lane.settings;
    const weight = node.h / scale.h + params.lambda;
    const value = weight > 0 ? Math.fround((-params.learningRate * (node.g / scale.g)) / weight) : 0;
    builder.setValue(node.id, value);
    return { start: node.start, end: node.end, value };
  }

  /** Adds the leaves' values to the scores of the rows index[0..rows); lanes share each leaf. */
  addLeaves(leaves: GrownTree['leaves'], scores: number): void {
    const { kernels, settings } = this.#lane;
    for (const { start, end, value } of leaves) {
      const [a, b] = share(this.#lane, start, end);
      kernels.addToScores(settings.plan.index, a, b, scores, value);
    }
  }
}
