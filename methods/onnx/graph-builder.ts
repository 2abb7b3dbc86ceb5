import { append } from '../../shared/append.ts';
import type { OnnxGraph, OnnxType } from '../../shared/capabilities.ts';
import { fault } from '../../shared/errors.ts';
import {
  type Dims,
  type GraphAttribute,
  modelMessage,
  nodeMessage,
  tensorMessage,
  type TensorType,
  type TensorValues,
  valueInfoMessage,
} from './messages.ts';
import { joinChunks, type ProtobufWriter } from './protobuf-writer.ts';

/**
 * Builds an ONNX model step by step. Every value is known by the name that a call returns:
 *
 *     const g = graphBuilder('prices');
 *     const age = g.input('age', 'double');
 *     const [scaled = ''] = g.node('Div', [age, g.constant('double', [], [12])]);
 *     g.output('years', scaled, 'double');
 *     const bytes = g.toBytes();
 */
export interface GraphBuilder extends OnnxGraph {
  /** A named input; one column of rows where no dimensions are given. */
  input(name: string, type: OnnxType, dims?: Dims): string;
  /** Gives a value its public name. */
  output(name: string, value: string, type: OnnxType, dims?: Dims): void;
  /** An operator with one result or more. `name` is only for people. */
  node(
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, GraphAttribute>>,
    options?: { domain?: string; outputs?: number; name?: string },
  ): string[];
  /** A node with just one result. */
  apply(
    op: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, GraphAttribute>>,
    options?: { domain?: string; name?: string },
  ): string;
  /** A tensor that is part of the model; equal small ones are stored once. */
  constant(type: TensorType, dims: readonly number[], values: TensorValues): string;
  /** Nodes and weights of another graph, written already; `values` are the names that they give. @param from what they read of this graph */
  splice(parts: ForeignParts, from: readonly string[]): void;
  /** A word about the model, for programs. */
  metadata(key: string, value: string): void;
  /** @throws `onnx.no-output` */
  toBytes(): Uint8Array<ArrayBuffer>;
  /** The same bytes in pieces, big tensors uncopied. */
  chunks(): readonly Uint8Array[];
}

export interface ForeignParts {
  nodes: readonly ProtobufWriter[];
  initializers: readonly ProtobufWriter[];
  values: readonly string[];
  domains: Iterable<string>;
}

export interface GraphOptions {
  /** Version of this application, for `producer_version`. */
  readonly producerVersion?: string;
  readonly documentation?: string;
}

/** ONNX 1.14: the first whose `Equal` takes strings. */
const opset = 19;
/** The version whose tree ensembles every runtime reads. */
const mlOpset = 3;
export const mlDomain = 'ai.onnx.ml';
/** Operators of onnxruntime's own: texts to words. */
export const microsoftDomain = 'com.microsoft';

/** @throws `onnx.unknown-value` when a node uses a value that does not exist, `onnx.duplicate-name` */
// Over 80 lines: one graph: each of its short functions adds to the same lists.
export function graphBuilder(
  name = 'model',
  { producerVersion = '', documentation = '' }: GraphOptions = {},
): GraphBuilder {
  const values = new Set<string>();
  const nodes: ProtobufWriter[] = [];
  const initializers: ProtobufWriter[] = [];
  const inputs: ProtobufWriter[] = [];
  const outputs: ProtobufWriter[] = [];
  const constants = new Map<string, string>();
  const metadata = new Map<string, string>();
  const domains = new Set<string>();
  let counter = 0;

  const claim = (value: string): string => {
    if (value === '' || values.has(value))
      throw fault('onnx.duplicate-name', {
        message: `The graph already has a value named “${value}”, or the name is empty.`,
        facts: { value },
      });
    values.add(value);
    return value;
  };
  /** A column may be called like a value of ours: count on until the name is free. */
  const fresh = (stem: string): string => {
    let value = '';
    do value = `${stem}_${++counter}`;
    while (values.has(value));
    return claim(value);
  };
  const requireKnown = (value: string, user: string): void => {
    if (!values.has(value))
      throw fault('onnx.unknown-value', {
        message: `“${user}” reads “${value}”, which no input or node gives.`,
        facts: { value, user },
      });
  };

  const node: GraphBuilder['node'] = (
    op,
    from,
    attributes = {},
    { domain = '', outputs: count = 1, name: label } = {},
  ) => {
    // An empty name is ONNX's way to leave out an optional input.
    for (const value of from) if (value !== '') requireKnown(value, op);
    const to = Array.from({ length: count }, () => fresh(op));
    nodes.push(nodeMessage({ op, domain, name: label ?? to[0] ?? op, inputs: from, outputs: to, attributes }));
    domains.add(domain);
    return to;
  };
  const message = (): ProtobufWriter => {
    if (outputs.length === 0) throw fault('onnx.no-output', { message: 'The graph has no output.' });
    const operatorSets: [string, number][] = [
      ['', opset],
      ...(domains.has(mlDomain) ? [[mlDomain, mlOpset] satisfies [string, number]] : []),
      ...(domains.has(microsoftDomain) ? [[microsoftDomain, 1] satisfies [string, number]] : []),
    ];
    return modelMessage({
      name,
      nodes,
      initializers,
      inputs,
      outputs,
      producerVersion,
      documentation,
      operatorSets,
      metadata,
    });
  };

  return {
    input(inputName, type, dims = ['rows', 1]) {
      inputs.push(valueInfoMessage(claim(inputName), type, dims));
      return inputName;
    },
    output(outputName, value, type, dims = ['rows', 1]) {
      requireKnown(value, outputName);
      nodes.push(
        nodeMessage({
          op: 'Identity',
          domain: '',
          name: `output ${outputName}`,
          inputs: [value],
          outputs: [claim(outputName)],
          attributes: {},
        }),
      );
      outputs.push(valueInfoMessage(outputName, type, dims));
    },
    node,
    apply: (op, from, attributes, options) => node(op, from, attributes, options)[0] ?? '',
    constant(type, dims, given) {
      const key = given.length <= 64 ? JSON.stringify([type, dims, Array.from(given, keyOf)]) : undefined;
      const known = key === undefined ? undefined : constants.get(key);
      if (known !== undefined) return known;
      const value = fresh('constant');
      initializers.push(tensorMessage(value, type, dims, given));
      if (key !== undefined) constants.set(key, value);
      return value;
    },
    splice(parts, from) {
      for (const value of from) requireKnown(value, 'splice');
      for (const value of parts.values) claim(value);
      for (const domain of parts.domains) domains.add(domain);
      append(nodes, parts.nodes);
      append(initializers, parts.initializers);
    },
    metadata: (key, value) => void metadata.set(key, value),
    toBytes: () => joinChunks(message().chunks()),
    chunks: () => message().chunks(),
  };
}

/** Tells apart what JSON does not: NaN, infinities, −0, bigint from text. */
const keyOf = (value: number | bigint | string | boolean): string =>
  `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
