/** The four networks whose speed is measured, with data that need no file: the same numbers in TypeScript and in Python (`test/peers/neural-torch.py`). */
import { network, type Network } from '../../shared/neural/network.ts';
import type { Examples, NetworkWeights } from '../../shared/neural/neural-service.ts';
import { parametersOf } from '../../methods/neural/parameters.ts';
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
  const size =
    input.kind === 'image' ? input.channels * input.height * input.width : input.kind === 'table' ? input.numbers : 0;
  const centres = Float64Array.from({ length: count * size }, () => next());
  const numbers = new Float32Array(rows * size);
  for (let i = 0; i < rows; i++) {
    const own = Math.floor(next() * count);
    classes[i] = own;
    for (let j = 0; j < size; j++) numbers[i * size + j] = (centres[own * size + j] ?? 0) * 0.3 + next() * 0.7;
  }
  return { count: rows, numbers, classes };
}
