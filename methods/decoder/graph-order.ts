/**
 * Order and structure inside a step's graph. onnxruntime merges nodes that compute the same and runs nodes when their inputs are there: what is to be
 * computed again (recomputation), or late (a weight unpacked just before its use), must be made to depend on what it should follow.
 */
import { product, type Taped, type Tensor, type TensorGraph } from '../neural/tensor-graph.ts';

/** Most tensors that one Split or Concat may have: graphics processors bind few buffers at a time. */
const most = 8;

/** `x` unchanged, but computed after `earlier` and never merged with another copy of `x`. */
export function after(graph: TensorGraph, x: Tensor, earlier: Tensor): Tensor {
  const one = graph.slice(graph.reshape(earlier, [product(earlier.shape)]), 0, 0, 1);
  return graph.add(x, graph.mul(one, graph.scalar(0)));
}

/** The same for a whole number, which nothing that `earlier` holds can change: 0 × any integer is 0, also where `earlier` is no number. */
export function integerAfter(graph: TensorGraph, value: number, earlier: Tensor): Tensor {
  const one = graph.cast(graph.slice(graph.reshape(earlier, [product(earlier.shape)]), 0, 0, 1), 'int64');
  return graph.add(graph.ints([value]), graph.mul(one, graph.ints([0])));
}

/** Parts of a flat vector, in order. */
export function splitFlat(graph: TensorGraph, flat: Tensor, sizes: readonly number[]): Tensor[] {
  if (sizes.length <= 1) return [flat];
  let each = 1;
  while (each * most < sizes.length) each *= most;
  const groups: number[][] = [];
  for (let i = 0; i < sizes.length; i += each) groups.push(sizes.slice(i, i + each));
  const totals = groups.map((group) => group.reduce((sum, size) => sum + size, 0));
  const parts = graph.ops(
    'Split',
    [flat, graph.ints(totals)],
    totals.map((total) => [total]),
    { axis: 0 },
  );
  return parts.flatMap((part, i) => splitFlat(graph, part, groups[i] ?? []));
}

/** Vectors end to end. */
export function joinFlat(graph: TensorGraph, tensors: readonly Tensor[]): Tensor {
  if (tensors.length <= most) return graph.concat(tensors, 0);
  const groups: Tensor[] = [];
  for (let i = 0; i < tensors.length; i += most) groups.push(graph.concat(tensors.slice(i, i + most), 0));
  return joinFlat(graph, groups);
}

/**
 * Forgets what `block` computes within and computes it again on the way back (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016): memory
 * for one block at a time instead of all, for one more forward pass.
 */
export function recomputed(
  graph: TensorGraph,
  block: (x: Tensor) => Tensor,
  x: Tensor,
  parameters: readonly Tensor[],
): Tensor {
  const offTape = <T>(work: () => T): { result: T; tape: Taped[] } => {
    const outer = graph.tape;
    graph.tape = [];
    try {
      return { result: work(), tape: graph.tape };
    } finally {
      graph.tape = outer;
    }
  };
  const { result: y } = offTape(() => block(x));
  return graph.record(y, [x, ...parameters], (gradient, way) => {
    const again = after(graph, x, gradient);
    const { result, tape } = offTape(() => block(again));
    const wanted = way.needs(x) ? [again, ...parameters] : parameters;
    const found = graph.backward(new Map([[result.name, gradient]]), graph.needed(wanted, tape), tape);
    return [found.get(again.name) ?? null, ...parameters.map((p) => found.get(p.name) ?? null)];
  });
}
