/**
 * The operators of a decoder with their gradients. Each is checked against finite differences and, as a whole network, against transformers and peft.
 * Shapes: N = batch · length rows of tokens.
 */
import { microsoftDomain, type Tensor, type TensorGraph } from '../neural/tensor-graph.ts';
import { backwardProduct, forwardProduct, type Matrix } from './matrix.ts';

export const addUp = (graph: TensorGraph, a: Tensor, b: Tensor): Tensor =>
  graph.record(graph.add(a, b), [a, b], (g) => [g, g]);

export const reshaped = (graph: TensorGraph, x: Tensor, shape: readonly number[]): Tensor => {
  const y = graph.reshape(x, shape);
  return y === x ? x : graph.record(y, [x], (g) => [graph.reshape(g, x.shape)]);
};

/**
 * RMS norm (Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019) over the last axis: x / √(mean x² + ε) · w.
 *
 * onnxruntime's fused operator gives 1 / √(…) as a second output; its form for graphics processors leaves that one unwritten and says nothing, so there
 * it is computed apart.
 */
export function rmsNorm(graph: TensorGraph, x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const last = x.shape.length - 1;
  const rows = [...x.shape.slice(0, -1), 1];
  const shapes = graph.style === 'gpu' ? [x.shape] : [x.shape, rows];
  const attributes = { axis: -1, epsilon: { float: epsilon }, stash_type: 1 };
  const [y = x, fused] = graph.ops('SimplifiedLayerNormalization', [x, weight], shapes, attributes);
  const inverse = (): Tensor => {
    const mean = graph.reduce('ReduceMean', graph.mul(x, x), [last], true);
    return graph.op('Pow', [graph.add(mean, graph.scalar(epsilon)), graph.scalar(-0.5)], rows);
  };
  return graph.record(y, [x, weight], (g, way) => {
    const r = fused ?? inverse();
    const normal = graph.mul(x, r);
    const gw = graph.mul(g, weight);
    const dx = way.needs(x)
      ? graph.mul(graph.sub(gw, graph.mul(normal, graph.reduce('ReduceMean', graph.mul(gw, normal), [last], true))), r)
      : null;
    const axes = x.shape.slice(0, -1).map((_, i) => i);
    return [dx, way.needs(weight) ? graph.reduce('ReduceSum', graph.mul(g, normal), axes) : null];
  });
}

export interface RotaryTable {
  readonly cos: Tensor;
  readonly sin: Tensor;
  /** −sin: turning back is the gradient. */
  readonly back: Tensor;
}

/** Rotary positions (Su et al., "RoFormer", 2021). x [batch, length, heads · headWidth], positions [batch, length]. */
export function rotated(
  graph: TensorGraph,
  x: Tensor,
  positions: Tensor,
  table: RotaryTable,
  { heads, interleaved }: { heads: number; interleaved: boolean },
): Tensor {
  const turn = (value: Tensor, sin: Tensor): Tensor =>
    graph.op(
      'RotaryEmbedding',
      [value, positions, table.cos, sin],
      value.shape,
      { interleaved: interleaved ? 1 : 0, num_heads: heads },
      { domain: microsoftDomain },
    );
  return graph.record(turn(x, table.sin), [x], (g) => [turn(g, table.back)]);
}

/**
 * act(gate) · up (Shazeer, "GLU Variants Improve Transformer", 2020). Both activations are x · sigmoid(u(x)): u = x for SiLU, u = 2√(2/π)(x + 0.044715 x³)
 * for GELU by tanh.
 */
export function gatedUnit(graph: TensorGraph, gate: Tensor, up: Tensor, activation: 'silu' | 'gelu-tanh'): Tensor {
  const linear = activation === 'silu' ? 1 : 2 * Math.sqrt(2 / Math.PI);
  const cubic = activation === 'silu' ? 0 : linear * 0.044715;
  const square = cubic === 0 ? undefined : graph.mul(gate, gate);
  const u = square ? graph.mul(gate, graph.add(graph.scale(square, cubic), graph.scalar(linear))) : gate;
  const s = graph.unary('Sigmoid', u);
  const active = graph.mul(gate, s);
  return graph.record(graph.mul(active, up), [gate, up], (g) => {
    // d act = s + x · s · (1 − s) · u′
    let inner = graph.mul(gate, graph.sub(graph.scalar(1), s));
    if (square) inner = graph.mul(inner, graph.add(graph.scale(square, 3 * cubic), graph.scalar(linear)));
    const slope = graph.mul(s, graph.add(inner, graph.scalar(1)));
    return [graph.mul(graph.mul(g, up), slope), graph.mul(g, active)];
  });
}

/** What LoRA adds to a frozen matrix: scale · B(A x), A [rank, in], B [out, rank]. */
export interface LowRank {
  readonly a: Tensor;
  readonly b: Tensor;
  /** alpha / rank */
  readonly scale: number;
}

/**
 * x · Wᵀ + bias, where the matrix is learnt, or frozen with a learnt change of low rank beside it (Hu et al., "LoRA: Low-Rank Adaptation of Large Language
 * Models", 2021). x [N, in].
 */
export function linear(
  graph: TensorGraph,
  x: Tensor,
  matrix: Matrix,
  { bias, lowRank }: { bias?: Tensor | undefined; lowRank?: LowRank | undefined } = {},
): Tensor {
  const y = forwardProduct(graph, x, matrix, bias);
  if (lowRank === undefined) {
    const own = matrix.form === 'full' && matrix.learnt ? [matrix.tensor, ...(bias ? [bias] : [])] : [];
    return graph.record(y, [x, ...own], (g, way) => [
      way.needs(x) ? backwardProduct(graph, g, matrix, way.fold(0)) : null,
      ...(own.length > 0 ? [graph.gemm(g, x, { turnA: true })] : []),
      ...(own.length > 1 ? [graph.reduce('ReduceSum', g, [0])] : []),
    ]);
  }
  const { a, b, scale } = lowRank;
  const u = graph.gemm(x, a, { turnB: true });
  const sum = graph.gemm(u, b, { turnB: true, alpha: scale, add: y });
  return graph.record(sum, [x, a, b], (g, way) => {
    const du = graph.gemm(g, b, { alpha: scale });
    const dx = way.needs(x) ? graph.gemm(du, a, { add: backwardProduct(graph, g, matrix, way.fold(0)) }) : null;
    return [dx, graph.gemm(du, x, { turnA: true }), graph.gemm(g, u, { turnA: true, alpha: scale })];
  });
}

export interface HeadShape {
  readonly heads: number;
  readonly keyHeads: number;
  readonly headWidth: number;
}

/**
 * Attention with grouped queries (Ainslie et al., "GQA", 2023). q [batch, length, heads · headWidth], already scaled; k, v [batch, length, keyHeads ·
 * headWidth]; `mask` is added to the scores and broadcast to [batch, heads, length, length].
 */
export function attention(
  graph: TensorGraph,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor,
  { heads, keyHeads, headWidth }: HeadShape,
): Tensor {
  const [batch = 0, length = 0] = q.shape;
  const group = heads / keyHeads;
  const grouped = [batch, keyHeads, group * length, headWidth];
  const scoreShape = [batch, heads, length, length];
  const apart = (t: Tensor, count: number): Tensor =>
    graph.transpose(graph.reshape(t, [batch, length, count, headWidth]), [0, 2, 1, 3]);
  const together = (t: Tensor, count: number): Tensor =>
    graph.reshape(graph.transpose(graph.reshape(t, [batch, count, length, headWidth]), [0, 2, 1, 3]), [
      batch,
      length,
      count * headWidth,
    ]);
  const turned = (t: Tensor): Tensor => graph.transpose(t, [0, 1, 3, 2]);
  // The heads of one group lie one below the other, so that keys and values are never repeated.
  const queries = graph.reshape(apart(q, heads), grouped);
  const keys = graph.transpose(graph.reshape(k, [batch, length, keyHeads, headWidth]), [0, 2, 3, 1]);
  const values = apart(v, keyHeads);
  const scores = graph.add(graph.reshape(graph.matmul(queries, keys), scoreShape), mask);
  const p = graph.op('Softmax', [scores], scoreShape, { axis: -1 });
  const weights = graph.reshape(p, [batch, keyHeads, group * length, length]);
  const out = together(graph.matmul(weights, values), heads);
  return graph.record(out, [q, k, v], (g) => {
    const g4 = graph.reshape(apart(g, heads), grouped);
    const dv = graph.matmul(turned(weights), g4);
    const dp = graph.reshape(graph.matmul(g4, turned(values)), scoreShape);
    const gp = graph.mul(dp, p);
    const ds = graph.reshape(graph.sub(gp, graph.mul(p, graph.reduce('ReduceSum', gp, [3], true))), weights.shape);
    const dq = graph.matmul(ds, turned(keys));
    const dk = graph.matmul(turned(ds), queries);
    return [together(dq, heads), together(dk, keyHeads), together(dv, keyHeads)];
  });
}

/** Rows of x at `at` [M]. `inverse` [N] says where each row of x went, M for nowhere: the way back needs no scatter. */
export function chosenRows(graph: TensorGraph, x: Tensor, at: Tensor, inverse: Tensor | null): Tensor {
  const [, width = 0] = x.shape;
  const y = graph.gather(x, at);
  if (inverse === null) return y;
  return graph.record(y, [x], (g) => {
    const nothing = graph.constant('float', [1, width], new Float32Array(width));
    return [graph.gather(graph.concat([g, nothing], 0), inverse)];
  });
}

/** 1 at each row's label: [rows, count] of zeros otherwise. `labels` int32 [rows]. */
export function oneHot(graph: TensorGraph, labels: Tensor, count: number): Tensor {
  const [rows = 0] = labels.shape;
  const classes = graph.constant(
    'int32',
    [1, count],
    Int32Array.from({ length: count }, (_, i) => i),
  );
  return graph.cast(graph.compare('Equal', graph.reshape(labels, [rows, 1]), classes), 'float');
}

/** Embeddings that are learnt: the gradient of rows used is a product with their one-hot form, meant for small vocabularies. */
export function learntRows(graph: TensorGraph, table: Tensor, tokens: Tensor): Tensor {
  const [vocabulary = 0] = table.shape;
  return graph.record(graph.gather(table, tokens), [table], (g) => [
    graph.gemm(oneHot(graph, tokens, vocabulary), g, { turnA: true }),
  ]);
}
