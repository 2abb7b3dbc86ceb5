/** Multi-head self-attention (Vaswani et al. 2017) over series [rows, length, channels]. */
import { add, matmul, pick, reshape, scale, softmax, transpose } from './differentiable.ts';
import type { Tensor, TensorGraph } from './tensor-graph.ts';

export interface AttentionParts {
  /** Queries, keys and values side by side: [.., D] → [.., 3 D]. */
  qkv: (x: Tensor) => Tensor;
  /** [.., D] → [.., D] */
  out: (x: Tensor) => Tensor;
  heads: number;
  causal: boolean;
  /** Added to the scores: what may not be looked at, [rows, 1, 1, length]. */
  hidden?: Tensor | undefined;
}
/** What makes a score vanish under softmax and stays finite. */
export const outOfSight = -1e9;
export function selfAttention(g: TensorGraph, x: Tensor, { qkv, out, heads, causal, hidden }: AttentionParts): Tensor {
  const [rows = 0, length = 0, channels = 0] = x.shape;
  const size = channels / heads;
  const apart = transpose(g, reshape(g, qkv(x), [rows, length, 3, heads, size]), [2, 0, 3, 1, 4]);
  const [query, key, value] = [0, 1, 2].map((i) => pick(g, apart, i));
  if (query === undefined || key === undefined || value === undefined) throw new Error('three parts');
  let scores = matmul(g, scale(g, query, 1 / Math.sqrt(size)), transpose(g, key, [0, 1, 3, 2]));
  if (causal) scores = add(g, scores, g.constant('float', [length, length], causalMask(length)));
  if (hidden !== undefined) scores = add(g, scores, hidden);
  const mixed = transpose(g, matmul(g, softmax(g, scores), value), [0, 2, 1, 3]);
  return out(reshape(g, mixed, [rows, length, channels]));
}
/** 0 where a place may look, `outOfSight` at those behind it. */
function causalMask(length: number): Float32Array {
  const mask = new Float32Array(length * length);
  for (let i = 0; i < length; i++) mask.fill(outOfSight, i * length + i + 1, (i + 1) * length);
  return mask;
}

/** sin and cos of falling frequencies, [length, channels] (Vaswani et al. 2017, 3.5). */
export function sinusoidalPlaces(length: number, channels: number): Float32Array {
  const table = new Float32Array(length * channels);
  for (let place = 0; place < length; place++)
    for (let c = 0; c < channels; c++) {
      const angle = place / 10_000 ** ((2 * Math.floor(c / 2)) / channels);
      table[place * channels + c] = c % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return table;
}
