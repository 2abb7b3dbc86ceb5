/** The rounds of boosting, as every lane runs them. */
import { type BinLayout, buildBins } from './bins.ts';
import { drawWithout, seedFor } from './draws.ts';
import type { Tree } from './ensemble.ts';
import { TreeGrower } from './grow-tree.ts';
import { type Lane, share, type Steps } from './lane.ts';
import { computeGradients, measureRound } from './losses.ts';
import type { TreeBuilder } from './tree-builder.ts';

export interface RoundReport {
  /** Rounds done. */
  readonly round: number;
  /** Log loss or RMSE. */
  readonly trainingLoss: number;
  /** NaN without validation rows. */
  readonly validationLoss: number;
}

export interface BoostOutcome {
  /** Round by round, class by class; cut back to the best round when stopping early. */
  readonly trees: Tree[];
  readonly history: RoundReport[];
  readonly bestRound: number;
  /** Why there are no more rounds: all done, patience at its end, no split gains anything, or somebody asked for the end. */
  readonly stopped: 'rounds' | 'patience' | 'no-gain' | 'asked';
}

/**
 * Trains. All lanes compute the same outcome; the caller keeps lane 0's.
 * @param endsNow after a round: lane 0 alone may be told to end there, and the caller then stops the others
 */
export function* boost(
  lane: Lane,
  report: (round: RoundReport) => void,
  endsNow: () => boolean = () => false,
): Steps<BoostOutcome> {
  const { params, outputs, validationRows } = lane.settings;
  const layout = yield* buildBins(lane);
  const grower = new TreeGrower(lane, layout);
  startScores(lane);
  yield 'barrier';
  const trees: Tree[] = [];
  const history: RoundReport[] = [];
  let best = 0;
  let bestLoss = Infinity;
  let stopped: BoostOutcome['stopped'] = 'rounds';
  for (let round = 0; ; round++) {
    const losses = yield* measureRound(lane, round);
    const done: RoundReport = { round, trainingLoss: losses.training, validationLoss: losses.validation };
    history.push(done);
    report(done);
    if (losses.validation < bestLoss) [best, bestLoss] = [round, losses.validation];
    if (params.patience > 0 && validationRows > 0 && round - best >= params.patience) stopped = 'patience';
    if (round > 0 && round < params.rounds && endsNow()) stopped = 'asked';
    if (round === params.rounds || stopped !== 'rounds') break;
    let grew = false;
    for (let k = 0; k < outputs; k++) {
      computeGradients(lane, round, k, losses.scale);
      const rows = yield* chooseRows(lane, round);
      chooseColumns(lane, layout, round * outputs + k);
      yield 'barrier';
      const { builder, leaves } = yield* grower.grow(rows, losses.scale);
      yield 'barrier';
      const scores = lane.settings.plan.scores + k * lane.settings.plan.scoreStride;
      grower.addLeaves(leaves, scores);
      walkOthers(lane, builder, rows, k);
      yield 'barrier';
      grew ||= builder.size > 1;
      trees.push(builder.tree());
    }
    // The next round would see the same gradients and find nothing again.
    if (!grew && params.rowFraction === 1 && params.columnFraction === 1) {
      stopped = 'no-gain';
      if (round > 0) trees.length -= outputs;
      break;
    }
  }
  const rounds = trees.length / outputs;
  const watched = (params.patience > 0 || stopped === 'asked') && validationRows > 0;
  const bestRound = watched ? Math.max(1, best) : rounds;
  trees.length = bestRound * outputs;
  return { trees, history, bestRound, stopped };
}

function startScores(lane: Lane): void {
  const { kernels, settings } = lane;
  const { plan, rows, validationRows } = settings;
  settings.baseScores.forEach((base, k) => {
    const sets: [number, number][] = [
      [plan.scores + k * plan.scoreStride, rows],
      [plan.validationScores + k * plan.validationScoreStride, validationRows],
    ];
    for (const [scores, n] of sets) {
      const [a, b] = share(lane, 0, n);
      kernels.fillScores(scores, a, b, base);
      // The kernels read rows by fours: the padding must add nothing to the loss.
      if (lane.index === 0) kernels.fillScores(scores, n, Math.ceil(n / 4) * 4, -200);
    }
  });
}

/** index[0..n) are the rows of this round, the rest the others. Gives n. */
function* chooseRows(lane: Lane, round: number): Steps<number> {
  const { kernels, settings, i32 } = lane;
  const { plan, rows, params, lanes, seed } = settings;
  const [a, b] = share(lane, 0, rows);
  if (params.rowFraction === 1) {
    kernels.countUp(plan.index, a, b);
    return rows;
  }
  const limit = Math.min(2 ** 32 - 1, Math.round(params.rowFraction * 2 ** 32));
  const own = kernels.drawRows(a, b, seedFor(seed, 2, round), limit, plan.left, plan.right);
  const counts = plan.leftCounts >>> 2;
  i32[counts + lane.index] = own;
  yield 'barrier';
  let before = 0;
  let inside = 0;
  for (let q = 0; q < lanes; q++) {
    const count = i32[counts + q] ?? 0;
    if (q < lane.index) before += count;
    inside += count;
  }
  yield 'barrier';
  if (inside === 0) {
    kernels.countUp(plan.index, a, b);
    return rows;
  }
  kernels.copy(plan.index + before * 4, plan.left + a * 4, own * 4);
  kernels.copy(plan.index + (inside + a - before) * 4, plan.right + a * 4, (b - a - own) * 4);
  return inside;
}

/** Marks in the feature table which columns this tree may use. */
function chooseColumns(lane: Lane, layout: BinLayout, tree: number): void {
  const { columns, params, plan, seed } = lane.settings;
  if (params.columnFraction === 1 || lane.index !== 0) return;
  const wanted = Math.max(1, Math.round(columns * params.columnFraction));
  const chosen = new Set(drawWithout(seedFor(seed, 3, tree), columns, wanted));
  layout.column.forEach((column, place) => {
    lane.i32[(plan.featureTable >>> 2) + place * 4 + 3] = chosen.has(column) ? column : -1;
  });
}

/** Adds the tree to the rows that did not take part in it and to the validation rows. */
function walkOthers(lane: Lane, builder: TreeBuilder, rows: number, k: number): void {
  const { kernels, settings } = lane;
  const { plan, validationRows } = settings;
  if (rows === settings.rows && validationRows === 0) return;
  const nodes = plan.treeNodes + lane.index * plan.treeNodesStride;
  builder.writeBins(lane.i32, lane.f64, nodes);
  const [a, b] = share(lane, rows, settings.rows);
  kernels.walkTree(nodes, plan.index, a, b, plan.rowBins, plan.rowStride, plan.scores + k * plan.scoreStride);
  const [va, vb] = share(lane, 0, validationRows);
  const scores = plan.validationScores + k * plan.validationScoreStride;
  kernels.walkTree(nodes, 0, va, vb, plan.validationRowBins, plan.rowStride, scores);
}
