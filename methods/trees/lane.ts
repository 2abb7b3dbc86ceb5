/**
 * Training as several lanes: each runs this very code on its share of rows or features, over one shared memory, and meets the others at barriers. All
 * that decides (splits, stopping) is computed by every lane from the same shared numbers, so lanes need no messages. Sums are of whole numbers, so the
 * shares change nothing: the model is the same to the bit for any number of lanes.
 */
import type { Objective } from './ensemble.ts';
import { instantiateKernels, type SharedPages, type TreeKernels } from './kernel-module.ts';
import { lossBlockRows, type MemoryPlan } from './memory-plan.ts';
import type { BoostingParams } from './params.ts';
import type { Packing } from './packing.ts';

/** All that lanes agree on before they start. Plain data: posted to workers. */
export interface LaneSettings {
  readonly objective: Objective;
  readonly rows: number;
  readonly columns: number;
  readonly validationRows: number;
  readonly outputs: number;
  readonly baseScores: readonly number[];
  readonly weighted: boolean;
  readonly validationWeighted: boolean;
  readonly totalWeight: number;
  readonly validationTotalWeight: number;
  readonly largestWeight: number;
  readonly params: BoostingParams;
  readonly packing: Packing;
  readonly lanes: number;
  readonly seed: number;
  readonly plan: MemoryPlan;
}

export interface LaneTask {
  readonly settings: LaneSettings;
  /** A compiled module. */
  readonly module: unknown;
  readonly memory: SharedPages;
  /** Over shared buffers when there are several lanes. */
  readonly features: Float32Array;
  readonly validationFeatures: Float32Array;
}

/** `barrier`: wait for the other lanes. `breath`: nothing to wait for, but a good moment to look up. */
export type Step = 'barrier' | 'breath';
export type Steps<T> = Generator<Step, T, void>;

export interface Lane extends LaneTask {
  readonly index: number;
  readonly kernels: TreeKernels;
  readonly f64: Float64Array;
  readonly f32: Float32Array;
  readonly i32: Int32Array;
  readonly u32: Uint32Array;
}

export function openLane(task: LaneTask, index: number): Lane {
  const { buffer } = task.memory;
  return {
    ...task,
    index,
    kernels: instantiateKernels(task.module, task.memory),
    f64: new Float64Array(buffer),
    f32: new Float32Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
  };
}

/** The part of [a, b) that falls to lane `index` of `count`. */
export const shareStart = (a: number, b: number, index: number, count: number): number =>
  a + Math.floor(((b - a) * index) / count);

/** This lane's part of [a, b). */
export const share = (lane: Lane, a: number, b: number): [number, number] => [
  shareStart(a, b, lane.index, lane.settings.lanes),
  shareStart(a, b, lane.index + 1, lane.settings.lanes),
];

/** This lane's rows in whole blocks. */
export function shareOfBlocks(lane: Lane, rows: number): [number, number] {
  const [a, b] = share(lane, 0, Math.ceil(rows / lossBlockRows));
  return [a * lossBlockRows, Math.min(rows, b * lossBlockRows)];
}
