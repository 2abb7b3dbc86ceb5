/** A trained network inside another graph: its layers by the same code that trained them, for any number of rows. */
import { fault } from '../../shared/errors.ts';
import type { Network, NetworkInput } from '../../shared/neural/network.ts';
import type { NetworkWeights } from '../../shared/neural/neural-service.ts';
import { forward } from '../neural/forward.ts';
import { openRows, TensorGraph, type Tensor } from '../neural/tensor-graph.ts';
import type { GraphBuilder } from './graph-builder.ts';

/** @param rows how many at once; `openRows` for any */
export interface NetworkGraph {
  g: TensorGraph;
  numbers: Tensor | undefined;
  codes: Tensor | undefined;
  /** Probabilities for classes and labels, values as they are: [rows, width]. */
  answer: Tensor;
}

/** The network's own graph from its encoded input to its answer. */
export function networkGraph(network: Network, weights: NetworkWeights, rows: number): NetworkGraph {
  const g = new TensorGraph();
  const parameters = new Map(weights.map((w) => [w.name, g.constant('float', w.shape, w.values)]));
  const { numbers, codes } = shapesOf(network.input);
  const input = {
    numbers: numbers === undefined ? undefined : g.input('numbers', [rows, ...numbers]),
    codes: codes === undefined ? undefined : g.input('codes', [rows, codes], 'int32'),
  };
  const { answer } = forward(g, network, parameters, input);
  return { g, ...input, answer: finished(g, network, answer) };
}

function finished(g: TensorGraph, { output }: Network, answer: Tensor): Tensor {
  switch (output.kind) {
    case 'classes':
      return g.op('Softmax', [answer], answer.shape, { axis: -1 });
    case 'labels':
      return g.unary('Sigmoid', answer);
    case 'values':
    case 'input-again':
    case 'similarity':
      return answer;
  }
}

/** What goes in, without the rows. */
function shapesOf(input: NetworkInput): { numbers?: readonly number[]; codes?: number } {
  switch (input.kind) {
    case 'table':
      return {
        ...(input.numbers > 0 ? { numbers: [input.numbers] } : {}),
        ...(input.categories.length > 0 ? { codes: input.categories.length } : {}),
      };
    case 'image':
      return { numbers: [input.channels, input.height, input.width] };
    case 'series':
      return { numbers: [input.length, input.channels] };
    case 'tokens':
      return { codes: input.length * (input.texts ?? 1) };
  }
}

/**
 * @param numbers [rows, …shape] in float32, where the network reads numbers
 * @param codes [rows, codes] in int32, where it reads codes
 * @returns [rows, width] in float32
 */
export function addNetwork(
  b: GraphBuilder,
  network: Network,
  weights: NetworkWeights,
  { numbers, codes }: { numbers?: string | undefined; codes?: string | undefined },
): string {
  const made = networkGraph(network, weights, openRows);
  const names = new Map<string, string>([['', '']]);
  const give = (tensor: Tensor | undefined, value: string | undefined): void => {
    if (tensor === undefined) return;
    if (value === undefined) throw new Error(`the network reads ${tensor.name}, which nothing gives`);
    names.set(tensor.name, value);
  };
  give(made.numbers, numbers);
  give(made.codes, codes);
  for (const { name, type, shape, values } of made.g.constants) names.set(name, b.constant(type, shape, values));
  const known = (name: string): string => {
    const found = names.get(name);
    if (found === undefined) throw fault('onnx.unknown-value', { message: `The network reads "${name}" too early.` });
    return found;
  };
  for (const { op, domain, label, inputs, outputs, attributes } of made.g.nodes) {
    const given = b.node(op, inputs.map(known), attributes, {
      domain,
      outputs: outputs.length,
      name: `${label}/${outputs[0] ?? op}`,
    });
    outputs.forEach((name, i) => names.set(name, given[i] ?? ''));
  }
  return known(made.answer.name);
}
