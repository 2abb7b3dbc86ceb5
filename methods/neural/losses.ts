/**
 * Losses with their gradients. Each is Σ share[i] · loss of row i, where the shares of a batch add up to 1: weights of rows and of classes are in them.
 * What a network gives before its last function (logits) goes in.
 */
import { matmul, oneHot, scale, transpose } from './differentiable.ts';
import type { TextPair } from './forward.ts';
import { product, type Tensor, type TensorGraph } from './tensor-graph.ts';

const column = (g: TensorGraph, share: Tensor): Tensor => g.reshape(share, [product(share.shape), 1]);
const total = (g: TensorGraph, t: Tensor): Tensor =>
  g.reduce(
    'ReduceSum',
    t,
    t.shape.map((_, i) => i),
  );

/** Softmax and cross-entropy: logits [n, C], labels [n] int32. */
export function crossEntropy(g: TensorGraph, logits: Tensor, labels: Tensor, share: Tensor): Tensor {
  const count = logits.shape[1] ?? 0;
  const truth = oneHot(g, labels, count);
  const logs = logSoftmax(g, logits);
  const each = g.reduce('ReduceSum', g.mul(logs, truth), [1]);
  const loss = g.unary('Neg', total(g, g.mul(each, share)));
  return g.record(loss, [logits], (out) => [g.mul(g.sub(g.unary('Exp', logs), truth), g.mul(column(g, share), out))]);
}

/** How sharply texts are told apart: cosines are multiplied by it before softmax, as sentence-transformers does. */
const sharpness = 20;

/** Each first text finds its second among those of all rows (Henderson et al., "Efficient Natural Language Response Suggestion", 2017). */
export function contrast(g: TensorGraph, { first, second }: TextPair, share: Tensor): Tensor {
  const [rows = 0] = first.shape;
  const cosines = matmul(g, first, transpose(g, second, [1, 0]));
  const own = Int32Array.from({ length: rows }, (_, i) => i);
  return crossEntropy(g, scale(g, cosines, sharpness), g.constant('int32', [rows], own), share);
}

/** Graphics processors have no LogSoftmax of their own. */
function logSoftmax(g: TensorGraph, logits: Tensor): Tensor {
  if (g.style === 'cpu') return g.op('LogSoftmax', [logits], logits.shape, { axis: -1 });
  const shifted = g.sub(logits, g.reduce('ReduceMax', logits, [1], true));
  return g.sub(shifted, g.unary('Log', g.reduce('ReduceSum', g.unary('Exp', shifted), [1], true)));
}

/** Sigmoid and binary cross-entropy, mean over the labels: logits and truth [n, K]. */
export function binaryCrossEntropy(g: TensorGraph, logits: Tensor, truth: Tensor, share: Tensor): Tensor {
  const each = g.sub(g.unary('Softplus', logits), g.mul(logits, truth));
  const loss = total(g, g.mul(g.reduce('ReduceMean', each, [1]), share));
  return g.record(loss, [logits], (out) => [spread(g, g.sub(g.unary('Sigmoid', logits), truth), share, out)]);
}

/** Squared, absolute or Huber (δ = 1; half the square within) error, mean over the values: both [n, K]. */
export function distance(
  g: TensorGraph,
  given: Tensor,
  truth: Tensor,
  share: Tensor,
  kind: 'squared' | 'absolute' | 'huber',
): Tensor {
  const error = g.sub(given, truth);
  const [each, slope] = distances[kind](g, error);
  const loss = total(g, g.mul(g.reduce('ReduceMean', each, [1]), share));
  return g.record(loss, [given], (out) => [spread(g, slope(), share, out)]);
}
const distances = {
  squared: (g: TensorGraph, e: Tensor) => [g.mul(e, e), () => g.scale(e, 2)] as const,
  absolute: (g: TensorGraph, e: Tensor) => [g.unary('Abs', e), () => g.unary('Sign', e)] as const,
  huber: (g: TensorGraph, e: Tensor) => {
    const near = g.binary('Min', g.binary('Max', e, g.scalar(-1)), g.scalar(1));
    // near · (e − near / 2) is e² / 2 within 1 and |e| − 1/2 beyond.
    return [g.mul(near, g.sub(e, g.scale(near, 0.5))), () => near] as const;
  },
};
/** A slope of each value, as a part of the mean over a row's values and of the row's share. */
function spread(g: TensorGraph, slope: Tensor, share: Tensor, out: Tensor): Tensor {
  const width = slope.shape[1] ?? 1;
  return g.mul(slope, g.mul(g.scale(column(g, share), 1 / width), out));
}
