import { fail } from '../../shared/errors.ts';
import type { Objective } from './ensemble.ts';
import type { BoostingParams } from './params.ts';
import type { RoundReport } from './boost.ts';

/** Rows to learn from or to validate on. */
export interface BoostingRows {
  /** Row-major, shape [rows, columns]. NaN is missing; ±infinity counts as the largest or smallest number. Over a `SharedArrayBuffer`, threads need no copy. */
  readonly features: Float32Array;
  readonly rows: number;
  /** One per row: 0 or 1 for logistic, class ids from 0 for softmax, numbers for squared error. */
  readonly target: Float64Array | Int32Array;
  /** One per row, not negative. */
  readonly weights?: Float64Array;
}

export interface BoostingJob extends BoostingRows {
  readonly columns: number;
  readonly objective: Objective;
  /** For softmax: how many classes there are; ids are below it. */
  readonly classes?: number;
  readonly validation?: BoostingRows;
  readonly params?: Partial<BoostingParams>;
  /** `dist/kernels/trees.wasm`, as bytes or compiled. */
  readonly kernels: Uint8Array | { readonly compiled: unknown };
  /** At most; small data takes fewer. More than 1 needs `startWorkers`. The model does not depend on it. */
  readonly threads?: number;
  readonly startWorkers?: StartLanes;
  /** Memory for the histograms of open nodes (default 768 MiB). With less, nodes are counted anew; the model does not depend on it. */
  readonly histogramBytes?: number;
  readonly seed?: number;
  readonly signal?: CancelSignal;
  /** After each round; first for round 0, the constant model. */
  readonly onProgress?: (report: RoundReport) => void;
  /** Asked now and then, and awaited: a training stands still until it resolves, and ends with the best so far (one round at least) when it says so. */
  readonly turn?: () => Promise<'run' | 'finish'>;
}

/** An `AbortSignal` fits. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/** Starts `count` threads, each of which calls the module's `work(data, index)`. Modules are named from `methods/`. */
export type StartLanes = (
  module: string,
  count: number,
  data: unknown,
) => Promise<{ readonly terminate: () => Promise<void>; readonly failed?: Promise<unknown> }>;

export interface CheckedRows {
  readonly totalWeight: number;
  readonly largestWeight: number;
}

/** Refuses rows that cannot be learnt from, naming row and remedy. */
export function checkRows(set: BoostingRows, job: BoostingJob, what: 'training' | 'validation'): CheckedRows {
  const { features, rows, target, weights } = set;
  if (!Number.isInteger(rows) || rows < 1)
    throw fail('trees.no-rows', {
      message: `There are no ${what} rows.`,
      mend: 'Check the filters before this step, and that the target is not missing everywhere.',
    });
  if (!Number.isInteger(job.columns) || job.columns < 1)
    throw fail('trees.no-features', {
      message: 'There is no column to learn from.',
      mend: 'Choose at least one feature.',
    });
  checkLength(`${what} features`, features.length, rows * job.columns);
  checkLength(`${what} target`, target.length, rows);
  if (weights) checkLength(`${what} weights`, weights.length, rows);
  for (let row = 0; row < rows; row++) checkTarget(target[row] ?? NaN, row, job, what);
  return weights ? checkWeights(weights, what) : { totalWeight: rows, largestWeight: 1 };
}

function checkLength(what: string, got: number, expected: number): void {
  if (got === expected) return;
  throw fail('trees.shape', {
    message: `The ${what} have ${got} values; ${expected} are expected.`,
    mend: 'Give one value per row, and for features one per row and column.',
    facts: { got, expected },
  });
}

function checkTarget(value: number, row: number, job: BoostingJob, what: string): void {
  const fits =
    job.objective === 'squared-error'
      ? Number.isFinite(value)
      : Number.isInteger(value) && value >= 0 && value < classCount(job);
  if (fits) return;
  throw fail('trees.bad-target', {
    message: `The target of ${what} row ${row} is ${value}.`,
    mend:
      job.objective === 'squared-error'
        ? 'Drop rows whose target is missing or infinite.'
        : `Give class ids from 0 to ${classCount(job) - 1}.`,
    facts: { row },
  });
}

export const classCount = (job: BoostingJob): number => (job.objective === 'softmax' ? (job.classes ?? 0) : 2);

function checkWeights(weights: Float64Array, what: string): CheckedRows {
  let totalWeight = 0;
  let largestWeight = 0;
  weights.forEach((weight, row) => {
    if (!(weight >= 0 && weight < 1e30))
      throw fail('trees.bad-weight', {
        message: `The weight of ${what} row ${row} is ${weight}.`,
        mend: 'Weights are numbers from 0; drop rows without one.',
        facts: { row },
      });
    totalWeight += weight;
    largestWeight = Math.max(largestWeight, weight);
  });
  if (totalWeight > 0) return { totalWeight, largestWeight: Math.fround(largestWeight) };
  throw fail('trees.bad-weight', { message: `All ${what} weights are 0.`, mend: 'Give some rows a weight above 0.' });
}

/** Where boosting starts: the best constant, exact in float32. */
export function baseScores(job: BoostingJob): number[] {
  const { rows, target, weights } = job;
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  if (job.objective === 'squared-error') {
    let sum = 0;
    let total = 0;
    for (let row = 0; row < rows; row++) {
      sum += weightOf(row) * (target[row] ?? 0);
      total += weightOf(row);
    }
    return [Math.fround(sum / total)];
  }
  const perClass = new Float64Array(classCount(job));
  for (let row = 0; row < rows; row++) {
    const id = target[row] ?? 0;
    perClass[id] = (perClass[id] ?? 0) + weightOf(row);
  }
  const total = perClass.reduce((a, b) => a + b, 0);
  if (perClass.filter((weight) => weight > 0).length < 2)
    throw fail('trees.one-class', {
      message: 'All training rows are of one class: there is nothing to tell apart.',
      mend: 'Check the target and the filters before this step, or split with stratification.',
    });
  if (job.objective === 'logistic') return [Math.fround(Math.log((perClass[1] ?? 0) / (perClass[0] ?? 1)))];
  // A class that no training row has starts at one in a million.
  return Array.from(perClass, (weight) => Math.fround(Math.log(Math.max(weight, 1e-6 * total) / total)));
}
