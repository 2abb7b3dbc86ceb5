/** The graph that predicts, and what goes into a network. */
import type { Network } from '../../shared/neural/network.ts';
import { forward, type ForwardInput } from './forward.ts';
import { parametersOf } from './parameters.ts';
import { type GraphOptions, openRows, type Shape, type Tensor, TensorGraph } from './tensor-graph.ts';

export interface AnswerOptions extends GraphOptions {
  /** Rows at a time; `open`: any. */
  batch: number | 'open';
  /** Also what these layers give, as `layer N` [rows, …]; −1: the last. */
  layers?: readonly number[];
}
/** Inputs: parameters, `numbers`, `codes`. Output `answer` [rows, width]: probabilities or values. */
export function buildAnswer(network: Network, options: AnswerOptions): TensorGraph {
  const g = new TensorGraph(options);
  const parameters = new Map(parametersOf(network).map((p) => [p.name, g.input(p.name, p.shape)] as const));
  const rows = options.batch === 'open' ? openRows : options.batch;
  const numbers = numbersShape(network);
  const codes = codesWidth(network);
  const input: ForwardInput = {
    numbers: numbers === undefined ? undefined : g.input('numbers', [rows, ...numbers]),
    codes: codes === 0 ? undefined : g.input('codes', [rows, codes], 'int32'),
  };
  const { answer, layers } = forward(g, network, parameters, input);
  g.output('answer', finished(g, network, answer));
  for (const layer of options.layers ?? []) {
    const tensor = layers.at(layer);
    if (tensor !== undefined) g.output(`layer ${layer}`, tensor);
  }
  return g;
}
/** Whole numbers that a row has. */
export const codesWidth = ({ input }: Network): number =>
  input.kind === 'tokens' ? input.length * (input.texts ?? 1) : input.kind === 'table' ? input.categories.length : 0;

/** Softmax of classes, sigmoid of labels, values as they are. */
export function finished(g: TensorGraph, network: Network, answer: Tensor): Tensor {
  if (network.output.kind === 'classes') return g.op('Softmax', [answer], answer.shape, { axis: -1 });
  return network.output.kind === 'labels' ? g.unary('Sigmoid', answer) : answer;
}

/** Of one row's numbers; undefined where a network takes none. */
export function numbersShape({ input }: Network): Shape | undefined {
  if (input.kind === 'tokens') return undefined;
  if (input.kind === 'table') return input.numbers > 0 ? [input.numbers] : undefined;
  return input.kind === 'image' ? [input.channels, input.height, input.width] : [input.length, input.channels];
}
