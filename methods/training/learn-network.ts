/** What the kinds that train a network share: which rows are watched, what is told while it learns, and what there is to say about it afterwards. */
import type { JsonValue, TaskContext } from '../../shared/capabilities.ts';
import { providerWords } from '../../shared/neural/devices.ts';
import { describeNetwork, sayProblem, shapeWords } from '../../shared/neural/describe-network.ts';
import type { Layer, LowRankSettings, Network, NetworkInput, NetworkOutput } from '../../shared/neural/network.ts';
import type {
  EpochFacts,
  Examples,
  NetworkRows,
  NetworkWeights,
  TrainedNetwork,
} from '../../shared/neural/neural-service.ts';
import type { DeviceChoice, TrainingSettings } from '../../shared/neural/training-settings.ts';
import { fail } from '../../shared/errors.ts';
import type { ReportBlock } from '../../shared/report.ts';
import { fitTarget } from '../neural-inputs/fit-encoding.ts';
import type { NetworkAnswer } from '../estimators/neural/neural-estimator.ts';
import type { ClassLabel } from './class-labels.ts';
import { networkCurves, networkTable } from './network-report.ts';
import type { TargetKind } from './target-kind.ts';
import type { TargetRows } from './training-set.ts';
import { validationBlocks } from './validation-report.ts';

export type NetworkContext = Pick<
  TaskContext<unknown>,
  'neural' | 'metric' | 'progress' | 'log' | 'warn' | 'signal' | 'table'
>;

export interface NetworkTask {
  learns: TargetKind;
  /** In their order; empty where numbers are learnt. */
  classes: readonly ClassLabel[];
  /** Of two classes, the number of the positive one. */
  positive: number;
  input: NetworkInput;
  layers: readonly Layer[];
  settings: TrainingSettings;
  device: DeviceChoice;
  validation: 'auto' | 'never';
  /** Default: a class, or a number that is standardised. */
  output?: NetworkOutput;
  /** Weights to begin with, where they are not drawn. */
  initial?: NetworkWeights;
  lowRank?: LowRankSettings;
}
/** Encoded rows of a partition with what is known of their target. */
export interface NetworkSource {
  rows: NetworkRows;
  target: TargetRows;
}
export interface LearntNetwork {
  trained: TrainedNetwork;
  answer: NetworkAnswer;
  facts: Readonly<Record<string, JsonValue>>;
  chips: string[];
  blocks: ReportBlock[];
}

/** Fewer rows are not worth a tenth of them. */
const fewestToSpare = 100;
const everyTenth = 10;

/**
 * @param read encoded rows of a partition of Split, in `__row` order
 * @throws `neural.layer` naming the layer that does not fit
 */
export async function learnNetwork(
  context: NetworkContext,
  wanted: NetworkTask,
  read: (partition: 'train' | 'validation') => Promise<NetworkSource>,
): Promise<LearntNetwork> {
  const network = checkedNetwork({
    input: wanted.input,
    layers: [...wanted.layers],
    output:
      wanted.output ??
      (wanted.learns === 'numbers'
        ? { kind: 'values', count: 1, loss: 'squared' }
        : { kind: 'classes', count: wanted.classes.length }),
    ...(wanted.lowRank === undefined ? {} : { lowRank: wanted.lowRank }),
  });
  const { train, validation, watched } = await chooseRows(context, wanted, read);
  const scale = network.output.kind === 'values' ? fitTarget(train.target.target) : { mean: 0, sd: 1 };
  const trained = await trainNetwork(context, {
    network,
    settings: wanted.settings,
    device: wanted.device,
    ...(wanted.initial === undefined ? {} : { initial: wanted.initial }),
    train: examplesOf(train, wanted.learns, scale),
    ...(validation === undefined ? {} : { validation: examplesOf(validation, wanted.learns, scale) }),
  });
  const reported = describeTraining(context, network, trained, {
    watched,
    lossName: lossNameOf(network.output),
    batchSize: wanted.settings.batchSize,
  });
  const seen = validation === undefined ? [] : await tryOn(context, trained, wanted, validation);
  return {
    trained,
    answer: wanted.learns === 'numbers' ? { kind: 'value', ...scale } : { kind: 'classes' },
    ...reported,
    blocks: [...reported.blocks, ...seen],
  };
}

function lossNameOf(output: NetworkOutput): string {
  if (output.kind === 'similarity' && output.loss === 'squared') return 'squared error of the cosine';
  return output.kind === 'values' ? 'squared error, standardised' : 'cross-entropy';
}

/** What it makes of the rows that were watched. */
async function tryOn(
  { neural, signal }: NetworkContext,
  { network, weights }: TrainedNetwork,
  { learns, classes, positive }: NetworkTask,
  { rows, target }: NetworkSource,
): Promise<ReportBlock[]> {
  if (learns === 'numbers') return [];
  const open = await neural.open(network, weights, { device: 'cpu' });
  try {
    const { values } = await open.predict(rows, signal);
    return validationBlocks(classes.map(String), positive, Int32Array.from(target.target), Float64Array.from(values));
  } finally {
    await open.close();
  }
}

/** @throws `neural.layer` in words, with the layer's number from 1 */
export function checkedNetwork(network: Network): Network {
  const { problem } = describeNetwork(network);
  if (problem === undefined) return network;
  const { layer, mend } = problem;
  throw fail('neural.layer', {
    message: sayProblem(problem),
    mend,
    param: 'layers',
    facts: { layer: layer === null ? null : layer + 1 },
  });
}

/** Trains and tells each epoch. */
export function trainNetwork(
  context: NetworkContext,
  job: Omit<Parameters<TaskContext<unknown>['neural']['train']>[0], 'onEpoch' | 'onProgress' | 'onDevice' | 'onPause'>,
): Promise<TrainedNetwork> {
  let said = '';
  return context.neural.train({
    ...job,
    onDevice: ({ name, reason }) => context.log(`Trains on ${name}: ${reason}`),
    onProgress: (fraction) => context.progress(fraction, said),
    onEpoch: (facts) => {
      reportEpoch(context, facts);
      said = sayEpoch(facts);
      context.progress(facts.epoch / facts.epochs, said);
    },
  });
}

function reportEpoch({ metric }: NetworkContext, facts: EpochFacts): void {
  const at = { step: facts.epoch };
  metric('training_loss', facts.loss, at);
  if (facts.validationLoss !== undefined) metric('validation_loss', facts.validationLoss, at);
  if (facts.accuracy !== undefined) metric('accuracy', facts.accuracy, at);
  if (facts.absoluteError !== undefined) metric('absolute_error', facts.absoluteError, at);
  metric('learning_rate', facts.learningRate, at);
  metric('gradient_norm', facts.gradientNorm, at);
  metric('steps_per_second', facts.stepsPerSecond, at);
  metric('memory_bytes', facts.memoryBytes, at);
}

function sayEpoch({ epoch, epochs, loss, validationLoss, secondsLeft }: EpochFacts): string {
  const left = secondsLeft < 1 ? '' : `, ${saySeconds(secondsLeft)} left`;
  const watched = validationLoss === undefined ? '' : `, validation ${validationLoss.toPrecision(3)}`;
  return `epoch ${epoch} of ${epochs}, loss ${loss.toPrecision(3)}${watched}${left}`;
}
const saySeconds = (seconds: number): string =>
  seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;

interface ChosenRows {
  train: NetworkSource;
  validation?: NetworkSource;
  watched: string;
}

/** The validation rows of Split, else every tenth row in the order of Split's hash. */
async function chooseRows(
  context: NetworkContext,
  { validation, learns, classes }: NetworkTask,
  read: (partition: 'train' | 'validation') => Promise<NetworkSource>,
): Promise<ChosenRows> {
  const all = await read('train');
  if (validation === 'never') return { train: all, watched: 'none' };
  const table = context.table('rows');
  if (table.schema.split && (await table.count('validation')) > 0) {
    const given = await read('validation');
    const known = rowsWhere(given, (row) => learns === 'numbers' || (given.target.target[row] ?? -1) >= 0);
    if (known.rows.count > 0) return { train: all, validation: known, watched: 'the validation rows of Split' };
  }
  if (all.rows.count < fewestToSpare) return { train: all, watched: 'none' };
  const isAside = (row: number): boolean => row % everyTenth === everyTenth - 1;
  const train = rowsWhere(all, (row) => !isAside(row));
  // A class with one row or two must not lose them.
  if (learns === 'classes' && new Set(train.target.target).size < classes.length)
    return { train: all, watched: 'none' };
  return { train, validation: rowsWhere(all, isAside), watched: 'a tenth of the training rows' };
}

function rowsWhere({ rows, target }: NetworkSource, wanted: (row: number) => boolean): NetworkSource {
  const kept: number[] = [];
  for (let row = 0; row < rows.count; row++) if (wanted(row)) kept.push(row);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(kept, (row) => values[row] ?? Number.NaN);
  return {
    rows: pickRows(rows, kept),
    target: {
      rows: kept.length,
      target: pick(target.target),
      ...(target.weights === undefined ? {} : { weights: pick(target.weights) }),
    },
  };
}

export function pickRows(rows: NetworkRows, kept: readonly number[]): NetworkRows {
  const pick = <T extends Float32Array | Int32Array>(values: T, into: T): T => {
    const width = values.length / Math.max(1, rows.count);
    kept.forEach((row, i) => into.set(values.subarray(row * width, (row + 1) * width), i * width));
    return into;
  };
  const sizeOf = (values: { length: number }): number => (values.length / Math.max(1, rows.count)) * kept.length;
  return {
    count: kept.length,
    ...(rows.numbers === undefined ? {} : { numbers: pick(rows.numbers, new Float32Array(sizeOf(rows.numbers))) }),
    ...(rows.codes === undefined ? {} : { codes: pick(rows.codes, new Int32Array(sizeOf(rows.codes))) }),
  };
}

function examplesOf(
  { rows, target }: NetworkSource,
  learns: TargetKind,
  scale: { mean: number; sd: number },
): Examples {
  return {
    ...rows,
    ...(learns === 'classes'
      ? { classes: Int32Array.from(target.target) }
      : { values: Float32Array.from(target.target, (v) => (v - scale.mean) / scale.sd) }),
    ...(target.weights === undefined ? {} : { weights: Float32Array.from(target.weights) }),
  };
}

const endWords: Readonly<Record<TrainedNetwork['ended'], string>> = {
  epochs: 'all epochs were trained',
  patience: 'the watched loss gained nothing more',
  finished: 'it was ended by hand',
};

/** Facts, chips and blocks of a training, whatever was learnt. */
export function describeTraining(
  context: NetworkContext,
  network: Network,
  trained: TrainedNetwork,
  { watched, lossName, batchSize }: { watched: string; lossName: string; batchSize: number },
): Pick<LearntNetwork, 'facts' | 'chips' | 'blocks'> {
  const { history, bestEpoch, ended, device, seconds, parameters } = trained;
  const best = history.find((e) => e.epoch === bestEpoch) ?? history.at(-1);
  context.log(
    `${history.length} epochs in ${saySeconds(seconds)} on ${device.name}: ${endWords[ended]}; the best was epoch ${bestEpoch}.`,
  );
  if (best !== undefined) {
    context.metric('training_loss', best.loss);
    if (best.validationLoss !== undefined) context.metric('validation_loss', best.validationLoss);
  }
  return {
    facts: {
      network: JSON.parse(JSON.stringify(network)),
      parameters,
      epochs: history.length,
      best_epoch: bestEpoch,
      stopped: endWords[ended],
      watched,
      provider: device.provider,
      training_loss: best?.loss ?? null,
      ...(best?.validationLoss === undefined ? {} : { validation_loss: best.validationLoss }),
    },
    chips: [
      `${parameters.toLocaleString('en')} weights`,
      `best epoch ${bestEpoch} of ${history.length}`,
      `input ${shapeWords(describeNetwork(network).input.shape)}`,
      ...(watched === 'none' ? [] : [`watched: ${watched}`]),
      providerWords[device.provider],
    ],
    blocks: [...networkCurves(history, bestEpoch, lossName), networkTable(network, batchSize)],
  };
}
