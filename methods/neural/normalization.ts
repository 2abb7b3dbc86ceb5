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
/** Which axis of x holds the channels: 1 of images, the last otherwise. */
const channelAxis = (x: Tensor): number => (x.shape.length === 4 ? 1 : x.shape.length - 1);
const along = (g: TensorGraph, x: Tensor, t: Tensor): Tensor =>
  g.reshape(
    t,
    x.shape.map((d, i) => (i === channelAxis(x) ? d : 1)),
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

/** With the batch's own statistics; gives the next running ones (the variance with n − 1, as PyTorch does). */
export function batchNorm(
  g: TensorGraph,
  x: Tensor,
  { w, b, kept, epsilon, momentum }: { w: Tensor; b: Tensor; kept: BatchStatistics; epsilon: number; momentum: number },
): { y: Tensor; next: BatchStatistics } {
  const channel = channelAxis(x);
  const axes = x.shape.flatMap((_, i) => (i === channel ? [] : [i]));
  const count = product(x.shape) / (x.shape[channel] ?? 1);
  const average = (t: Tensor): Tensor => g.reduce('ReduceMean', t, axes, true);
  const mean = average(x);
  const centred = g.sub(x, mean);
  const variance = average(g.mul(centred, centred));
  const scale = inverseRoot(g, variance, epsilon);
  const hat = g.mul(centred, scale);
  const out = g.add(g.mul(hat, along(g, x, w)), along(g, x, b));
  const y = g.record(out, [x, w, b], (gradient, { needs }) => {
    const forShift = g.reduce('ReduceSum', gradient, axes);
    const forScale = g.reduce('ReduceSum', g.mul(gradient, hat), axes);
    if (!needs(x)) return [null, forScale, forShift];
    const share = (t: Tensor): Tensor => along(g, x, g.scale(t, 1 / count));
    const rest = g.sub(g.sub(gradient, share(forShift)), g.mul(hat, share(forScale)));
    return [g.mul(rest, g.mul(scale, along(g, x, w))), forScale, forShift];
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
