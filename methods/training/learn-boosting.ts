import type { PartitionName, TaskContext } from '../../shared/capabilities.ts';
import type { ReportBlock } from '../../shared/report.ts';
import { form as trees } from '../estimators/trees/form.ts';
import type { BoostingRows } from '../trees/boosting-job.ts';
import { featureImportance } from '../trees/ensemble.ts';
import { type BoostingResult, trainBoosting } from '../trees/train-boosting.ts';
import type { Learnt } from './learn-linear.ts';
import { barsBySize, lossCurve, trainingChips, warningBlock } from './training-report.ts';
import type { TrainingSet } from './training-set.ts';
import type { LearnerContext } from './learner-context.ts';

export interface BoostingSettings {
  trees: number;
  learningRate: number;
  maxLeaves: number;
  maxDepth: number;
  /** Null: by the number of training rows. */
  minRowsInLeaf: number | null;
  l2: number;
  rowsPerTree: number;
  columnsPerTree: number;
  earlyStopping: 'auto' | 'always' | 'never';
  patience: number;
  seed: number;
}

export interface BoostingContext
  extends LearnerContext, Pick<TaskContext<unknown>, 'threads' | 'startWorkers' | 'wasm' | 'metric' | 'control'> {}

/** From so many training rows on, a tenth can be spared to watch for overfitting; as scikit-learn's HistGradientBoosting. */
const rowsToSpare = 10_000;
const everyTenth = 10;

/**
 * Of tables of more values, the values themselves take much: histograms get less memory then, and some nodes are counted anew. The model is the same.
 */
const largeFrom = 2 ** 25;
const lessForHistograms = 256 * 2 ** 20;

export async function learnBoosting(
  context: BoostingContext,
  set: TrainingSet,
  settings: BoostingSettings,
): Promise<Learnt> {
  const { train, validation, watched, all } = await readRows(context, set, settings);
  const objective = set.learns === 'numbers' ? 'squared-error' : set.classes.length === 2 ? 'logistic' : 'softmax';
  const kernels = await context.wasm('trees');
  const patience = validation && settings.earlyStopping !== 'never' ? settings.patience : 0;
  /** Progress goes from the one share to the other. */
  const learn = (
    rows: BoostingRows,
    rounds: number,
    [from, to]: readonly [number, number],
  ): Promise<BoostingResult> => {
    const watches = rows === train && validation !== undefined;
    return trainBoosting({
      ...rows,
      columns: set.features.length,
      objective,
      ...(objective === 'softmax' ? { classes: set.classes.length } : {}),
      ...(watches ? { validation } : {}),
      params: {
        rounds,
        learningRate: settings.learningRate,
        growth: 'leaf',
        maxLeaves: settings.maxLeaves,
        maxDepth: settings.maxDepth,
        lambda: settings.l2,
        minRowsInLeaf: settings.minRowsInLeaf ?? leafSizeFor(rows.rows),
        rowFraction: settings.rowsPerTree,
        columnFraction: settings.columnsPerTree,
        patience: watches ? patience : 0,
      },
      kernels,
      ...(rows.rows * set.features.length > largeFrom ? { histogramBytes: lessForHistograms } : {}),
      threads: context.threads,
      startWorkers: context.startWorkers,
      seed: settings.seed,
      signal: context.signal,
      turn: context.control.turn,
      onProgress: ({ round, trainingLoss, validationLoss }) => {
        // Its curve is that of the training that was watched.
        if (rows === train) {
          context.metric('training_loss', trainingLoss, { step: round });
          if (!Number.isNaN(validationLoss)) context.metric('validation_loss', validationLoss, { step: round });
        }
        context.progress(from + ((to - from) * round) / rounds, `tree ${round} of ${rounds}`);
      },
    });
  };
  if (all === undefined) return describe(context, set, await learn(train, settings.trees, [0, 1]), watched);
  const found = await learn(train, settings.trees, [0, 0.5]);
  if (found.stopped === 'asked') return describe(context, set, found, watched);
  context.log(
    `Learns again from all ${all.rows} training rows, with the ${found.bestRound} trees that suited the tenth.`,
  );
  const { ensemble } = await learn(all, found.bestRound, [0.5, 1]);
  return describe(context, set, { ...found, ensemble }, watched);
}

/**
 * The usual 20 (LightGBM, scikit-learn), but never so many that a small table cannot be divided at all: with 24 rows, 20 in a leaf
 * means a constant answer. At least two, so that no leaf is one row learnt by heart.
 */
const leafSizeFor = (rows: number): number => Math.min(20, Math.max(2, Math.floor(rows / 5)));

interface RowsRead {
  /** Where a tenth was set aside to find the number of trees: all rows, from which the model is then learnt. */
  all?: BoostingRows;
  train: BoostingRows;
  validation?: BoostingRows;
  /** In words, which rows are watched. */
  watched: string;
}

async function readRows(
  context: BoostingContext,
  set: TrainingSet,
  { earlyStopping }: BoostingSettings,
): Promise<RowsRead> {
  const all = await rowsOf(set, 'train');
  const table = context.table('rows');
  if (earlyStopping === 'never') return { train: all, watched: 'none' };
  if (table.schema.split && (await table.count('validation')) > 0) {
    const validation = withoutUnknown(set, await rowsOf(set, 'validation'));
    if (validation.rows > 0) return { train: all, validation, watched: 'the validation rows of Split' };
  }
  if (earlyStopping === 'auto' && all.rows < rowsToSpare) return { train: all, watched: 'none' };
  const parts = setTenthAside(set, all);
  if (parts) return { ...parts, all, watched: 'a tenth of the training rows' };
  context.log('Too few training rows to set some aside: it does not stop early.', 'warning');
  return { train: all, watched: 'none' };
}

async function rowsOf(set: TrainingSet, partition: PartitionName): Promise<BoostingRows> {
  const { rows, target, weights } = await set.read(partition);
  return { features: await set.matrix32(partition), rows, target, ...(weights ? { weights } : {}) };
}

/** Validation rows of a class that no training row has say nothing about the training. */
const withoutUnknown = (set: TrainingSet, rows: BoostingRows): BoostingRows =>
  set.learns === 'numbers' ? rows : choose(rows, set.features.length, (row) => (rows.target[row] ?? -1) >= 0);

/** Every tenth row in the order of Split's hash; undefined where a class would be left without training rows. */
function setTenthAside(
  set: TrainingSet,
  all: BoostingRows,
): { train: BoostingRows; validation: BoostingRows } | undefined {
  const isAside = (row: number): boolean => row % everyTenth === everyTenth - 1;
  const width = set.features.length;
  const validation = choose(all, width, isAside);
  const train = choose(all, width, (row) => !isAside(row));
  if (validation.rows < 10 || (set.learns === 'classes' && new Set(train.target).size < set.classes.length))
    return undefined;
  return { train, validation };
}

function choose(all: BoostingRows, width: number, wanted: (row: number) => boolean): BoostingRows {
  const kept: number[] = [];
  for (let row = 0; row < all.rows; row++) if (wanted(row)) kept.push(row);
  // Threads need no copy of what is shared.
  const features = new Float32Array(new SharedArrayBuffer(4 * kept.length * width));
  kept.forEach((row, i) => features.set(all.features.subarray(row * width, (row + 1) * width), i * width));
  const pick = (values: Float64Array | Int32Array): Float64Array =>
    Float64Array.from(kept, (row) => values[row] ?? NaN);
  return {
    features,
    rows: kept.length,
    target: pick(all.target),
    ...(all.weights ? { weights: pick(all.weights) } : {}),
  };
}

const stopWords: Readonly<Record<BoostingResult['stopped'], string>> = {
  rounds: 'all trees were grown',
  patience: 'the validation rows gained nothing more',
  'no-gain': 'no division of the rows was worth making',
  asked: 'it was ended early by hand',
};

function describe(context: BoostingContext, set: TrainingSet, result: BoostingResult, watched: string): Learnt {
  const { ensemble, history, bestRound, stopped } = result;
  const { gain, splits } = featureImportance(ensemble);
  const total = gain.reduce((sum, value) => sum + value, 0);
  const importances = set.features
    .map(({ name }, i) => ({ name, value: total > 0 ? (gain[i] ?? 0) / total : 0, splits: splits[i] ?? 0 }))
    .sort((a, b) => b.value - a.value);
  const rounds = ensemble.trees.length / ensemble.outputs;
  const last = history.at(-1);
  context.log(`${rounds} ${ensemble.outputs > 1 ? `× ${ensemble.outputs} ` : ''}trees: ${stopWords[stopped]}.`);
  const constant = rounds === 0 || splits.every((n) => n === 0);
  const advice = `No division of the ${set.rows} training rows was worth making, so every row gets the same answer.`;
  if (constant)
    context.warn({
      code: 'train.no-splits',
      severity: 'warning',
      message: advice,
      mend: 'Lower "Min samples leaf", or give more rows.',
      param: 'minRowsInLeaf',
    });
  const top = importances[0];
  const blocks: ReportBlock[] = [
    ...(constant ? [warningBlock(advice)] : []),
    lossCurve(
      history.map((r) => ({ round: r.round, training: r.trainingLoss, validation: r.validationLoss })),
      set.learns === 'numbers' ? 'RMSE' : 'log loss',
      watched === 'none' ? undefined : bestRound,
    ),
    barsBySize(
      'Importance of the features',
      'share of the gain',
      importances,
      top === undefined || constant
        ? 'No feature was used.'
        : `${top.name} brings ${(100 * top.value).toFixed(0)} % of the gain.`,
    ),
  ];
  return {
    estimator: trees.encode(ensemble),
    facts: {
      trees: ensemble.trees.length,
      rounds,
      best_round: bestRound,
      stopped: stopWords[stopped],
      watched,
      training_loss: last?.trainingLoss ?? null,
      ...(last && !Number.isNaN(last.validationLoss)
        ? { validation_loss: history[bestRound]?.validationLoss ?? null }
        : {}),
      importances: importances.map(({ name, value, splits: count }) => ({ feature: name, gain: value, splits: count })),
    },
    chips: [...trainingChips(set), `${rounds} trees`, ...(watched === 'none' ? [] : [`stopped by ${watched}`])],
    blocks,
  };
}
