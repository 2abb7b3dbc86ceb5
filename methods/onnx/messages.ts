/** The messages of onnx.proto that a tabular pipeline needs. Field numbers are those of ONNX 1.20. */
import type { OnnxAttribute, OnnxType } from '../../shared/capabilities.ts';
import { littleEndian, type ProtobufWriter, protobufWriter } from './protobuf-writer.ts';

/** Numbers for dimensions that are fixed, names for those that are not. */
export type Dims = readonly (number | string)[];

/** What a tensor may hold: what tables need, and what graphs that train need beside it. */
export type TensorType = OnnxType | 'int32' | 'uint8' | 'int8' | 'float16';

export type TensorValues =
  | readonly (number | bigint | string | boolean)[]
  /** uint8 and bool, the bits of int8. */
  | Uint8Array
  /** The bits of float16. */
  | Uint16Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array;

/** Typed arrays stand for `floats` and `ints` of big attributes. */
export type GraphAttribute =
  | OnnxAttribute
  | Float32Array
  | Int32Array
  | { tensor: { type: TensorType; dims: readonly number[]; values: TensorValues } };

const elementTypes: Readonly<Record<TensorType, number>> = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
};
export const elementType = (type: TensorType): number => elementTypes[type];

export function tensorMessage(
  name: string,
  type: TensorType,
  dims: readonly number[],
  values: TensorValues,
): ProtobufWriter {
  const tensor = protobufWriter();
  tensor.integers(1, dims);
  tensor.integer(2, elementType(type));
  if (type === 'string') for (const value of values) tensor.text(6, String(value));
  tensor.text(8, name);
  if (type !== 'string') tensor.bytes(9, rawBytes(type, values));
  return tensor;
}

function rawBytes(type: Exclude<TensorType, 'string'>, values: TensorValues): Uint8Array {
  switch (type) {
    case 'float':
      return littleEndian(values instanceof Float32Array ? values : Float32Array.from(values, Number));
    case 'double':
      return littleEndian(values instanceof Float64Array ? values : Float64Array.from(values, Number));
    case 'int64':
      return littleEndian(values instanceof BigInt64Array ? values : BigInt64Array.from(values, BigInt));
    case 'int32':
      return littleEndian(values instanceof Int32Array ? values : Int32Array.from(values, Number));
    case 'float16':
      return littleEndian(values instanceof Uint16Array ? values : Uint16Array.from(values, Number));
    case 'uint8':
    case 'int8':
      return values instanceof Uint8Array ? values : Uint8Array.from(values, Number);
    case 'bool':
      return Uint8Array.from(values, (value) => (value ? 1 : 0));
  }
}

// AttributeProto.AttributeType
const kind = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

export function attributeMessage(name: string, value: GraphAttribute): ProtobufWriter {
  const attribute = protobufWriter();
  attribute.text(1, name);
  attribute.integer(20, writeAttribute(attribute, value));
  return attribute;
}

/** Writes the value into its field and gives the number of its type. A plain number is an int; floats come wrapped or as Float32Array. */
function writeAttribute(into: ProtobufWriter, value: GraphAttribute): number {
  if (typeof value === 'number' || typeof value === 'bigint') return (into.integer(3, value), kind.int);
  if (typeof value === 'string') return (into.text(4, value), kind.string);
  if (value instanceof Float32Array) return (into.floats(7, value), kind.floats);
  if (value instanceof Int32Array) return (into.integers(8, value), kind.ints);
  if ('float' in value) return (into.float(2, value.float), kind.float);
  if ('floats' in value) return (into.floats(7, value.floats), kind.floats);
  if ('tensor' in value)
    return (into.message(5, tensorMessage('', value.tensor.type, value.tensor.dims, value.tensor.values)), kind.tensor);
  if (value.some((item) => typeof item === 'string')) {
    for (const item of value) into.text(9, String(item));
    return kind.strings;
  }
  into.integers(
    8,
    [...value].map((item) => (typeof item === 'string' ? 0 : item)),
  );
  return kind.ints;
}

export interface NodeParts {
  op: string;
  domain: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, GraphAttribute>>;
}

export function nodeMessage({ op, domain, name, inputs, outputs, attributes }: NodeParts): ProtobufWriter {
  const node = protobufWriter();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, name);
  node.text(4, op);
  for (const [key, value] of Object.entries(attributes)) node.message(5, attributeMessage(key, value));
  if (domain !== '') node.text(7, domain);
  return node;
}

/** A named input or output of the graph. */
export function valueInfoMessage(name: string, type: TensorType, dims: Dims): ProtobufWriter {
  const shape = protobufWriter();
  for (const dim of dims) {
    const dimension = protobufWriter();
    if (typeof dim === 'number') dimension.integer(1, dim);
    else dimension.text(2, dim);
    shape.message(1, dimension);
  }
  const tensor = protobufWriter();
  tensor.integer(1, elementType(type));
  tensor.message(2, shape);
  const typeMessage = protobufWriter();
  typeMessage.message(1, tensor);
  const info = protobufWriter();
  info.text(1, name);
  info.message(2, typeMessage);
  return info;
}

export interface ModelParts {
  name: string;
  nodes: readonly ProtobufWriter[];
  initializers: readonly ProtobufWriter[];
  inputs: readonly ProtobufWriter[];
  outputs: readonly ProtobufWriter[];
  producerVersion: string;
  documentation: string;
  /** Domain ('' is ONNX's own) and version. */
  operatorSets: readonly (readonly [string, number])[];
  metadata: Iterable<readonly [string, string]>;
  /** Default: 9, which came with ONNX 1.14 and opset 19. Opset 21 needs 10. */
  irVersion?: number;
}

const usualIrVersion = 9;

export function modelMessage(parts: ModelParts): ProtobufWriter {
  const graph = protobufWriter();
  for (const node of parts.nodes) graph.message(1, node);
  graph.text(2, parts.name);
  for (const tensor of parts.initializers) graph.message(5, tensor);
  for (const input of parts.inputs) graph.message(11, input);
  for (const output of parts.outputs) graph.message(12, output);

  const model = protobufWriter();
  model.integer(1, parts.irVersion ?? usualIrVersion);
  model.text(2, 'flowyard');
  model.text(3, parts.producerVersion);
  if (parts.documentation !== '') model.text(6, parts.documentation);
  model.message(7, graph);
  for (const [domain, version] of parts.operatorSets) {
    const operatorSet = protobufWriter();
    operatorSet.text(1, domain);
    operatorSet.integer(2, version);
    model.message(8, operatorSet);
  }
  for (const [key, value] of parts.metadata) {
    const entry = protobufWriter();
    entry.text(1, key);
    entry.text(2, value);
    model.message(14, entry);
  }
  return model;
}
