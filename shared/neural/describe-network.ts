/**
 * What a network's layers give and how much they learn, worked out from its description alone. The layer editor shows it with each key pressed, the
 * trainer builds by it: what is told here is what is trained.
 */
import type { Layer, Network, NetworkInput, NetworkOutput } from './network.ts';

/** A layer whose input has the wrong shape, in words. */
export interface LayerProblem {
  /** Index in the list; `null`: the network as a whole (its input or its output). */
  layer: number | null;
  /** Index inside a residual layer. */
  inner?: number;
  /** `kind`: no input of this kind would fit, however large. `size`: another size might. */
  by: 'kind' | 'size';
  message: string;
  mend: string;
}
export interface LayerFacts {
  shape: readonly number[];
  /** How many numbers it learns. */
  parameters: number;
  /** Inside a residual layer. */
  inner?: readonly LayerFacts[];
}
export interface NetworkFacts {
  input: LayerFacts;
  /** Up to the first layer that does not fit. */
  layers: readonly LayerFacts[];
  /** Missing where a layer does not fit. */
  head?: LayerFacts;
  parameters: number;
  /** Numbers that are kept of each example for the way back: the memory of a training step is about 4 bytes × these × the batch size. */
  numbersKept: number;
  problem?: LayerProblem;
}

class Misfit extends Error {
  readonly mend: string;
  readonly by: LayerProblem['by'];
  inner: number | undefined;
  constructor(message: string, mend: string, by: LayerProblem['by']) {
    super(message);
    this.mend = mend;
    this.by = by;
  }
}
const misfit = (message: string, mend: string): Misfit => new Misfit(message, mend, 'size');
const wrongKind = (message: string, mend: string): Misfit => new Misfit(message, mend, 'kind');

/** "Layer 3, inside it 1: …" */
export const sayProblem = ({ layer, inner, message }: LayerProblem): string =>
  layer === null ? message : `Layer ${layer + 1}${inner === undefined ? '' : `, inside it ${inner + 1}`}: ${message}`;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
/** "28 × 28 × 3" */
export const shapeWords = (shape: readonly number[]): string => shape.join(' × ');

export function describeNetwork(network: Network): NetworkFacts {
  const facts: { layers: LayerFacts[]; parameters: number; numbersKept: number } = {
    layers: [],
    parameters: 0,
    numbersKept: 0,
  };
  const input = describeInput(network.input);
  const count = (one: LayerFacts): LayerFacts => {
    facts.parameters += one.parameters;
    facts.numbersKept += sizeOf(one.shape) + (one.inner ?? []).reduce((sum, i) => sum + sizeOf(i.shape), 0);
    return one;
  };
  count(input);
  let at: number | null = null;
  try {
    let { shape } = input;
    for (const [i, layer] of network.layers.entries()) {
      at = i;
      const one = count(describeLayer(layer, shape, { input: network.input, first: i === 0 }));
      facts.layers.push(one);
      shape = one.shape;
    }
    at = null;
    if (network.input.kind === 'tokens' && network.layers[0]?.layer !== 'embedding')
      throw wrongKind('Tokens have no numbers to compute with yet.', 'Put Embedding first.');
    const head = count(describeHead(network, shape));
    return { input, ...facts, head };
  } catch (thrown) {
    if (!(thrown instanceof Misfit)) throw thrown;
    const inner = thrown.inner === undefined ? {} : { inner: thrown.inner };
    return {
      input,
      ...facts,
      problem: { layer: at, ...inner, by: thrown.by, message: thrown.message, mend: thrown.mend },
    };
  }
}

function describeInput(input: NetworkInput): LayerFacts {
  switch (input.kind) {
    case 'table': {
      const learnt = input.categories.reduce((sum, c) => sum + c.count * c.size, 0);
      return { shape: [input.numbers + input.categories.reduce((sum, c) => sum + c.size, 0)], parameters: learnt };
    }
    case 'image':
      return { shape: [input.channels, input.height, input.width], parameters: 0 };
    case 'series':
      return { shape: [input.length, input.channels], parameters: 0 };
    case 'tokens':
      return { shape: [input.length], parameters: 0 };
  }
}

/** How wide the answer is. */
export function outputWidth(output: NetworkOutput, input: NetworkInput): number {
  if (output.kind === 'similarity') return 1;
  return output.kind === 'input-again' ? sizeOf(describeInput(input).shape) : output.count;
}

/** True where the last layer's numbers are the answer as they are, or are compared, so that no dense head is added. */
export const hasOwnAnswer = (network: Network, last: readonly number[]): boolean =>
  network.output.kind === 'similarity' ||
  (network.output.kind === 'input-again' && sizeOf(last) === outputWidth(network.output, network.input));

function describeHead(network: Network, last: readonly number[]): LayerFacts {
  const { input, output } = network;
  if (sizeOf(describeInput(input).shape) === 0)
    throw misfit('Nothing goes into this network.', 'Choose at least one column.');
  const width = outputWidth(output, input);
  if (output.kind === 'input-again') {
    if (input.kind === 'tokens' || (input.kind === 'table' && input.categories.length > 0))
      throw misfit('Only numbers can be given back.', 'Leave categories and tokens out of an autoencoder.');
    if (hasOwnAnswer(network, last)) return { shape: describeInput(input).shape, parameters: 0 };
  }
  if ((output.kind === 'similarity') !== (input.kind === 'tokens' && input.texts === 2))
    throw misfit('Two texts are compared, one text is not.', 'Let the network read two texts to compare them.');
  if (last.length !== 1)
    throw wrongKind(
      `The answer needs one row of numbers for each example, and the last layer gives ${shapeWords(last)}.`,
      'Put Global pooling or Flatten at the end.',
    );
  if (output.kind === 'classes' && width < 2)
    throw misfit(
      'There is one class alone, so there is nothing to tell apart.',
      'Use a target with two classes or more.',
    );
  if (output.kind === 'similarity') return { shape: [1], parameters: 0 };
  const size = last[0] ?? 0;
  return { shape: [width], parameters: size * width + width };
}

interface Place {
  input: NetworkInput;
  first: boolean;
}

export function describeLayer(layer: Layer, shape: readonly number[], place: Place): LayerFacts {
  const last = shape.at(-1) ?? 0;
  const isTokens = place.first && place.input.kind === 'tokens';
  if (isTokens && layer.layer !== 'embedding')
    throw wrongKind('Tokens have no numbers to compute with yet.', 'Put Embedding first.');
  switch (layer.layer) {
    case 'dense':
      needs(shape, [1, 2], 'Dense', 'Put Flatten or Global pooling before it.');
      return {
        shape: [...shape.slice(0, -1), layer.units],
        parameters: last * layer.units + (layer.bias ? layer.units : 0),
      };
    case 'conv2d':
    case 'conv1d':
      return describeConvolution(layer, shape);
    case 'pool':
      return { shape: pooled(shape, layer.size, layer.stride ?? layer.size), parameters: 0 };
    case 'global-pool':
      needs(shape, [2, 3], 'Global pooling', 'It is for images and series: leave it out.');
      checkFilling(layer, shape, place);
      return { shape: [shape.length === 3 ? (shape[0] ?? 0) : last], parameters: 0 };
    case 'flatten':
      return { shape: [sizeOf(shape)], parameters: 0 };
    case 'reshape':
      if (sizeOf(layer.shape) !== sizeOf(shape))
        throw misfit(
          `${shapeWords(shape)} are ${sizeOf(shape)} numbers and cannot become ${shapeWords(layer.shape)}, which are ${sizeOf(layer.shape)}.`,
          `Choose a shape of ${sizeOf(shape)} numbers.`,
        );
      return { shape: layer.shape, parameters: 0 };
    case 'dropout':
    case 'activation':
      return { shape, parameters: 0 };
    case 'batch-norm':
      return { shape, parameters: 2 * (shape.length === 3 ? (shape[0] ?? 0) : last) };
    case 'layer-norm':
      return { shape, parameters: 2 * last };
    case 'embedding':
      if (!isTokens || place.input.kind !== 'tokens')
        throw wrongKind(
          'Embedding takes whole numbers that stand for words.',
          'Use it as the first layer of a network for text.',
        );
      return { shape: [place.input.length, layer.size], parameters: place.input.vocabulary * layer.size };
    case 'positional':
      needs(shape, [2], 'Positional', 'It is for series and text.');
      return { shape, parameters: layer.by === 'learned' ? sizeOf(shape) : 0 };
    case 'attention':
      checkHeads(shape, layer.heads, 'Attention');
      return { shape, parameters: attentionParameters(last) };
    case 'transformer': {
      checkHeads(shape, layer.heads, 'Transformer');
      checkFilling(layer, shape, place);
      const hidden = layer.hidden ?? 4 * last;
      return { shape, parameters: attentionParameters(last) + 4 * last + 2 * last * hidden + hidden + last };
    }
    case 'recurrent': {
      needs(shape, [2], 'Recurrent', 'It is for series and text.');
      const gates = layer.cell === 'gru' ? 3 : 4;
      return {
        shape: layer.gives === 'last' ? [layer.units] : [shape[0] ?? 0, layer.units],
        parameters: gates * layer.units * (last + layer.units + 2),
      };
    }
    case 'residual':
      return describeResidual(layer, shape, place);
  }
}

/** Filling is known by the tokens: place by place, as long as no layer has changed their number. */
function checkFilling({ masked }: { masked?: boolean | undefined }, shape: readonly number[], { input }: Place): void {
  if (masked !== true || (input.kind === 'tokens' && shape.length === 2 && shape[0] === input.length)) return;
  throw misfit(
    input.kind === 'tokens'
      ? `The text has ${input.length} places and the layer before gives ${shapeWords(shape)}: where filling is cannot be told any more.`
      : 'Only a text has filling that can be left out.',
    'Turn "Leaves filling out" off.',
  );
}

const attentionParameters = (channels: number): number => 4 * channels * channels + 4 * channels;

function describeResidual(
  layer: Extract<Layer, { layer: 'residual' }>,
  shape: readonly number[],
  place: Place,
): LayerFacts {
  const inner: LayerFacts[] = [];
  let now = shape;
  for (const [i, one] of layer.layers.entries()) {
    try {
      const facts = describeLayer(one, now, { ...place, first: false });
      inner.push(facts);
      now = facts.shape;
    } catch (thrown) {
      if (thrown instanceof Misfit) thrown.inner = i;
      throw thrown;
    }
  }
  if (shapeWords(now) !== shapeWords(shape))
    throw misfit(
      `The way through gives ${shapeWords(now)} and the way around ${shapeWords(shape)}: they cannot be added.`,
      'Make the inner layers give the shape that they get.',
    );
  return { shape, parameters: inner.reduce((sum, one) => sum + one.parameters, 0), inner };
}

function describeConvolution(
  layer: Extract<Layer, { layer: 'conv1d' | 'conv2d' }>,
  shape: readonly number[],
): LayerFacts {
  const { filters, kernel, stride, padding } = layer;
  const bias = layer.bias ? filters : 0;
  if (layer.layer === 'conv2d') {
    needs(shape, [3], 'Convolution over images', 'It is for images: use Convolution over series, or Dense.');
    const [channels = 0, height = 0, width = 0] = shape;
    const out = [height, width].map((side) => windows(side, kernel, stride, padding));
    return { shape: [filters, ...out], parameters: filters * channels * kernel * kernel + bias };
  }
  needs(shape, [2], 'Convolution over series', 'It is for series and text.');
  const [length = 0, channels = 0] = shape;
  const reach = (kernel - 1) * layer.dilation + 1;
  return {
    shape: [windows(length, reach, stride, padding), filters],
    parameters: filters * channels * kernel + bias,
  };
}

function windows(side: number, reach: number, stride: number, padding: 'same' | 'valid'): number {
  if (padding === 'same') return Math.ceil(side / stride);
  if (reach > side)
    throw misfit(`A window of ${reach} does not fit into ${side}.`, 'Choose a smaller kernel, or "same" padding.');
  return Math.floor((side - reach) / stride) + 1;
}

function pooled(shape: readonly number[], size: number, stride: number): number[] {
  needs(shape, [2, 3], 'Pooling', 'It is for images and series: leave it out.');
  const one = (side: number): number => {
    if (size > side)
      throw misfit(`A pool of ${size} does not fit into ${side}.`, 'Pool less often, or with a smaller size.');
    return Math.floor((side - size) / stride) + 1;
  };
  const [a = 0, b = 0, c = 0] = shape;
  return shape.length === 3 ? [a, one(b), one(c)] : [one(a), b];
}

function checkHeads(shape: readonly number[], heads: number, name: string): void {
  needs(shape, [2], name, 'It is for series and text.');
  const channels = shape[1] ?? 0;
  if (channels % heads !== 0)
    throw misfit(
      `${channels} channels cannot be shared by ${heads} heads.`,
      `Choose a number of heads that divides ${channels}.`,
    );
}

const kinds: Readonly<Record<number, string>> = { 1: 'a row of numbers', 2: 'a series', 3: 'an image' };
function needs(shape: readonly number[], ranks: readonly number[], name: string, mend: string): void {
  if (ranks.includes(shape.length)) return;
  throw wrongKind(
    `${name} takes ${ranks.map((r) => kinds[r]).join(' or ')}, and gets ${kinds[shape.length] ?? 'something'} (${shapeWords(shape)}).`,
    mend,
  );
}
