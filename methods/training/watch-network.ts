/** A small network that is looked at while it learns: its weights, gradients and answers every few steps, as blocks of a report. For people who want to see how it goes. */
import { lengthOf } from '../../shared/append.ts';
import type { TaskContext } from '../../shared/capabilities.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { Examples, NetworkRows, StepFacts, WeightTensor } from '../../shared/neural/neural-service.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import type { ChartBlock, FramesBlock, TilesBlock } from '../../shared/report.ts';
import { checkedNetwork } from './learn-network.ts';

export interface WatchSettings {
  optimizer: 'sgd' | 'adam' | 'adamw';
  learningRate: number;
  batchSize: number;
  epochs: number;
  /** How many moments are kept, at most. */
  looks: number;
  seed: number;
}
export interface WatchJob {
  network: Network;
  train: Examples;
  probes: NetworkRows;
  settings: WatchSettings;
}
type WatchContext = Pick<TaskContext<unknown>, 'neural' | 'metric' | 'progress' | 'log'>;

/** Trains and gives what was seen, from the first step to the last. On the processor: what is small is quickest there, and the same on every machine. */
export async function watchNetwork(context: WatchContext, job: WatchJob): Promise<StepFacts[]> {
  const { settings, train } = job;
  const steps = settings.epochs * Math.ceil(train.count / settings.batchSize);
  const everySteps = Math.max(1, Math.ceil(steps / settings.looks));
  const seen: StepFacts[] = [];
  await context.neural.train({
    network: checkedNetwork(job.network),
    train,
    settings: trainingSettings.parse({
      optimizer: settings.optimizer,
      momentum: 0,
      learningRate: settings.learningRate,
      batchSize: settings.batchSize,
      epochs: settings.epochs,
      seed: settings.seed,
      keepBest: false,
    }),
    device: 'cpu',
    onEpoch: ({ epoch, epochs, loss, accuracy }) => {
      context.metric('training_loss', loss, { step: epoch });
      if (accuracy !== undefined) context.metric('accuracy', accuracy, { step: epoch });
      context.progress(epoch / epochs, `epoch ${epoch} of ${epochs}`);
    },
    watch: { everySteps, probes: job.probes, onStep: (facts) => void seen.push(facts) },
  });
  return spread(seen, settings.looks);
}

/** The engine looks at each end of an epoch too: what was asked for, evenly, the first and the last among them. */
function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => Math.round((i * (all.length - 1)) / (most - 1))).flatMap((i) => {
    const one = all[i];
    return one === undefined ? [] : [one];
  });
}

export const framesOf = (
  seen: readonly StepFacts[],
  title: string,
  blocks: (facts: StepFacts) => FramesBlock['frames'][number]['blocks'],
): FramesBlock => ({
  type: 'frames',
  title,
  unit: 'step',
  frames: seen.map((facts) => ({
    at: facts.step,
    says: `epoch ${facts.epoch}, loss ${facts.loss.toPrecision(3)}`,
    blocks: blocks(facts),
  })),
  caption: `${seen.length} moments of the training, from step ${seen[0]?.step ?? 0} to step ${seen.at(-1)?.step ?? 0}`,
});

/** Enough to tell two shades apart; a report stays small. */
const rounded = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(3)) : 0);

const mostTiles = 24;

/** Each map of a tensor as a tile: a filter of a convolution, what a unit gives. */
export function tilesOf(
  title: string,
  caption: string,
  maps: readonly { label: string; rows: number; columns: number; values: Iterable<number> }[],
): TilesBlock {
  return {
    type: 'tiles',
    title,
    tiles: maps.slice(0, mostTiles).map((map) => ({ ...map, values: Array.from(map.values, rounded) })),
    caption: maps.length > mostTiles ? `${caption} The first ${mostTiles} of ${maps.length}.` : caption,
  };
}

/** The first layer that has weights of so many axes. */
export const firstWeights = (tensors: readonly WeightTensor[], axes: number): WeightTensor | undefined =>
  tensors.find((tensor) => tensor.shape.length === axes && tensor.name.endsWith('weight'));

/** The loss by step, and how long each layer's gradient is: where it is short, hardly anything is learnt. */
export function stepCharts(seen: readonly StepFacts[]): ChartBlock[] {
  const step: number[] = [];
  const norm: number[] = [];
  const layer: string[] = [];
  for (const facts of seen)
    for (const gradient of facts.gradients.filter((g) => g.name.endsWith('weight'))) {
      step.push(facts.step);
      norm.push(rounded(lengthOf(gradient.values)));
      layer.push(gradient.name.replace('.weight', ''));
    }
  return [
    {
      type: 'chart',
      title: 'Loss by step',
      mark: 'line',
      x: { field: 'step', title: 'step', scale: 'linear' },
      y: { field: 'loss', title: 'cross-entropy', scale: 'linear' },
      data: { step: seen.map((s) => s.step), loss: seen.map((s) => rounded(s.loss)) },
      caption: `From ${seen[0]?.loss.toPrecision(3) ?? '–'} to ${seen.at(-1)?.loss.toPrecision(3) ?? '–'}.`,
    },
    {
      type: 'chart',
      title: 'Length of the gradients, by layer',
      help: 'Where a layer’s gradient is short, it hardly learns; where it grows without end, steps are too long.',
      mark: 'line',
      x: { field: 'step', title: 'step', scale: 'linear' },
      y: { field: 'norm', title: 'length', scale: 'linear' },
      color: 'layer',
      data: { step, norm, layer },
      caption: 'The Euclidean length of the gradient of each layer’s weights.',
    },
  ];
}
