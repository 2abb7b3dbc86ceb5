/** Small decoders whose weights follow from their names: for tests, with the same generator as `methods/decoder/fixtures/make-fixtures.py`. */
import type { DecoderConfig, DecoderFamily } from '../../methods/decoder/decoder-config.ts';
import { decoderWeights, sizeOf, type WeightShape } from '../../methods/decoder/decoder-weights.ts';
import { addWeight, type HostWeights } from './decoder-weights-host.ts';
import type { Tensor } from 'onnxruntime-node';

/** Uniform in [−1/2, 1/2): a linear congruential generator (Numerical Recipes) that starts from the name's FNV-1a hash. */
export function drawn(name: string, count: number): Float32Array<ArrayBuffer> {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24 - 0.5;
  });
}

export function drawnWeight({ name, shape }: WeightShape): Float32Array<ArrayBuffer> {
  const values = drawn(name, sizeOf(shape));
  const factor = Math.fround(4 / Math.sqrt(shape.at(-1) ?? 1));
  return values.map((x) => {
    if (name.includes('norm')) return 1 + Math.fround(Math.fround(0.4) * x);
    if (name.endsWith('bias')) return Math.fround(0.2) * x;
    return name.includes('embd') ? x : x * factor;
  });
}

export const smallConfig = (family: DecoderFamily): DecoderConfig => ({
  family,
  layers: family === 'gemma3' ? 7 : 2,
  width: 32,
  heads: 4,
  keyHeads: 2,
  headWidth: family === 'llama' || family === 'qwen2' ? 8 : 16,
  hidden: 64,
  vocabulary: 96,
  context: 64,
  epsilon: family === 'llama' ? 1e-5 : 1e-6,
  theta: family === 'gemma3' ? 1_000_000 : 10_000,
  positionScale: 1,
  frequencyDivisors: null,
  window: family === 'gemma3' ? { tokens: 8, theta: 10_000, every: 6 } : null,
  activation: family === 'gemma3' ? 'gelu-tanh' : 'silu',
  embeddingScale: family === 'gemma3' ? Math.fround(Math.sqrt(32)) : 1,
  headNorm: family === 'gemma3' || family === 'qwen3',
  postNorm: family === 'gemma3',
  bias: family === 'qwen2',
  tied: family !== 'llama',
  interleaved: false,
});

export function smallWeights(config: DecoderConfig, precision: 'full' | 'eight-bit' = 'full'): HostWeights {
  const weights = new Map<string, Tensor>();
  for (const weight of decoderWeights(config))
    addWeight(weights, weight.name, weight.shape, drawnWeight(weight), precision);
  return weights;
}
