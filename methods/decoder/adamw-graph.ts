import { type Tensor, TensorGraph } from '../neural/tensor-graph.ts';

export interface AdamWSettings {
  readonly weightDecay: number;
  /** Gradients together are made no longer than this; `null`: never. */
  readonly clipNorm: number | null;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * AdamW (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019) over one flat vector, as torch.optim.AdamW computes it. Inputs and outputs
 * (`…_next`): `parameters`, `mean`, `square`, `gradients` (set to zero), all [size]; `steps` [3] = 1 − β₁ᵗ, 1 − β₂ᵗ, t. Input `rate`; output `norm`, the
 * gradients' length before clipping.
 *
 * 1 − βᵗ is kept rather than βᵗ: the difference of two float32 near 1 would be off by 1e-5.
 */
export function adamWGraph(size: number, settings: AdamWSettings): Uint8Array<ArrayBuffer> {
  const { weightDecay, clipNorm, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = settings;
  const graph = new TensorGraph({ opset: 17, irVersion: 8 });
  const [p, m, v, g] = ['parameters', 'mean', 'square', 'gradients'].map((name) => graph.input(name, [size]));
  if (!p || !m || !v || !g) throw new Error('unreachable');
  const steps = graph.input('steps', [3]);
  const rate = graph.input('rate', []);
  const nextSteps = graph.add(
    graph.mul(steps, graph.constant('float', [3], [beta1, beta2, 1])),
    graph.constant('float', [3], [1 - beta1, 1 - beta2, 1]),
  );
  const norm = graph.unary('Sqrt', graph.reduce('ReduceSum', graph.mul(g, g), [0]));
  const clipped = clipNorm === null ? g : graph.mul(g, clipFactor(graph, norm, clipNorm));
  const mean = graph.add(graph.scale(m, beta1), graph.scale(clipped, 1 - beta1));
  const square = graph.add(graph.scale(v, beta2), graph.scale(graph.mul(clipped, clipped), 1 - beta2));
  const one = (i: number): Tensor => graph.gather(nextSteps, graph.constant('int64', [], [i]));
  const root = graph.unary('Sqrt', one(1));
  const stride = graph.div(graph.mul(rate, root), one(0));
  const denominator = graph.add(graph.unary('Sqrt', square), graph.scale(root, epsilon));
  const kept = graph.mul(p, graph.sub(graph.scalar(1), graph.scale(rate, weightDecay)));
  graph.output('parameters_next', graph.sub(kept, graph.mul(stride, graph.div(mean, denominator))));
  graph.output('mean_next', mean);
  graph.output('square_next', square);
  graph.output('steps_next', nextSteps);
  graph.output('gradients_next', graph.scale(g, 0));
  graph.output('norm', norm);
  return graph.toBytes('adamw');
}

/** As torch.nn.utils.clip_grad_norm_. */
const clipFactor = (graph: TensorGraph, norm: Tensor, most: number): Tensor =>
  graph.binary('Min', graph.div(graph.scalar(most), graph.add(norm, graph.scalar(1e-6))), graph.scalar(1));
