/**
 * Gradient boosting of decision trees over binned features: second-order steps and learned directions for missing values after Chen and Guestrin,
 * "XGBoost: A Scalable Tree Boosting System" (KDD 2016); histograms, subtraction and leaf-wise growth after Ke et al., "LightGBM: A Highly Efficient
 * Gradient Boosting Decision Tree" (NeurIPS 2017). Gradients are summed as integers: the model is the same to the bit for any number of threads.
 */
import { fail } from '../../shared/errors.ts';
import { type Barrier, openBarrier } from './barrier.ts';
import { type BoostOutcome, boost } from './boost.ts';
import { type BoostingJob, baseScores, type BoostingRows, checkRows } from './boosting-job.ts';
import type { TreeEnsemble } from './ensemble.ts';
import { compileKernels, createSharedPages, nextTurn, type SharedPages } from './kernel-module.ts';
import { type LaneSettings, type LaneTask, openLane, type Steps } from './lane.ts';
import { checkReach, type MemoryNeeds, planMemory } from './memory-plan.ts';
import { choosePacking } from './packing.ts';
import { completeParams } from './params.ts';

export interface BoostingResult extends Omit<BoostOutcome, 'trees'> {
  readonly ensemble: TreeEnsemble;
}

// How long a thread computes or waits before it looks up: a cancel is seen within this and one kernel call.
const turnMs = 25;
// Starting and meeting threads costs more than it saves below so many values a thread.
const leastValuesPerLane = 100_000;

/** Learns an ensemble. Throws `trees.*` for input that cannot be learnt from, and the signal's reason when cancelled. */
export async function trainBoosting(job: BoostingJob): Promise<BoostingResult> {
  const { needs, settings } = prepare(job);
  throwIfCancelled(job);
  checkReach(settings.plan, needs);
  const task: LaneTask = {
    settings,
    module: job.kernels instanceof Uint8Array ? compileKernels(job.kernels) : job.kernels.compiled,
    memory: createSharedPages(settings.plan.bytes),
    features: shareable(job.features, settings.lanes),
    validationFeatures: shareable(job.validation?.features ?? new Float32Array(0), settings.lanes),
  };
  writeRows(task.memory, settings, job);
  const { trees, ...outcome } = await runLanes(task, job);
  const { objective, columns } = job;
  return {
    ...outcome,
    ensemble: { objective, columns, outputs: settings.outputs, baseScores: settings.baseScores, trees },
  };
}

/** Bytes that a training will take beside its caller's arrays. */
export function estimateBoostingBytes(job: BoostingJob): number {
  const { settings } = prepare(job);
  const copies = settings.lanes > 1 ? job.features.byteLength + (job.validation?.features.byteLength ?? 0) : 0;
  return settings.plan.bytes + copies;
}

function prepare(job: BoostingJob): { needs: MemoryNeeds; settings: LaneSettings } {
  const params = completeParams(job.params ?? {});
  const checked = checkRows(job, job, 'training');
  const checkedValidation = job.validation ? checkRows(job.validation, job, 'validation') : undefined;
  if (params.patience > 0 && !job.validation)
    throw fail('trees.no-validation', {
      message: 'Early stopping needs validation rows, and there are none.',
      mend: 'Let Split set validation rows aside, or set patience to 0.',
      param: 'patience',
    });
  const { objective, rows, columns } = job;
  const weighted = job.weights !== undefined;
  const packing = choosePacking({ objective, rows, weighted, minRowsInLeaf: params.minRowsInLeaf });
  const outputs = objective === 'softmax' ? (job.classes ?? 0) : 1;
  const wanted = job.startWorkers ? Math.max(1, Math.floor(job.threads ?? 1)) : 1;
  const lanes = Math.min(wanted, Math.max(1, Math.floor((rows * columns) / leastValuesPerLane)), 64);
  const validationRows = job.validation?.rows ?? 0;
  const validationWeighted = job.validation?.weights !== undefined;
  const { histogramBytes } = job;
  const needs = {
    histogramBytes,
    rows,
    columns,
    validationRows,
    outputs,
    lanes,
    weighted,
    validationWeighted,
    objective,
    params,
    packing,
  };
  const settings = {
    ...needs,
    baseScores: baseScores(job),
    totalWeight: checked.totalWeight,
    largestWeight: checked.largestWeight,
    validationTotalWeight: checkedValidation?.totalWeight ?? 0,
    seed: (job.seed ?? 0) >>> 0,
    plan: planMemory(needs),
  };
  return { needs, settings };
}

/** Other threads see only shared buffers. */
function shareable(features: Float32Array, lanes: number): Float32Array {
  if (lanes === 1 || features.buffer instanceof SharedArrayBuffer) return features;
  const copy = new Float32Array(new SharedArrayBuffer(features.byteLength));
  copy.set(features);
  return copy;
}

function writeRows({ buffer }: SharedPages, { plan, objective }: LaneSettings, job: BoostingJob): void {
  const write = (set: BoostingRows, target: number, weights: number): void => {
    if (objective === 'squared-error') new Float64Array(buffer, target, set.rows).set(set.target);
    else if (objective === 'softmax') new Int32Array(buffer, target, set.rows).set(set.target);
    else new Float32Array(buffer, target, set.rows).set(set.target);
    if (set.weights) new Float32Array(buffer, weights, set.rows).set(set.weights);
  };
  write(job, plan.target, plan.weights);
  if (job.validation) write(job.validation, plan.validationTarget, plan.validationWeights);
}

function throwIfCancelled({ signal }: BoostingJob): void {
  if (!signal?.aborted) return;
  throw signal.reason instanceof Error ? signal.reason : new Error('The training was cancelled.');
}

/** Lane 0 runs here, in slices; the others in threads of their own. */
async function runLanes(task: LaneTask, job: BoostingJob): Promise<BoostOutcome> {
  const barrier = openBarrier(task);
  const helpers = task.settings.lanes - 1;
  let failure: unknown;
  const starting = helpers > 0 ? job.startWorkers?.('trees/lane-worker', helpers, task) : undefined;
  starting
    ?.then((started) => started.failed)
    .catch((error: unknown) => (failure = error ?? new Error('A thread failed.')));
  let endsNow = false;
  const lookUp = async (): Promise<void> => {
    throwIfCancelled(job);
    if ((await job.turn?.()) === 'finish') endsNow = true;
    if (failure !== undefined)
      throw failure instanceof Error ? failure : new Error('A training thread failed.', { cause: failure });
    if (barrier.isCancelled) throw new Error('A training thread failed.');
  };
  try {
    return await runInSlices(
      boost(
        openLane(task, 0),
        (round) => job.onProgress?.(round),
        () => endsNow,
      ),
      barrier,
      lookUp,
      helpers > 0,
    );
  } finally {
    barrier.cancel();
    const started = await starting?.catch(() => undefined);
    await started?.terminate();
  }
}

async function runInSlices<T>(
  steps: Steps<T>,
  barrier: Barrier,
  lookUp: () => Promise<void>,
  hasHelpers: boolean,
): Promise<T> {
  let sliceStart = Date.now();
  const turn = async (): Promise<void> => {
    await nextTurn();
    await lookUp();
    sliceStart = Date.now();
  };
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (Date.now() - sliceStart > turnMs) await turn();
    if (step.value === 'breath' || !hasHelpers) continue;
    barrier.arrive();
    while (!barrier.wait(turnMs)) await turn();
  }
}
