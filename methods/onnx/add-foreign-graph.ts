/**
 * The graph of another ONNX file inside one of ours: a frozen encoder before a head. Its nodes and weights are carried over as they are, under names of their own;
 * what changed its form between its version of the operators and ours is written anew.
 */
import { append } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import type { GraphBuilder } from './graph-builder.ts';
import { attributeMessage } from './messages.ts';
import { bytesOf, fieldsOf, integerOf, integersOf, textOf, textsOf } from './protobuf-reader.ts';
import { type ProtobufWriter, protobufWriter } from './protobuf-writer.ts';

// Fields of onnx.proto: ModelProto, GraphProto, NodeProto, TensorProto, AttributeProto.
const model = { graph: 7, opsets: 8, functions: 25 } as const;
const graph = { nodes: 1, initializers: 5, inputs: 11, sparse: 15 } as const;
const nodeField = { inputs: 1, outputs: 2, name: 3, op: 4, attributes: 5, domain: 7 } as const;
const tensor = { name: 8, external: 13 } as const;
const attribute = { name: 1, graph: 6, ints: 8, graphs: 11 } as const;

/** The first version in which every operator that we carry over has today's form, but for those below. */
const leastOpset = 13;
const mostOpset = 19;
/** Took their axes as an attribute before version 18. */
const reductions = new Set(
  ['Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'].map((name) => `Reduce${name}`),
);
const knownDomains = new Set(['', 'ai.onnx.ml', 'com.microsoft']);

/**
 * @param input the value that stands for its one input
 * @returns the value of its output with this name
 * @throws `onnx.no-form` where the file holds what cannot be carried over
 */
export function addForeignGraph(b: GraphBuilder, file: Uint8Array, input: string, output: string): string {
  const [own] = bytesOf(file, model.graph);
  if (own === undefined || bytesOf(file, model.functions).length > 0) throw noForm('holds functions of its own');
  if (bytesOf(own, graph.sparse).length > 0) throw noForm('holds sparse weights');
  const opset = opsetOf(file);
  const weights = bytesOf(own, graph.initializers);
  const weightNames = new Set(weights.map((w) => textOf(w, tensor.name)));
  const [inputName] = bytesOf(own, graph.inputs)
    .map((i) => textOf(i, 1))
    .filter((name) => !weightNames.has(name));
  const rename = (name: string): string => (name === '' ? '' : name === inputName ? input : `encoder/${name}`);
  const domains = new Set<string>();
  const values: string[] = [...weightNames].map(rename);
  const nodes = bytesOf(own, graph.nodes).map((one) => {
    const domain = textOf(one, nodeField.domain).replace(/^ai\.onnx$/, '');
    if (!knownDomains.has(domain)) throw noForm(`uses operators of ${domain}`);
    domains.add(domain);
    append(
      values,
      textsOf(one, nodeField.outputs)
        .filter((name) => name !== '')
        .map(rename),
    );
    return renamedNode(b, one, rename, opset);
  });
  b.splice({ nodes, initializers: weights.map((w) => renamedTensor(w, rename)), values, domains }, [input]);
  return rename(output);
}

function opsetOf(file: Uint8Array): number {
  const sets = bytesOf(file, model.opsets).map((set) => [textOf(set, 1), integerOf(set, 2) ?? 0] as const);
  const version = sets.find(([domain]) => domain === '' || domain === 'ai.onnx')?.[1] ?? 0;
  if (version < leastOpset || version > mostOpset)
    throw noForm(`is written for version ${version} of the operators, not ${leastOpset} to ${mostOpset}`);
  return version;
}

function renamedNode(
  b: GraphBuilder,
  one: Uint8Array,
  rename: (name: string) => string,
  opset: number,
): ProtobufWriter {
  const op = textOf(one, nodeField.op);
  const inputs = textsOf(one, nodeField.inputs).map(rename);
  const outputs = textsOf(one, nodeField.outputs).map(rename);
  const attributes = bytesOf(one, nodeField.attributes);
  if (attributes.some((a) => [...fieldsOf(a)].some((f) => f.field === attribute.graph || f.field === attribute.graphs)))
    throw noForm(`branches or loops (${op})`);
  const isOld = opset < 18 && textOf(one, nodeField.domain) === '';
  const axes = isOld && reductions.has(op) ? attributes.find((a) => textOf(a, attribute.name) === 'axes') : undefined;
  if (axes !== undefined) inputs.push(constantOf(b, integersOf(axes, attribute.ints)));
  const writer = protobufWriter();
  for (const name of inputs) writer.text(nodeField.inputs, name);
  for (const name of outputs) writer.text(nodeField.outputs, name);
  writer.text(nodeField.name, `encoder/${textOf(one, nodeField.name)}`);
  writer.text(nodeField.op, op);
  for (const a of attributes) if (a !== axes) writer.bytes(nodeField.attributes, a);
  // Since 18 a Split without sizes says into how many parts.
  if (isOld && op === 'Split' && inputs.length < 2)
    writer.message(nodeField.attributes, attributeMessage('num_outputs', outputs.length));
  const domain = textOf(one, nodeField.domain);
  if (domain !== '') writer.text(nodeField.domain, domain);
  return writer;
}

const constantOf = (b: GraphBuilder, values: readonly number[]): string => b.constant('int64', [values.length], values);

function renamedTensor(one: Uint8Array, rename: (name: string) => string): ProtobufWriter {
  const writer = protobufWriter();
  for (const f of fieldsOf(one)) {
    if (f.field === tensor.external) throw noForm('keeps its weights in another file');
    if (f.field === tensor.name) continue;
    if (f.kind === 'integer') writer.integer(f.field, f.value);
    else if (f.kind === 'bytes') writer.bytes(f.field, f.value);
    else throw noForm('has weights in a form that is not read');
  }
  writer.text(tensor.name, rename(textOf(one, tensor.name)));
  return writer;
}

const noForm = (why: string): Error =>
  fail('onnx.no-form', {
    message: `The encoder ${why}, so it cannot be carried over into the exported file.`,
    mend: 'Serve the model here, which runs the encoder as it is, or write the encoder anew for ONNX opset 17 or 18.',
  });
