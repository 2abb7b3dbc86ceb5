/**
 * Optimizers as nodes of the step graph: SGD with momentum (Polyak 1964, in PyTorch's form), Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter
 * 2019). Adam's moments are kept without the factors 1 − β: m / (1 − β₁) and v / (1 − β₂), which saves passes over memory and changes nothing else.
 */
import type { TrainingSettings } from '../../shared/neural/training-settings.ts';
import type { Tensor, TensorGraph } from './tensor-graph.ts';

export const beta1 = 0.9;
export const beta2 = 0.999;
const epsilon = 1e-8;

export type OptimizerChoice = Pick<TrainingSettings, 'optimizer' | 'momentum' | 'weightDecay' | 'clipNorm'>;

/** How many tensors of a parameter's shape an optimizer keeps for it. */
export const slotsOf = ({ optimizer, momentum }: OptimizerChoice): number =>
  optimizer === 'sgd' ? (momentum > 0 ? 1 : 0) : 2;

export interface Learnt {
  value: Tensor;
  slots: readonly Tensor[];
  decays: boolean;
}
export interface StepScalars {
  /** Learning rate of this step. */
  rate: Tensor;
  /** [1 − β₁ᵗ, 1 − β₂ᵗ] of the step before: kept as this and not as βᵗ, which float32 would round by 1e-5. */
  time: Tensor;
}

/** The next values and slots, the time of this step, and the length of all gradients together before clipping. */
export function optimize(
  g: TensorGraph,
  learnt: readonly Learnt[],
  gradients: readonly Tensor[],
  { rate, time }: StepScalars,
  choice: OptimizerChoice,
): { next: Learnt[]; time: Tensor; norm: Tensor } {
  const squares = gradients.map((t) =>
    g.reduce(
      'ReduceSumSquare',
      t,
      t.shape.map((_, i) => i),
    ),
  );
  const norm = g.unary('Sqrt', sumOf(g, squares));
  const { clipNorm } = choice;
  const clip =
    clipNorm === null
      ? undefined
      : g.binary('Min', g.scalar(1), g.div(g.scalar(clipNorm), g.add(norm, g.scalar(1e-6))));
  const now = g.add(g.mul(time, pair(g, beta1, beta2)), pair(g, 1 - beta1, 1 - beta2));
  const step = choice.optimizer === 'sgd' ? sgd(g, rate, choice) : adam(g, rate, now, choice);
  const next = learnt.map((one, i) => {
    const gradient = gradients[i] ?? one.value;
    return step(one, clip === undefined ? gradient : g.mul(gradient, clip));
  });
  return { next, time: now, norm };
}

const pair = (g: TensorGraph, a: number, b: number): Tensor => g.constant('float', [2], [a, b]);
/** Of single numbers, eight at a time: a graphics processor binds few buffers at once. */
function sumOf(g: TensorGraph, numbers: readonly Tensor[]): Tensor {
  const [first] = numbers;
  if (first === undefined) throw new Error('nothing is learnt');
  if (numbers.length === 1) return first;
  const groups: Tensor[] = [];
  for (let i = 0; i < numbers.length; i += 8) {
    const group = numbers.slice(i, i + 8).map((t) => g.reshape(t, [1]));
    groups.push(g.reduce('ReduceSum', g.concat(group, 0), [0]));
  }
  return sumOf(g, groups);
}

function sgd(g: TensorGraph, rate: Tensor, { momentum, weightDecay }: OptimizerChoice) {
  return (one: Learnt, given: Tensor): Learnt => {
    const gradient = pulled(g, one, given, weightDecay);
    const [before] = one.slots;
    const speed = before === undefined ? gradient : g.add(g.scale(before, momentum), gradient);
    return {
      ...one,
      value: g.sub(one.value, g.mul(speed, rate)),
      slots: before === undefined ? [] : [speed],
    };
  };
}

/** L2: the decay is a part of the gradient. */
const pulled = (g: TensorGraph, one: Learnt, gradient: Tensor, decay: number): Tensor =>
  decay > 0 && one.decays ? g.add(gradient, g.scale(one.value, decay)) : gradient;

function adam(g: TensorGraph, rate: Tensor, time: Tensor, { optimizer, weightDecay }: OptimizerChoice) {
  const at = (i: number): Tensor => g.gather(time, g.constant('int64', [], [i]));
  // With m and v as kept: rate · m̂ / (√v̂ + ε) = reach · m / (√v + ease)
  const root = g.unary('Sqrt', g.div(g.scalar(1 - beta2), at(1)));
  const reach = g.div(g.scale(rate, 1 - beta1), g.mul(at(0), root));
  const ease = g.div(g.scalar(epsilon), root);
  const decoupled = optimizer === 'adamw' && weightDecay > 0;
  const kept = decoupled ? g.sub(g.scalar(1), g.scale(rate, weightDecay)) : undefined;
  return (one: Learnt, given: Tensor): Learnt => {
    const gradient = decoupled ? given : pulled(g, one, given, weightDecay);
    const [m, v] = one.slots;
    if (m === undefined || v === undefined) throw new Error('Adam keeps two moments');
    const nextM = g.add(g.scale(m, beta1), gradient);
    const nextV = g.add(g.scale(v, beta2), g.mul(gradient, gradient));
    const move = g.mul(g.div(nextM, g.add(g.unary('Sqrt', nextV), ease)), reach);
    const value = kept !== undefined && one.decays ? g.mul(one.value, kept) : one.value;
    return { ...one, value: g.sub(value, move), slots: [nextM, nextV] };
  };
}
