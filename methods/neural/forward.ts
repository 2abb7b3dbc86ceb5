/** A network's layers as nodes of a graph: the one place where layers become numbers, for training, evaluation, prediction and export alike. */
import { hasOwnAnswer, sizeOf } from '../../shared/neural/describe-network.ts';
import type { Activation, Layer, Network } from '../../shared/neural/network.ts';
import { selfAttention, sinusoidalPlaces } from './attention.ts';
import { convolveLast, poolBlocksLast } from './channels-last.ts';
import { conv1d, conv2d } from './convolution.ts';
import { activate, add, concat, dense, dropout, embed, maximum, mean, reshape, transpose } from './differentiable.ts';
import { batchNorm, batchNormKept, layerNorm } from './normalization.ts';
import { checkedFacts } from './parameters.ts';
import { pool } from './pooling.ts';
import { recurrent } from './recurrent.ts';
import { product, type Tensor, type TensorGraph } from './tensor-graph.ts';

export interface ForwardInput {
  /** [rows, …shape] */
  numbers?: Tensor | undefined;
  /** int32 [rows, categories or length] */
  codes?: Tensor | undefined;
}
/** What is different while training. */
export interface Training {
  /** Uniform numbers of a shape, new for each call and step. */
  noise: (shape: readonly number[]) => Tensor;
}
export interface Forward {
  /** Before softmax or sigmoid: [rows, width]. */
  answer: Tensor;
  /** What each layer gives; in training on a processor maps have their channels last. */
  layers: readonly Tensor[];
  /** The next running statistics, by name. */
  kept: ReadonlyMap<string, Tensor>;
}

interface Making {
  g: TensorGraph;
  parameter: (name: string) => Tensor;
  training: Training | undefined;
  kept: Map<string, Tensor>;
  /** Maps are [rows, height, width, channels] inside, which is how a processor trains quickest; else, as they come in, [rows, channels, height, width]. */
  last: boolean;
}

export function forward(
  g: TensorGraph,
  network: Network,
  parameters: ReadonlyMap<string, Tensor>,
  input: ForwardInput,
  training?: Training,
): Forward {
  const facts = checkedFacts(network);
  const parameter = (name: string): Tensor => {
    const found = parameters.get(name);
    if (found === undefined) throw new Error(`the network has no ${name}`);
    return found;
  };
  const making: Making = {
    g,
    parameter,
    training,
    kept: new Map(),
    last: training !== undefined && g.style === 'cpu',
  };
  g.label = 'input';
  let x = enter(making, network, input);
  const layers: Tensor[] = [];
  for (const [i, layer] of network.layers.entries()) {
    g.label = `${i + 1} ${layer.layer}`;
    const before = network.layers[i - 1];
    const next = network.layers[i + 1];
    if (layer.layer === 'embedding') x = embed(g, parameter(`${i}.weight`), x);
    else if (next !== undefined && isOneWith(making, layer, next)) {
      // Computed with the pool: the whole map is never written.
    } else if (before !== undefined && isOneWith(making, before, layer))
      x = activate(g, convolve(making, before, String(i - 1), x, layer), before.activation);
    else if (before !== undefined && waitsForPool(before, layer)) {
      // What the layer before gives was put down without its activation.
      const pooled = addLayer(making, layer, String(i), x);
      layers[i - 1] = activate(g, x, before.activation);
      x = activate(g, pooled, before.activation);
    } else {
      const waits = next !== undefined && waitsForPool(layer, next);
      x = addLayer(making, waits ? { ...layer, activation: 'none' } : layer, String(i), x);
    }
    layers.push(x);
  }
  g.label = 'head';
  x = channelsFirst(making, x);
  const rows = x.shape[0] ?? 0;
  const last = facts.layers.at(-1)?.shape ?? facts.input.shape;
  const answer = hasOwnAnswer(network, last)
    ? reshape(g, x, [rows, sizeOf(last)])
    : dense(g, x, parameter('head.weight'), parameter('head.bias'));
  g.label = '';
  return { answer, layers, kept: making.kept };
}

/** Functions that never fall: the largest of a window stays the largest. */
const rising: readonly Activation[] = ['relu', 'leaky-relu', 'elu', 'tanh', 'sigmoid', 'softplus'];
type Convolution = Extract<Layer, { layer: 'conv1d' | 'conv2d' }>;
/** A rising function behind a convolution and before a max pool can wait until the map is smaller: the same numbers, a quarter of the work. */
const waitsForPool = (layer: Layer, next: Layer): layer is Convolution =>
  (layer.layer === 'conv1d' || layer.layer === 'conv2d') &&
  rising.includes(layer.activation) &&
  next.layer === 'pool' &&
  next.by === 'max';
/** Where channels are last, a convolution of images and the pool behind it are one operator. */
const isOneWith = ({ last }: Making, layer: Layer, next: Layer): layer is Extract<Layer, { layer: 'conv2d' }> =>
  last && layer.layer === 'conv2d' && waitsForPool(layer, next) && isInBlocks(next);
const isInBlocks = (layer: Layer): boolean =>
  layer.layer === 'pool' && (layer.stride === undefined || layer.stride === null || layer.stride === layer.size);

function enter(making: Making, network: Network, { numbers, codes }: ForwardInput): Tensor {
  const { g, parameter } = making;
  const given = network.input;
  const needed = (t: Tensor | undefined): Tensor => {
    if (t === undefined) throw new Error('an input of the network is missing');
    return t;
  };
  if (given.kind === 'tokens') return needed(codes);
  if (given.kind !== 'table') return channelsLast(making, needed(numbers));
  const parts: Tensor[] = given.numbers > 0 ? [needed(numbers)] : [];
  for (const i of given.categories.keys()) {
    const all = needed(codes);
    const one = g.reshape(g.slice(all, 1, i, i + 1), [all.shape[0] ?? 0]);
    parts.push(embed(g, parameter(`input.${i}`), one));
  }
  return concat(g, parts, 1);
}

function addLayer(making: Making, layer: Layer, path: string, x: Tensor): Tensor {
  const { g, parameter } = making;
  const [rows = 0, ...shape] = x.shape;
  const w = (): Tensor => parameter(`${path}.weight`);
  const b = (): Tensor => parameter(`${path}.bias`);
  switch (layer.layer) {
    case 'dense':
      return activate(g, dense(g, x, w(), layer.bias ? b() : undefined), layer.activation);
    case 'conv2d':
      return activate(g, convolve(making, layer, path, x), layer.activation);
    case 'conv1d':
      return activate(g, conv1d(g, x, w(), layer.bias ? b() : undefined, layer), layer.activation);
    case 'pool':
      return pooled(making, layer, x);
    case 'global-pool': {
      const axes = shape.length === 3 ? (making.last ? [1, 2] : [2, 3]) : [1];
      return layer.by === 'mean' ? mean(g, x, axes) : maximum(g, x, axes);
    }
    case 'flatten':
      return reshape(g, channelsFirst(making, x), [rows, product(shape)]);
    case 'reshape':
      return channelsLast(making, reshape(g, channelsFirst(making, x), [rows, ...layer.shape]));
    case 'dropout':
      return dropped(making, x, layer.rate);
    case 'batch-norm':
      return normalized(making, layer, path, x);
    case 'layer-norm':
      return channelsLast(making, layerNorm(g, channelsFirst(making, x), w(), b(), layer.epsilon));
    case 'activation':
      return activate(g, x, layer.activation);
    case 'positional':
      return positioned(making, layer.by, path, x);
    case 'attention':
      return attend(making, path, x, layer);
    case 'transformer':
      return transformer(making, layer, path, x);
    case 'recurrent':
      return recurrent(g, x, recurrentWeights(making, path), layer);
    case 'residual': {
      const through = layer.layers.reduce((y, one, i) => addLayer(making, one, `${path}.layers.${i}`, y), x);
      return add(g, x, through);
    }
    case 'embedding':
      throw new Error('embedding comes first');
  }
}

/** A map as everything outside knows it, whatever stands where inside. */
const channelsFirst = ({ g, last }: Making, x: Tensor): Tensor =>
  last && x.shape.length === 4 ? transpose(g, x, [0, 3, 1, 2]) : x;
const channelsLast = ({ g, last }: Making, x: Tensor): Tensor =>
  last && x.shape.length === 4 ? transpose(g, x, [0, 2, 3, 1]) : x;

/** With `pool`, the largest of its blocks. */
function convolve(
  { g, parameter, last }: Making,
  layer: Extract<Layer, { layer: 'conv2d' }>,
  path: string,
  x: Tensor,
  pool?: Layer,
): Tensor {
  const w = parameter(`${path}.weight`);
  const b = layer.bias ? parameter(`${path}.bias`) : undefined;
  if (!last) return conv2d(g, x, w, b, layer);
  return convolveLast(g, x, w, b, { ...layer, pooled: pool?.layer === 'pool' ? pool.size : 1 });
}
function pooled(making: Making, layer: Extract<Layer, { layer: 'pool' }>, x: Tensor): Tensor {
  const { g, last } = making;
  const { by, size } = layer;
  if (last && x.shape.length === 4 && isInBlocks(layer)) return poolBlocksLast(g, x, by, size);
  return channelsLast(making, pool(g, channelsFirst(making, x), { by, size, stride: layer.stride ?? size }));
}

/** Noise is drawn for the map as it is known outside, so that the same numbers are dropped on every device. */
const dropped = (making: Making, x: Tensor, rate: number): Tensor => {
  const { g, training, last } = making;
  if (training === undefined || rate === 0) return x;
  const [rows = 0, height = 0, width = 0, channels = 0] = x.shape;
  const isMap = last && x.shape.length === 4;
  const noise = training.noise(isMap ? [rows, channels, height, width] : x.shape);
  return dropout(g, x, rate, isMap ? g.transpose(noise, [0, 2, 3, 1]) : noise);
};

function normalized(
  { g, parameter, training, kept, last }: Making,
  { epsilon, momentum }: Extract<Layer, { layer: 'batch-norm' }>,
  path: string,
  x: Tensor,
): Tensor {
  const parts = {
    w: parameter(`${path}.weight`),
    b: parameter(`${path}.bias`),
    kept: { mean: parameter(`${path}.mean`), variance: parameter(`${path}.variance`) },
    epsilon,
  };
  if (training === undefined) return batchNormKept(g, x, parts);
  const channel = x.shape.length === 4 && !last ? 1 : x.shape.length - 1;
  const { y, next } = batchNorm(g, x, { ...parts, momentum, channel });
  kept.set(`${path}.mean`, next.mean);
  kept.set(`${path}.variance`, next.variance);
  return y;
}

function positioned({ g, parameter }: Making, by: 'learned' | 'sinusoidal', path: string, x: Tensor): Tensor {
  if (by === 'learned') return add(g, x, parameter(`${path}.weight`));
  const [, length = 0, channels = 0] = x.shape;
  return add(g, x, g.constant('float', [length, channels], sinusoidalPlaces(length, channels)));
}

const attend = (
  { g, parameter }: Making,
  path: string,
  x: Tensor,
  { heads, causal }: { heads: number; causal: boolean },
): Tensor =>
  selfAttention(
    g,
    x,
    {
      qkv: parameter(`${path}.qkv.weight`),
      qkvBias: parameter(`${path}.qkv.bias`),
      out: parameter(`${path}.out.weight`),
      outBias: parameter(`${path}.out.bias`),
    },
    { heads, causal },
  );

function transformer(making: Making, layer: Extract<Layer, { layer: 'transformer' }>, path: string, x: Tensor): Tensor {
  const { g, parameter } = making;
  const norm = (name: string, t: Tensor): Tensor =>
    layerNorm(g, t, parameter(`${path}.${name}.weight`), parameter(`${path}.${name}.bias`), 1e-5);
  const linear = (name: string, t: Tensor): Tensor =>
    dense(g, t, parameter(`${path}.${name}.weight`), parameter(`${path}.${name}.bias`));
  const attended = add(g, x, dropped(making, attend(making, path, norm('norm1', x), layer), layer.dropout));
  const up = activate(g, linear('up', norm('norm2', attended)), layer.activation);
  return add(g, attended, dropped(making, linear('down', up), layer.dropout));
}

const recurrentWeights = ({ parameter }: Making, path: string) => ({
  input: parameter(`${path}.input`),
  state: parameter(`${path}.state`),
  inputBias: parameter(`${path}.inputBias`),
  stateBias: parameter(`${path}.stateBias`),
});
