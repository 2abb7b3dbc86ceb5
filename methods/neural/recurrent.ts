/** Gated recurrent units (Cho et al. 2014, in the form of cuDNN and PyTorch) and LSTM (Hochreiter and Schmidhuber 1997), unrolled over the length. */
import { activate, add, concat, dense, multiply, reshape, slice, subtract } from './differentiable.ts';
import type { Tensor, TensorGraph } from './tensor-graph.ts';

export interface RecurrentWeights {
  /** [C, gates × U], [U, gates × U]; gates of a GRU: reset, update, new; of an LSTM: input, forget, cell, output. */
  input: Tensor;
  state: Tensor;
  inputBias: Tensor;
  stateBias: Tensor;
}
/** x [rows, L, C] → the last state [rows, U], or all of them [rows, L, U]. */
export function recurrent(
  g: TensorGraph,
  x: Tensor,
  weights: RecurrentWeights,
  { cell, gives }: { cell: 'gru' | 'lstm'; gives: 'last' | 'all' },
): Tensor {
  const [rows = 0, length = 0] = x.shape;
  const units = weights.state.shape[0] ?? 0;
  const wide = weights.input.shape[1] ?? 0;
  // What the input adds to all gates at all places is one product.
  const given = dense(g, x, weights.input, weights.inputBias);
  let state = g.constant('float', [1, units], new Float32Array(units));
  let memory = state;
  const states: Tensor[] = [];
  for (let t = 0; t < length; t++) {
    const now = reshape(g, slice(g, given, 1, t, t + 1), [rows, wide]);
    const before = dense(g, state, weights.state, weights.stateBias);
    if (cell === 'gru') state = gruStep(g, now, before, state, units);
    else [state, memory] = lstmStep(g, add(g, now, before), memory, units);
    if (gives === 'all') states.push(reshape(g, state, [rows, 1, units]));
  }
  return gives === 'all' ? concat(g, states, 1) : state;
}

function gruStep(g: TensorGraph, now: Tensor, before: Tensor, state: Tensor, units: number): Tensor {
  const gate = (t: Tensor, from: number, to: number): Tensor => slice(g, t, 1, from * units, to * units);
  const both = activate(g, add(g, gate(now, 0, 2), gate(before, 0, 2)), 'sigmoid');
  const [reset, update] = [gate(both, 0, 1), gate(both, 1, 2)];
  const fresh = activate(g, add(g, gate(now, 2, 3), multiply(g, reset, gate(before, 2, 3))), 'tanh');
  // (1 − z) n + z h
  return add(g, fresh, multiply(g, update, subtract(g, state, fresh)));
}
function lstmStep(g: TensorGraph, gates: Tensor, memory: Tensor, units: number): [Tensor, Tensor] {
  const gate = (i: number): Tensor => slice(g, gates, 1, i * units, (i + 1) * units);
  const [input, forget, fresh, output] = [
    activate(g, gate(0), 'sigmoid'),
    activate(g, gate(1), 'sigmoid'),
    activate(g, gate(2), 'tanh'),
    activate(g, gate(3), 'sigmoid'),
  ];
  const next = add(g, multiply(g, forget, memory), multiply(g, input, fresh));
  return [multiply(g, output, activate(g, next, 'tanh')), next];
}
