/** The four networks whose speed is measured, with data that need no file: the same numbers in TypeScript and in Python (`test/peers/neural-torch.py`). */
import { network, type Network } from '../../shared/neural/network.ts';
import { sizeOf } from '../../shared/neural/describe-network.ts';
import type { Examples, NetworkWeights } from '../../shared/neural/neural-service.ts';
import { trainingSettings, type TrainingSettings } from '../../shared/neural/training-settings.ts';
import { parametersOf } from '../../methods/neural/parameters.ts';
import { numbersShape } from '../../methods/neural/answer-graph.ts';
import { product } from '../../methods/neural/tensor-graph.ts';

export interface NamedNet {
  network: Network;
  batch: number;
  rows: number;
}
const ten = { kind: 'classes', count: 10 };
const image = { kind: 'image', channels: 1, height: 28, width: 28 };
const mlp = (units: number): Network =>
  network.parse({
    input: { kind: 'table', numbers: 784 },
    layers: [1, 2].map(() => ({ layer: 'dense', units, activation: 'relu' })),
    output: ten,
  });
const block = { layer: 'transformer', heads: 4 };

export const nets: Readonly<Record<string, NamedNet>> = {
  'mlp-512': { network: mlp(512), batch: 256, rows: 4096 },
  'mlp-2048': { network: mlp(2048), batch: 1024, rows: 4096 },
  cnn: {
    network: network.parse({
      input: image,
      layers: [
        { layer: 'conv2d', filters: 32, activation: 'relu' },
        { layer: 'pool' },
        { layer: 'conv2d', filters: 64, activation: 'relu' },
        { layer: 'pool' },
        { layer: 'flatten' },
        { layer: 'dense', units: 128, activation: 'relu' },
      ],
      output: ten,
    }),
    batch: 128,
    rows: 2048,
  },
  transformer: {
    network: network.parse({
      input: { kind: 'tokens', length: 64, vocabulary: 1000 },
      layers: [
        { layer: 'embedding', size: 128 },
        { layer: 'positional' },
        block,
        block,
        { layer: 'layer-norm' },
        { layer: 'global-pool' },
      ],
      output: { kind: 'classes', count: 4 },
    }),
    batch: 32,
    rows: 1024,
  },
};

/** mulberry32, which Python repeats in three lines. */
export function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Weights by one stream in the order of the parameters: uniform within √(3 / fan-in) for matrices and kernels, ± 0.05 for tables, else as they begin. */
export function drawnWeights(net: Network, seed = 1): NetworkWeights {
  const next = mulberry(seed);
  return parametersOf(net).map(({ name, shape, begins }) => {
    const values = new Float32Array(product(shape));
    if ('value' in begins) values.fill(begins.value);
    else {
      const fanIn = shape.length === 4 ? product(shape.slice(1)) : (shape[0] ?? 1);
      const bound = begins.bound === 0.05 ? 0.05 : Math.sqrt(3 / fanIn);
      for (let i = 0; i < values.length; i++) values[i] = (next() * 2 - 1) * bound;
    }
    return { name, shape, values };
  });
}

/** Classes that can be learnt: rows around centres, or texts whose words lean to a class. */
export function drawnExamples({ input, output }: Network, rows: number, seed = 7): Examples {
  const next = mulberry(seed);
  const count = output.kind === 'classes' ? output.count : 1;
  const classes = new Int32Array(rows);
  if (input.kind === 'tokens') {
    const share = input.vocabulary / count;
    const codes = new Int32Array(rows * input.length);
    for (let i = 0; i < rows; i++) {
      const own = Math.floor(next() * count);
      classes[i] = own;
      for (let j = 0; j < input.length; j++) {
        const isOwn = next() < 0.25;
        codes[i * input.length + j] = isOwn
          ? own * share + Math.floor(next() * share)
          : Math.floor(next() * input.vocabulary);
      }
    }
    return { count: rows, codes, classes };
  }
  const size = sizeOf(numbersShape({ input, output, layers: [] }) ?? []);
  const centres = Float64Array.from({ length: count * size }, () => next());
  const numbers = new Float32Array(rows * size);
  for (let i = 0; i < rows; i++) {
    const own = Math.floor(next() * count);
    classes[i] = own;
    for (let j = 0; j < size; j++) numbers[i * size + j] = (centres[own * size + j] ?? 0) * 0.3 + next() * 0.7;
  }
  if (output.kind === 'classes') return { count: rows, numbers, classes };
  // A number that the row's first and last numbers make together, with noise.
  const values = Float32Array.from({ length: rows }, (_, i) => {
    const [first = 0, last = 0] = [numbers[i * size], numbers[(i + 1) * size - 1]];
    return 4 * first * last - 1 + 0.1 * next();
  });
  return { count: rows, numbers, values };
}

/** Small ones whose losses PyTorch gave (`methods/neural/fixtures`): every way of training is in one of them. */
export interface SmallNet {
  network: Network;
  rows: number;
  settings: TrainingSettings;
  classWeights?: readonly number[];
}
const small = (input: unknown, layers: readonly unknown[], output: unknown): Network =>
  network.parse({ input, layers, output });
const adamw = {
  optimizer: 'adamw',
  weightDecay: 0.05,
  schedule: 'cosine',
  finalRate: 0.1,
  warmUpEpochs: 1,
  clipNorm: 0.5,
};
export const smallNets: Readonly<Record<string, SmallNet>> = {
  mlp: {
    network: small(
      { kind: 'table', numbers: 12 },
      [
        { layer: 'dense', units: 16, activation: 'relu' },
        { layer: 'dense', units: 16, activation: 'tanh' },
      ],
      { kind: 'classes', count: 3 },
    ),
    rows: 100,
    settings: trainingSettings.parse({ epochs: 8, batchSize: 32, learningRate: 0.01, keepBest: false }),
    classWeights: [1, 2, 0.5],
  },
  cnn: {
    network: small(
      { kind: 'image', channels: 2, height: 8, width: 8 },
      [
        { layer: 'conv2d', filters: 8, activation: 'relu' },
        { layer: 'batch-norm' },
        { layer: 'pool' },
        { layer: 'conv2d', filters: 12, kernel: 3, padding: 'valid', activation: 'relu' },
        { layer: 'flatten' },
        { layer: 'dense', units: 16, activation: 'relu' },
      ],
      { kind: 'classes', count: 4 },
    ),
    rows: 90,
    settings: trainingSettings.parse({
      optimizer: 'sgd',
      momentum: 0.9,
      weightDecay: 0.01,
      schedule: 'step',
      stepEpochs: 3,
      stepFactor: 0.5,
      epochs: 8,
      batchSize: 40,
      learningRate: 0.05,
      keepBest: false,
    }),
  },
  transformer: {
    network: small(
      { kind: 'tokens', length: 12, vocabulary: 40 },
      [
        { layer: 'embedding', size: 16 },
        { layer: 'positional' },
        { layer: 'transformer', heads: 4 },
        { layer: 'layer-norm' },
        { layer: 'global-pool' },
      ],
      { kind: 'classes', count: 4 },
    ),
    rows: 80,
    settings: trainingSettings.parse({ ...adamw, epochs: 8, batchSize: 16, learningRate: 0.01, keepBest: false }),
  },
  gru: {
    network: small({ kind: 'series', length: 6, channels: 3 }, [{ layer: 'recurrent', cell: 'gru', units: 8 }], {
      kind: 'values',
      count: 1,
      loss: 'huber',
    }),
    rows: 70,
    settings: trainingSettings.parse({
      schedule: 'linear',
      epochs: 8,
      batchSize: 16,
      learningRate: 0.02,
      keepBest: false,
    }),
  },
};
