/** Losses and gradients of each objective, by lanes over blocks of rows. */
import { seedFor } from './draws.ts';
import { type Lane, shareOfBlocks, type Steps } from './lane.ts';
import { lossBlockRows } from './memory-plan.ts';

interface RowSet {
  readonly rows: number;
  readonly totalWeight: number;
  readonly target: number;
  readonly weights: number;
  readonly scores: number;
  readonly scoreStride: number;
  readonly logSums: number;
  readonly lossBlocks: number;
}

const trainingRows = ({ settings: { plan, rows, totalWeight } }: Lane): RowSet => ({ ...plan, rows, totalWeight });

const validationRows = ({ settings: { plan, validationRows: rows, validationTotalWeight } }: Lane): RowSet => ({
  rows,
  totalWeight: validationTotalWeight,
  target: plan.validationTarget,
  weights: plan.validationWeights,
  scores: plan.validationScores,
  scoreStride: plan.validationScoreStride,
  logSums: plan.validationLogSums,
  lossBlocks: plan.validationLossBlocks,
});

/** What turns this round's gradients into the packed integers. */
export interface GradientScale {
  readonly g: number;
  readonly h: number;
}

export interface RoundLosses {
  readonly training: number;
  /** NaN without validation rows. */
  readonly validation: number;
  readonly scale: GradientScale;
}

/**
 * The losses of the model so far, log loss or RMSE, and where it costs nothing extra (one output) this round's gradients too.
 */
export function* measureRound(lane: Lane, round: number): Steps<RoundLosses> {
  const scale = fixedScale(lane);
  const [a, b] = shareOfBlocks(lane, lane.settings.rows);
  const largest = lane.settings.plan.largest + lane.index * 64;
  lane.f64[largest >>> 3] = 0;
  yield* sumBlocks(lane, trainingRows(lane), a, b, round, scale);
  const [va, vb] = shareOfBlocks(lane, lane.settings.validationRows);
  yield* sumBlocks(lane, validationRows(lane), va, vb, -1, scale);
  yield 'barrier';
  const losses = {
    training: meanLoss(lane, trainingRows(lane)),
    validation: lane.settings.validationRows ? meanLoss(lane, validationRows(lane)) : NaN,
  };
  return { ...losses, scale: lane.settings.objective === 'squared-error' ? residualScale(lane) : scale };
}

/** Gradients lie within known bounds for the logistic and the softmax loss. */
function fixedScale({ settings: { objective, packing, largestWeight } }: Lane): GradientScale {
  const steepest = objective === 'softmax' ? 0.5 : 0.25;
  return { g: packing.gLimit / largestWeight, h: packing.hLimit / (largestWeight * steepest) };
}

/** Residuals do not: the scale follows the largest of this round. */
function residualScale({ f64, settings: { plan, packing, largestWeight, lanes } }: Lane): GradientScale {
  let largest = 0;
  for (let q = 0; q < lanes; q++) largest = Math.max(largest, f64[(plan.largest + q * 64) >>> 3] ?? 0);
  return {
    g: largest > 0 ? packing.gLimit / largest : 1,
    h: packing.hIsCount ? 1 : packing.hLimit / largestWeight,
  };
}

function* sumBlocks(lane: Lane, set: RowSet, a: number, b: number, round: number, scale: GradientScale): Steps<void> {
  for (let from = a; from < b; from += lossBlockRows) {
    const to = Math.min(b, from + lossBlockRows);
    lane.f64[(set.lossBlocks >>> 3) + from / lossBlockRows] = blockLoss(lane, set, from, to, round, scale);
    if ((from / lossBlockRows) % 16 === 15) yield 'breath';
  }
}

const upToFour = (rows: number): number => Math.ceil(rows / 4) * 4;

function blockLoss(lane: Lane, set: RowSet, a: number, b: number, round: number, scale: GradientScale): number {
  const { kernels } = lane;
  const { objective, outputs, packing, plan, seed } = lane.settings;
  if (objective === 'squared-error')
    return kernels.squaredLoss(set.scores, set.target, set.weights, a, b, plan.largest + lane.index * 64);
  if (objective === 'softmax')
    return kernels.softmaxLoss(set.scores, set.scoreStride, outputs, set.target, set.weights, a, b, set.logSums);
  const into = round >= 0 ? plan.gradients : 0;
  const chance = packing.dithered ? seedFor(seed, 1, round) : 0;
  const { gShift, hShift } = packing;
  return kernels.logistic(
    set.scores,
    set.target,
    set.weights,
    a,
    upToFour(b),
    into,
    scale.g,
    scale.h,
    gShift,
    hShift,
    chance,
  );
}

function meanLoss({ f64, settings }: Lane, set: RowSet): number {
  let sum = 0;
  for (let i = 0; i < Math.ceil(set.rows / lossBlockRows); i++) sum += f64[(set.lossBlocks >>> 3) + i] ?? 0;
  const mean = sum / set.totalWeight;
  return settings.objective === 'squared-error' ? Math.sqrt(mean) : mean;
}

/** This lane's part of the gradients for output k, where `measureRound` has not made them. */
export function computeGradients(lane: Lane, round: number, k: number, scale: GradientScale): void {
  const { kernels, settings } = lane;
  const { objective, plan, packing, outputs, seed } = settings;
  if (objective === 'logistic') return;
  const [a, b] = shareOfBlocks(lane, settings.rows);
  const chance = packing.dithered ? seedFor(seed, 1, round * outputs + k) : 0;
  const { gShift, hShift } = packing;
  const { scores, scoreStride, logSums, target, weights, gradients } = plan;
  if (objective === 'squared-error')
    kernels.squaredGradients(scores, target, weights, a, b, gradients, scale.g, scale.h, gShift, hShift, chance);
  else
    kernels.softmaxGradients(
      scores + k * scoreStride,
      logSums,
      target,
      k,
      weights,
      a,
      upToFour(b),
      gradients,
      scale.g,
      scale.h,
      gShift,
      hShift,
      chance,
    );
}
