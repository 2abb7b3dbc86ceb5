/** Layer normalisation (Ba et al. 2016) and batch normalisation (Ioffe and Szegedy 2015) with their gradients. */
import { product, type Tensor, type TensorGraph } from './tensor-graph.ts';

/** Over the last axis: x [.., D], w and b [D]. */
export function layerNorm(g: TensorGraph, x: Tensor, w: Tensor, b: Tensor, epsilon: number): Tensor {
  const axis = x.shape.length - 1;
  const lead = Array.from({ length: axis }, (_, i) => i);
  const rows = [...x.shape.slice(0, -1), 1];
  const attributes = { axis: -1, epsilon: { float: epsilon } };
  // Graphics processors leave the statistics unwritten: there they are computed again.
  const fused = g.ops(
    'LayerNormalization',
    [x, w, b],
    g.style === 'cpu' ? [x.shape, rows, rows] : [x.shape],
    attributes,
  );
  const [y, givenMean, givenScale] = fused;
  if (y === undefined) throw new Error('LayerNormalization has a result');
  return g.record(y, [x, w, b], (out, { needs }) => {
    const average = (t: Tensor): Tensor => g.reduce('ReduceMean', t, [axis], true);
    const centred = g.sub(x, givenMean ?? average(x));
    const scale = givenScale ?? inverseRoot(g, average(g.mul(centred, centred)), epsilon);
    const hat = g.mul(centred, scale);
    let dx: Tensor | null = null;
    if (needs(x)) {
      const weighted = g.mul(out, w);
      const rest = g.sub(g.sub(weighted, average(weighted)), g.mul(hat, average(g.mul(weighted, hat))));
      dx = g.mul(rest, scale);
    }
    return [
      dx,
      needs(w) ? g.reduce('ReduceSum', g.mul(out, hat), lead) : null,
      needs(b) ? g.reduce('ReduceSum', out, lead) : null,
    ];
  });
}
const inverseRoot = (g: TensorGraph, variance: Tensor, epsilon: number): Tensor =>
  g.unary('Reciprocal', g.unary('Sqrt', g.add(variance, g.scalar(epsilon))));

export interface BatchStatistics {
  /** Running, [C]. */
  mean: Tensor;
  variance: Tensor;
}
/** Where the channels of a map lie as everything outside of a training knows it: 1 of images, the last otherwise. */
const channelAxis = (x: Tensor): number => (x.shape.length === 4 ? 1 : x.shape.length - 1);
const along = (g: TensorGraph, x: Tensor, t: Tensor, channel = channelAxis(x)): Tensor =>
  g.reshape(
    t,
    x.shape.map((d, i) => (i === channel ? d : 1)),
  );

/** With the statistics that were kept. */
export function batchNormKept(
  g: TensorGraph,
  x: Tensor,
  { w, b, kept, epsilon }: { w: Tensor; b: Tensor; kept: BatchStatistics; epsilon: number },
): Tensor {
  const scale = g.mul(w, inverseRoot(g, kept.variance, epsilon));
  const shift = g.sub(b, g.mul(kept.mean, scale));
  return g.add(g.mul(x, along(g, x, scale)), along(g, x, shift));
}

function oneByKept(
  g: TensorGraph,
  x: Tensor,
  given: { w: Tensor; b: Tensor; kept: BatchStatistics; epsilon: number; channel: number },
): Tensor {
  const { w, b, kept, epsilon, channel } = given;
  const scale = along(g, x, inverseRoot(g, kept.variance, epsilon), channel);
  const hat = g.mul(g.sub(x, along(g, x, kept.mean, channel)), scale);
  const weight = along(g, x, w, channel);
  return g.record(g.add(g.mul(hat, weight), along(g, x, b, channel)), [x, w, b], (gradient, { needs }) => [
    needs(x) ? g.mul(gradient, g.mul(scale, weight)) : null,
    g.reshape(g.mul(gradient, hat), w.shape),
    g.reshape(gradient, b.shape),
  ]);
}

/**
 * With the batch's own statistics; gives the next running ones (the variance with n − 1, as PyTorch does). One row alone has no spread: it is brought to the
 * running statistics, and changes nothing of them. A last batch of one row would else draw the variance towards 0 in each epoch.
 */
export function batchNorm(
  g: TensorGraph,
  x: Tensor,
  {
    w,
    b,
    kept,
    epsilon,
    momentum,
    channel = channelAxis(x),
  }: {
    w: Tensor;
    b: Tensor;
    kept: BatchStatistics;
    epsilon: number;
    momentum: number;
    /** Which axis of x holds the channels. */
    channel?: number;
  },
): { y: Tensor; next: BatchStatistics } {
  const axes = x.shape.flatMap((_, i) => (i === channel ? [] : [i]));
  const count = product(x.shape) / (x.shape[channel] ?? 1);
  if (count === 1) return { y: oneByKept(g, x, { w, b, kept, epsilon, channel }), next: kept };
  // Where channels are last, row by row first: onnxruntime adds such columns up one after the other, and one sum over all places would lose a digit.
  const inner = channel > 1 ? axes.slice(1) : [];
  const over = (op: 'ReduceMean' | 'ReduceSum', t: Tensor): Tensor =>
    inner.length === 0 ? g.reduce(op, t, axes, true) : g.reduce(op, g.reduce(op, t, inner, true), [0], true);
  const average = (t: Tensor): Tensor => over('ReduceMean', t);
  const whole = (t: Tensor): Tensor => g.reshape(over('ReduceSum', t), w.shape);
  const mean = average(x);
  const centred = g.sub(x, mean);
  const variance = average(g.mul(centred, centred));
  const scale = inverseRoot(g, variance, epsilon);
  const hat = g.mul(centred, scale);
  const out = g.add(g.mul(hat, along(g, x, w, channel)), along(g, x, b, channel));
  const y = g.record(out, [x, w, b], (gradient, { needs }) => {
    const forShift = whole(gradient);
    const forScale = whole(g.mul(gradient, hat));
    if (!needs(x)) return [null, forScale, forShift];
    const share = (t: Tensor): Tensor => along(g, x, g.scale(t, 1 / count), channel);
    const rest = g.sub(g.sub(gradient, share(forShift)), g.mul(hat, share(forScale)));
    return [g.mul(rest, g.mul(scale, along(g, x, w, channel))), forScale, forShift];
  });
  const blend = (old: Tensor, now: Tensor): Tensor =>
    g.add(g.scale(old, 1 - momentum), g.scale(g.reshape(now, old.shape), momentum));
  return {
    y,
    next: {
      mean: blend(kept.mean, mean),
      variance: blend(kept.variance, g.scale(variance, count / Math.max(1, count - 1))),
    },
  };
}
