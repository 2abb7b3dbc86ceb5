/**
 * The tensors of an encoder's file as the weights of its network, and back. Linear layers are [out, in] in the file and [in, out] here; queries, keys and
 * values lie side by side here. What all texts share (the vector of the first segment) is added to the positions once. The token that fills up is number 0
 * here, whatever it is in the file: the two change places.
 */
import type { NetworkWeights, WeightTensor } from '../../shared/neural/neural-service.ts';
import { fail } from '../../shared/errors.ts';
import type { NamedTensor } from '../gguf/safetensors.ts';
import { blocksBegin } from './encoder-network.ts';
import type { EncoderShape } from './encoder-shape.ts';

interface Names {
  embeddings: string;
  layer: (i: number) => string;
  query: string;
  key: string;
  value: string;
  out: string;
  norm1: string;
  up: string;
  down: string;
  norm2: string;
}
const bertNames: Names = {
  embeddings: 'embeddings',
  layer: (i) => `encoder.layer.${i}`,
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  out: 'attention.output.dense',
  norm1: 'attention.output.LayerNorm',
  up: 'intermediate.dense',
  down: 'output.dense',
  norm2: 'output.LayerNorm',
};
const distilBertNames: Names = {
  embeddings: 'embeddings',
  layer: (i) => `transformer.layer.${i}`,
  query: 'attention.q_lin',
  key: 'attention.k_lin',
  value: 'attention.v_lin',
  out: 'attention.out_lin',
  norm1: 'sa_layer_norm',
  up: 'ffn.lin1',
  down: 'ffn.lin2',
  norm2: 'output_layer_norm',
};
const namesOf = ({ family }: EncoderShape): Names => (family === 'distilbert' ? distilBertNames : bertNames);
const segmented = ({ family }: EncoderShape): boolean => family !== 'distilbert';

export interface TensorSource {
  readonly names: readonly string[];
  read: (name: string) => Promise<NamedTensor>;
}

/** `bert.` or `roberta.` before every name where the file is of a model around the encoder. */
function prefixOf({ names }: TensorSource): string {
  const table = 'embeddings.word_embeddings.weight';
  const found = names.find((name) => name === table || name.endsWith(`.${table}`));
  if (found === undefined)
    throw fail('encoder.unfit', {
      message: `The encoder's file has no tensor “${table}”.`,
      mend: 'Choose an encoder of the BERT family.',
      param: 'encoder',
    });
  return found.slice(0, -table.length);
}

/**
 * The weights of `encoderNetwork` but for its answer's layer.
 *
 * @param length tokens of a text: so many positions are taken
 * @throws `encoder.unfit` naming the tensor that is missing or of another shape
 */
export async function readEncoderWeights(
  shape: EncoderShape,
  source: TensorSource,
  length: number,
): Promise<WeightTensor[]> {
  const prefix = prefixOf(source);
  const names = namesOf(shape);
  const { width, hidden, vocabulary } = shape;
  const known = new Set(source.names);
  const read = async (name: string, wanted: readonly number[]): Promise<Float32Array> => {
    // Files that began in TensorFlow call the two numbers of a norm otherwise.
    const old = name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
    const own = known.has(prefix + name) ? prefix + name : prefix + old;
    if (!known.has(own)) throw unfit(`has no tensor “${prefix}${name}”`);
    const tensor = await source.read(own);
    if (tensor.shape.join() !== wanted.join())
      throw unfit(`has “${own}” of the shape ${tensor.shape.join(' × ')}, not ${wanted.join(' × ')}`);
    return tensor.values;
  };
  const weights: WeightTensor[] = [];
  const add = (name: string, size: readonly number[], values: Float32Array): void =>
    void weights.push({ name, shape: size, values });
  const both = async (name: string, from: string, size: number): Promise<void> => {
    add(`${name}.weight`, [size], await read(`${from}.weight`, [size]));
    add(`${name}.bias`, [size], await read(`${from}.bias`, [size]));
  };
  const linear = async (name: string, from: readonly string[], into: number, out: number): Promise<void> => {
    const parts = await Promise.all(from.map((one) => read(`${one}.weight`, [out, into])));
    const biases = await Promise.all(from.map((one) => read(`${one}.bias`, [out])));
    add(`${name}.weight`, [into, out * from.length], turned(parts, out, into));
    add(`${name}.bias`, [out * from.length], joined(biases));
  };
  const { embeddings } = names;
  const words = await read(`${embeddings}.word_embeddings.weight`, [vocabulary, width]);
  add('0.weight', [vocabulary, width], fillingFirst(words, shape));
  const positions = await read(`${embeddings}.position_embeddings.weight`, [
    shape.longest + shape.firstPosition,
    width,
  ]);
  const taken = positions.slice(shape.firstPosition * width, (shape.firstPosition + length) * width);
  const segment = segmented(shape) ? await firstSegment(source, prefix, width) : new Float32Array(width);
  for (let i = 0; i < taken.length; i++) taken[i] = (taken[i] ?? 0) + (segment[i % width] ?? 0);
  add('1.weight', [length, width], taken);
  await both('2', `${embeddings}.LayerNorm`, width);
  for (let i = 0; i < shape.layers; i++) {
    const [to, from] = [`${i + blocksBegin}`, names.layer(i)];
    await both(`${to}.norm1`, `${from}.${names.norm1}`, width);
    const attended = [names.query, names.key, names.value].map((one) => `${from}.${one}`);
    await linear(`${to}.qkv`, attended, width, width);
    await linear(`${to}.out`, [`${from}.${names.out}`], width, width);
    await both(`${to}.norm2`, `${from}.${names.norm2}`, width);
    await linear(`${to}.up`, [`${from}.${names.up}`], width, hidden);
    await linear(`${to}.down`, [`${from}.${names.down}`], hidden, width);
  }
  return weights;
}

async function firstSegment(source: TensorSource, prefix: string, width: number): Promise<Float32Array> {
  const name = `${prefix}embeddings.token_type_embeddings.weight`;
  return source.names.includes(name) ? (await source.read(name)).values.subarray(0, width) : new Float32Array(width);
}

/** The tensors of an encoder's file, by the names that transformers gives them, from the weights of its network. */
export function encoderTensors(shape: EncoderShape, weights: NetworkWeights): NamedTensor[] {
  const known = new Map(weights.map((w) => [w.name, w]));
  const names = namesOf(shape);
  const { width, hidden, vocabulary, firstPosition } = shape;
  const need = (name: string): WeightTensor => {
    const found = known.get(name);
    if (found === undefined) throw new Error(`the network has no ${name}`);
    return found;
  };
  const tensors: NamedTensor[] = [];
  const add = (name: string, size: readonly number[], values: Float32Array): void =>
    void tensors.push({ name, shape: size, values });
  const both = (to: string, from: string): void => {
    for (const one of ['weight', 'bias']) add(`${to}.${one}`, [width], need(`${from}.${one}`).values);
  };
  const linear = (to: readonly string[], from: string, into: number, out: number): void => {
    const [matrix, bias] = [need(`${from}.weight`).values, need(`${from}.bias`).values];
    to.forEach((name, part) => {
      const values = new Float32Array(out * into);
      for (let o = 0; o < out; o++)
        for (let i = 0; i < into; i++) values[o * into + i] = matrix[(i * to.length + part) * out + o] ?? 0;
      add(`${name}.weight`, [out, into], values);
      add(`${name}.bias`, [out], bias.slice(part * out, (part + 1) * out));
    });
  };
  const { embeddings } = names;
  add(`${embeddings}.word_embeddings.weight`, [vocabulary, width], fillingFirst(need('0.weight').values, shape));
  const positions = need('1.weight').values;
  const table = new Float32Array(firstPosition * width + positions.length);
  table.set(positions, firstPosition * width);
  add(`${embeddings}.position_embeddings.weight`, [table.length / width, width], table);
  // The first segment's vector is in the positions; a second segment is nothing that such a network was trained on.
  if (segmented(shape)) add(`${embeddings}.token_type_embeddings.weight`, [1, width], new Float32Array(width));
  both(`${embeddings}.LayerNorm`, '2');
  for (let i = 0; i < shape.layers; i++) {
    const [from, to] = [`${i + blocksBegin}`, names.layer(i)];
    both(`${to}.${names.norm1}`, `${from}.norm1`);
    linear(
      [names.query, names.key, names.value].map((one) => `${to}.${one}`),
      `${from}.qkv`,
      width,
      width,
    );
    linear([`${to}.${names.out}`], `${from}.out`, width, width);
    both(`${to}.${names.norm2}`, `${from}.norm2`);
    linear([`${to}.${names.up}`], `${from}.up`, width, hidden);
    linear([`${to}.${names.down}`], `${from}.down`, hidden, width);
  }
  return tensors;
}

/** [out, in] of several, side by side as [in, parts · out]. */
function turned(parts: readonly Float32Array[], out: number, into: number): Float32Array {
  const values = new Float32Array(parts.length * out * into);
  parts.forEach((part, p) => {
    for (let o = 0; o < out; o++)
      for (let i = 0; i < into; i++) values[(i * parts.length + p) * out + o] = part[o * into + i] ?? 0;
  });
  return values;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

/** The rows of token 0 and of the filling token in each other's place; doing it twice changes nothing. */
function fillingFirst(table: Float32Array, { padding, width }: EncoderShape): Float32Array {
  const swapped = table.slice();
  swapped.copyWithin(0, padding * width, (padding + 1) * width);
  swapped.set(table.subarray(0, width), padding * width);
  return swapped;
}

/** The number of a token in the network. */
export const codeOfToken = (id: number, padding: number): number => (id === padding ? 0 : id === 0 ? padding : id);

const unfit = (why: string) =>
  fail('encoder.unfit', {
    message: `The encoder's file ${why}.`,
    mend: 'Take the encoder’s folder as it was published.',
    param: 'encoder',
  });
