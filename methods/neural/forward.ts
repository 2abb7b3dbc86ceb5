/** A network's layers as nodes of a graph: the one place where layers become numbers, for training, evaluation, prediction and export alike. */
import { hasOwnAnswer, sizeOf } from '../../shared/neural/describe-network.ts';
import type { Activation, Layer, Network } from '../../shared/neural/network.ts';
import { outOfSight, selfAttention, sinusoidalPlaces } from './attention.ts';
import { convolveLast, poolBlocksLast } from './channels-last.ts';
import { conv1d, conv2d } from './convolution.ts';
import {
  activate,
  add,
  concat,
  dense,
  dotRows,
  dropout,
  embed,
  maximum,
  mean,
  multiply,
  reshape,
  scale,
  slice,
  transpose,
  unitLength,
} from './differentiable.ts';
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
  /** Where two texts are compared: both, each brought to length 1. */
  pair?: TextPair;
  /** The next running statistics, by name. */
  kept: ReadonlyMap<string, Tensor>;
}
/** [rows, D] each. */
export interface TextPair {
  first: Tensor;
  second: Tensor;
}

interface Making {
  g: TensorGraph;
  parameter: (name: string) => Tensor;
  training: Training | undefined;
  kept: Map<string, Tensor>;
  /** Factor of what learns beside frozen matrices. */
  beside: number | undefined;
  /** Which places are filling; asked for by layers that leave it out. */
  filling: () => Filling;
  /** Maps are [rows, height, width, channels] inside, which is how a processor trains quickest; else, as they come in, [rows, channels, height, width]. */
  last: boolean;
}
interface Filling {
  /** [rows, 1, 1, length], to be added to scores. */
  hidden: Tensor;
  /** 1 where there is text: [rows, length, 1]. */
  text: Tensor;
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
  const { lowRank } = network;
  const last = training !== undefined && g.style === 'cpu';
  g.label = 'input';
  const entered = enter({ g, parameter, last }, network, input);
  let filling: Filling | undefined;
  const making: Making = {
    g,
    parameter,
    training,
    kept: new Map(),
    last,
    beside: lowRank && lowRank.alpha / lowRank.rank,
    filling: () => (filling ??= fillingOf(g, entered)),
  };
  let x = entered;
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
  if (network.output.kind === 'similarity') {
    const pair = pairOf(g, x);
    const answer = dotRows(g, pair.first, pair.second);
    g.label = '';
    return { answer, layers, pair, kept: making.kept };
  }
  x = channelsFirst(making, x);
  const rows = x.shape[0] ?? 0;
  const shape = facts.layers.at(-1)?.shape ?? facts.input.shape;
  const answer = hasOwnAnswer(network, shape)
    ? reshape(g, x, [rows, sizeOf(shape)])
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

/** [2 rows, D], two and two of one example. */
function pairOf(g: TensorGraph, x: Tensor): TextPair {
  const [both = 0, size = 0] = x.shape;
  const unit = reshape(g, unitLength(g, x), [both / 2, 2, size]);
  const [first, second] = [0, 1].map((i) => reshape(g, slice(g, unit, 1, i, i + 1), [both / 2, size]));
  if (first === undefined || second === undefined) throw new Error('two texts');
  return { first, second };
}

/** Token 0 is filling. @param codes int32 [rows, length] */
function fillingOf(g: TensorGraph, codes: Tensor): Filling {
  const [rows = 0, length = 0] = codes.shape;
  const isText = g.compare('Greater', codes, g.constant('int32', [], [0]));
  const text = g.reshape(g.cast(isText, 'float'), [rows, length, 1]);
  const hidden = g.scale(g.sub(g.scalar(1), text), outOfSight);
  return { text, hidden: g.reshape(hidden, [rows, 1, 1, length]) };
}

type Entering = Pick<Making, 'g' | 'parameter' | 'last'>;
function enter(making: Entering, network: Network, { numbers, codes }: ForwardInput): Tensor {
  const { g, parameter } = making;
  const given = network.input;
  const needed = (t: Tensor | undefined): Tensor => {
    if (t === undefined) throw new Error('an input of the network is missing');
    return t;
  };
  if (given.kind === 'tokens') {
    const all = needed(codes);
    return g.reshape(all, [(all.shape[0] ?? 0) * (given.texts ?? 1), given.length]);
  }
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
    case 'global-pool':
      return poolAll(making, layer, x);
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

function poolAll(
  { g, filling, last }: Making,
  { by, masked }: Extract<Layer, { layer: 'global-pool' }>,
  x: Tensor,
): Tensor {
  const axes = x.shape.length === 4 ? (last ? [1, 2] : [2, 3]) : [1];
  if (by === 'first') {
    const one = axes.reduce((t, axis) => slice(g, t, axis, 0, 1), x);
    return reshape(
      g,
      one,
      x.shape.filter((_, i) => !axes.includes(i)),
    );
  }
  if (masked !== true) return by === 'mean' ? mean(g, x, axes) : maximum(g, x, axes);
  const { text } = filling();
  if (by === 'max') return maximum(g, add(g, x, g.scale(g.sub(g.scalar(1), text), outOfSight)), axes);
  const [, length = 1] = x.shape;
  const count = g.binary('Max', g.reduce('ReduceSum', text, [1], true), g.scalar(1));
  return mean(g, multiply(g, x, g.scale(g.div(text, count), length)), axes);
}

/** A map as everything outside knows it, whatever stands where inside. */
const channelsFirst = ({ g, last }: Pick<Making, 'g' | 'last'>, x: Tensor): Tensor =>
  last && x.shape.length === 4 ? transpose(g, x, [0, 3, 1, 2]) : x;
const channelsLast = ({ g, last }: Pick<Making, 'g' | 'last'>, x: Tensor): Tensor =>
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

interface Attending {
  heads: number;
  causal: boolean;
  masked?: boolean | undefined;
}
const attend = (making: Making, path: string, x: Tensor, { heads, causal, masked }: Attending): Tensor =>
  selfAttention(making.g, x, {
    qkv: (t) => linear(making, `${path}.qkv`, t, 3),
    out: (t) => linear(making, `${path}.out`, t),
    heads,
    causal,
    hidden: masked === true ? making.filling().hidden : undefined,
  });

function transformer(making: Making, layer: Extract<Layer, { layer: 'transformer' }>, path: string, x: Tensor): Tensor {
  const { g, parameter } = making;
  const { epsilon = 1e-5, dropout: rate } = layer;
  const norm = (name: string, t: Tensor): Tensor =>
    layerNorm(g, t, parameter(`${path}.${name}.weight`), parameter(`${path}.${name}.bias`), epsilon);
  const feedForward = (t: Tensor): Tensor =>
    linear(making, `${path}.down`, activate(g, linear(making, `${path}.up`, t), layer.activation));
  if (layer.norm === 'after') {
    const attended = norm('norm1', add(g, x, dropped(making, attend(making, path, x, layer), rate)));
    return norm('norm2', add(g, attended, dropped(making, feedForward(attended), rate)));
  }
  const attended = add(g, x, dropped(making, attend(making, path, norm('norm1', x), layer), rate));
  return add(g, attended, dropped(making, feedForward(norm('norm2', attended)), rate));
}

/**
 * A matrix of a block, with what learns beside it where the network says so: x · W + b + factor · x · A · B.
 *
 * @param parts matrices that stand side by side in W, each with an A and a B of its own
 */
function linear({ g, parameter, beside }: Making, path: string, x: Tensor, parts = 1): Tensor {
  const y = dense(g, x, parameter(`${path}.weight`), parameter(`${path}.bias`));
  if (beside === undefined) return y;
  const [a, b] = [parameter(`${path}.lora_a`), parameter(`${path}.lora_b`)];
  const u = dense(g, x, a);
  const [rank, units] = [(a.shape[1] ?? 0) / parts, (b.shape[1] ?? 0) / parts];
  const last = x.shape.length - 1;
  const each = Array.from({ length: parts }, (_, i) =>
    parts === 1
      ? dense(g, u, b)
      : dense(g, slice(g, u, last, i * rank, (i + 1) * rank), slice(g, b, 1, i * units, (i + 1) * units)),
  );
  return add(g, y, scale(g, concat(g, each, last), beside));
}

const recurrentWeights = ({ parameter }: Making, path: string) => ({
  input: parameter(`${path}.input`),
  state: parameter(`${path}.state`),
  inputBias: parameter(`${path}.inputBias`),
  stateBias: parameter(`${path}.stateBias`),
});
