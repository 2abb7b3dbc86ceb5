/**
 * A graph of ONNX operators that is written by computing: each call adds a node and gives its tensor, with a shape that is known. What is recorded on the
 * tape has a gradient (reverse mode: Griewank and Walther, Evaluating Derivatives, 2008): `gradients` writes the way back as nodes of the same graph, so
 * that forward, backward and optimizer are one static graph which any provider of onnxruntime runs.
 *
 * Shapes are numbers. For an exported model the rows may be open: the graph then computes with `openRows` as if that were their count.
 */
import {
  elementType,
  type GraphAttribute,
  modelMessage,
  nodeMessage,
  tensorMessage,
  type TensorType,
  type TensorValues,
  valueInfoMessage,
} from '../onnx/messages.ts';
import { joinChunks } from '../onnx/protobuf-writer.ts';
import { neededNodes, withoutCopies } from './trim-graph.ts';
import type { GraphNode } from './graph-node.ts';

export type Shape = readonly number[];
export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly type: TensorType;
}
export interface GraphConstant {
  name: string;
  type: TensorType;
  shape: Shape;
  values: TensorValues;
}
/** Gradients of the inputs, in their order; null where nothing flows back. */
export type Gradient = (
  out: Tensor,
  way: {
    /** Whether this input's gradient is asked for. */
    needs: (input: Tensor) => boolean;
    /** The gradient that has come to an input by other ways, to be added by the operator itself: what is returned for it then replaces it. */
    fold: (index: number) => Tensor | undefined;
  },
) => readonly (Tensor | null)[];
export interface Taped {
  out: Tensor;
  inputs: readonly Tensor[];
  gradient: Gradient;
}

export interface GraphOptions {
  opset?: number;
  irVersion?: number;
  /** Which forms of an operator are fast: those of processors, or those of graphics processors. */
  style?: 'cpu' | 'gpu';
}

/** Stands for the number of rows that is not known yet: a prime, so that a product with it shows it. */
export const openRows = 1_000_003;
export const microsoftDomain = 'com.microsoft';
export const product = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
const isOpen = (size: number): boolean => size !== 0 && size % openRows === 0;
export const equalShapes = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i]);

export class TensorGraph {
  readonly nodes: GraphNode[] = [];
  readonly constants: GraphConstant[] = [];
  readonly inputs: Tensor[] = [];
  readonly outputs: Tensor[] = [];
  readonly style: 'cpu' | 'gpu';
  tape: Taped[] = [];
  /** Given to the nodes that follow. */
  label = '';
  readonly #opset: number;
  readonly #irVersion: number | undefined;
  readonly #known = new Map<string, Tensor>();
  #count = 0;

  constructor({ opset = 19, irVersion, style = 'cpu' }: GraphOptions = {}) {
    this.#opset = opset;
    this.#irVersion = irVersion;
    this.style = style;
  }

  // ── what a graph is made of ──────────────────────────────────────────────────────────────────────────────────────────────────────

  input(name: string, shape: Shape, type: TensorType = 'float'): Tensor {
    const tensor = { name, shape, type };
    this.inputs.push(tensor);
    return tensor;
  }

  output(name: string, tensor: Tensor): void {
    this.nodes.push({
      op: 'Identity',
      domain: '',
      label: this.label,
      inputs: [tensor.name],
      outputs: [name],
      attributes: {},
    });
    this.outputs.push({ name, shape: tensor.shape, type: tensor.type });
  }

  /** Equal small constants are stored once. */
  constant(type: TensorType, shape: Shape, values: TensorValues): Tensor {
    const key = values.length <= 64 ? `${type} ${shape.join()}: ${Array.from(values, String).join()}` : undefined;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const tensor = { name: this.#fresh('constant'), shape, type };
    this.constants.push({ ...tensor, values });
    if (key !== undefined) this.#known.set(key, tensor);
    return tensor;
  }

  scalar(value: number): Tensor {
    return this.constant('float', [], [value]);
  }
  ints(values: readonly number[]): Tensor {
    return this.constant('int64', [values.length], values);
  }

  /** Any operator with one result. */
  op(
    op: string,
    inputs: readonly (Tensor | null)[],
    shape: Shape,
    attributes: Readonly<Record<string, GraphAttribute>> = {},
    { type = 'float', domain = '' }: { type?: TensorType; domain?: string } = {},
  ): Tensor {
    const name = this.#fresh(op);
    this.#add(op, inputs, [name], attributes, domain);
    return { name, shape, type };
  }

  /** Any operator with several results; a result that nobody wants has no shape. */
  ops(
    op: string,
    inputs: readonly (Tensor | null)[],
    shapes: readonly (Shape | null)[],
    attributes: Readonly<Record<string, GraphAttribute>> = {},
    { types = [], domain = '' }: { types?: readonly TensorType[]; domain?: string } = {},
  ): Tensor[] {
    const outputs = shapes.map((shape, i) => ({
      name: shape === null ? '' : this.#fresh(op),
      shape: shape ?? [],
      type: types[i] ?? ('float' as const),
    }));
    this.#add(
      op,
      inputs,
      outputs.map((o) => o.name),
      attributes,
      domain,
    );
    return outputs;
  }

  #add(
    op: string,
    inputs: readonly (Tensor | null)[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, GraphAttribute>>,
    domain: string,
  ): void {
    this.nodes.push({ op, domain, label: this.label, inputs: inputs.map((t) => t?.name ?? ''), outputs, attributes });
  }
  #fresh(stem: string): string {
    return `${stem}_${this.#count++}`;
  }

  // ── operators without a gradient, which gradients themselves are made of ─────────────────────────────────────────────────────────

  binary(op: string, a: Tensor, b: Tensor): Tensor {
    return this.op(op, [a, b], broadcast(a.shape, b.shape), {}, { type: a.type });
  }
  add(a: Tensor, b: Tensor): Tensor {
    return this.binary('Add', a, b);
  }
  sub(a: Tensor, b: Tensor): Tensor {
    return this.binary('Sub', a, b);
  }
  mul(a: Tensor, b: Tensor): Tensor {
    return this.binary('Mul', a, b);
  }
  div(a: Tensor, b: Tensor): Tensor {
    return this.binary('Div', a, b);
  }
  scale(a: Tensor, factor: number): Tensor {
    return factor === 1 ? a : this.mul(a, this.scalar(factor));
  }
  unary(op: string, a: Tensor): Tensor {
    return this.op(op, [a], a.shape, {}, { type: a.type });
  }
  /** a > b and the like. */
  compare(op: string, a: Tensor, b: Tensor): Tensor {
    return this.op(op, [a, b], broadcast(a.shape, b.shape), {}, { type: 'bool' });
  }
  where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
    const shape = broadcast(condition.shape, broadcast(a.shape, b.shape));
    return this.op('Where', [condition, a, b], shape, {}, { type: a.type });
  }
  cast(a: Tensor, type: TensorType): Tensor {
    return a.type === type ? a : this.op('Cast', [a], a.shape, { to: elementType(type) }, { type });
  }
  reshape(a: Tensor, shape: Shape): Tensor {
    if (equalShapes(a.shape, shape)) return a;
    const dims = this.ints(shape.map((d) => (isOpen(d) ? -1 : d)));
    return this.op('Reshape', [a, dims], shape, {}, { type: a.type });
  }
  transpose(a: Tensor, order: readonly number[]): Tensor {
    if (order.every((axis, i) => axis === i)) return a;
    return this.op(
      'Transpose',
      [a],
      order.map((axis) => a.shape[axis] ?? 0),
      { perm: order },
      { type: a.type },
    );
  }
  /** ReduceSum, ReduceMax, …; the axes are kept as 1 where `keep` says so. */
  reduce(op: string, a: Tensor, axes: readonly number[], keep = false): Tensor {
    const shape = keep
      ? a.shape.map((d, i) => (axes.includes(i) ? 1 : d))
      : a.shape.filter((_, i) => !axes.includes(i));
    return this.op(op, [a, this.ints(axes)], shape, { keepdims: keep ? 1 : 0 });
  }
  gather(a: Tensor, indices: Tensor, axis = 0): Tensor {
    const shape = [...a.shape.slice(0, axis), ...indices.shape, ...a.shape.slice(axis + 1)];
    return this.op('Gather', [a, indices], shape, { axis }, { type: a.type });
  }
  concat(tensors: readonly Tensor[], axis: number): Tensor {
    const [first] = tensors;
    if (first === undefined) throw new Error('nothing to join');
    if (tensors.length === 1) return first;
    const total = tensors.reduce((sum, t) => sum + (t.shape[axis] ?? 0), 0);
    const shape = first.shape.map((d, i) => (i === axis ? total : d));
    return this.op('Concat', tensors, shape, { axis }, { type: first.type });
  }
  slice(a: Tensor, axis: number, from: number, to: number): Tensor {
    const shape = a.shape.map((d, i) => (i === axis ? to - from : d));
    return this.op('Slice', [a, this.ints([from]), this.ints([to]), this.ints([axis])], shape, {}, { type: a.type });
  }
  /** Zeros around. `pads`: before each axis, then after each. */
  pad(a: Tensor, pads: readonly number[]): Tensor {
    if (pads.every((p) => p === 0)) return a;
    const rank = a.shape.length;
    const shape = a.shape.map((d, i) => (isOpen(d) ? d : d + (pads[i] ?? 0) + (pads[rank + i] ?? 0)));
    return this.op('Pad', [a, this.ints(pads)], shape, {}, { type: a.type });
  }
  /** [.., m, k] × [.., k, n] */
  matmul(a: Tensor, b: Tensor): Tensor {
    const lead = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return this.op('MatMul', [a, b], [...lead, a.shape.at(-2) ?? 0, b.shape.at(-1) ?? 0], {}, { type: a.type });
  }
  /** alpha · a × b + c of matrices, each turned where its flag says so. */
  gemm(
    a: Tensor,
    b: Tensor,
    {
      turnA = false,
      turnB = false,
      alpha = 1,
      add,
    }: { turnA?: boolean; turnB?: boolean; alpha?: number; add?: Tensor | undefined } = {},
  ): Tensor {
    const rows = a.shape[turnA ? 1 : 0] ?? 0;
    const columns = b.shape[turnB ? 0 : 1] ?? 0;
    const attributes = {
      transA: turnA ? 1 : 0,
      transB: turnB ? 1 : 0,
      ...(alpha === 1 ? {} : { alpha: { float: alpha } }),
    };
    return this.op('Gemm', add === undefined ? [a, b] : [a, b, add], [rows, columns], attributes, { type: a.type });
  }

  /** Sums a gradient back to the shape of an operand that was broadcast. */
  unbroadcast(gradient: Tensor, shape: Shape): Tensor {
    const more = gradient.shape.length - shape.length;
    const axes = gradient.shape.flatMap((d, i) => (i < more || (shape[i - more] === 1 && d !== 1) ? [i] : []));
    const summed = axes.length === 0 ? gradient : this.reduce('ReduceSum', gradient, axes);
    return this.reshape(summed, shape);
  }

  // ── gradients ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Puts an operation on the tape. */
  record(out: Tensor, inputs: readonly Tensor[], gradient: Gradient): Tensor {
    // Nodes of the way back carry the label of the way there.
    const { label } = this;
    const labelled: Gradient = (g, way) => {
      const outside = this.label;
      this.label = label;
      try {
        return gradient(g, way);
      } finally {
        this.label = outside;
      }
    };
    this.tape.push({ out, inputs, gradient: labelled });
    return out;
  }

  /** Everything on the tape that depends on one of these. */
  needed(of: readonly Tensor[], tape: readonly Taped[] = this.tape): Set<string> {
    const needed = new Set(of.map((t) => t.name));
    for (const one of tape) if (one.inputs.some((t) => needed.has(t.name))) needed.add(one.out.name);
    return needed;
  }

  /** Walks a tape back from known gradients; gives the gradients by the tensors' names. */
  backward(
    seeds: ReadonlyMap<string, Tensor>,
    needed: ReadonlySet<string>,
    tape: readonly Taped[] = this.tape,
  ): Map<string, Tensor> {
    const found = new Map(seeds);
    for (const one of tape.toReversed()) {
      const out = found.get(one.out.name);
      if (out === undefined || !needed.has(one.out.name)) continue;
      const folded = new Set<number>();
      const gradients = one.gradient(out, {
        needs: (t) => needed.has(t.name),
        fold: (index) => {
          const before = found.get(one.inputs[index]?.name ?? '');
          if (before !== undefined) folded.add(index);
          return before;
        },
      });
      for (const [i, input] of one.inputs.entries()) {
        const gradient = gradients[i];
        if (gradient === null || gradient === undefined || !needed.has(input.name)) continue;
        const before = folded.has(i) ? undefined : found.get(input.name);
        found.set(input.name, before === undefined ? gradient : this.add(before, gradient));
      }
    }
    return found;
  }

  /** d loss / d of each; zeros for what the loss does not depend on. `loss` is one number. */
  gradients(loss: Tensor, of: readonly Tensor[]): Tensor[] {
    const found = this.backward(new Map([[loss.name, this.scalar(1)]]), this.needed(of));
    return of.map((t) => found.get(t.name) ?? this.mul(t, this.scalar(0)));
  }

  // ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** `apart`: outputs are never written where an input lies. */
  toBytes(
    name = 'flowyard',
    metadata: Iterable<readonly [string, string]> = [],
    { apart = false }: { apart?: boolean } = {},
  ): Uint8Array<ArrayBuffer> {
    const value = (t: Tensor) =>
      valueInfoMessage(
        t.name,
        t.type,
        t.shape.map((d) => (isOpen(d) ? 'rows' : d)),
      );
    const outputs = this.outputs.map((t) => t.name);
    const needed = neededNodes(this.nodes, outputs);
    const nodes = apart ? withoutCopies(needed, outputs) : needed;
    const read = new Set(nodes.flatMap((n) => n.inputs));
    const usesMicrosoft = nodes.some((n) => n.domain === microsoftDomain);
    const message = modelMessage({
      name,
      nodes: nodes.map((n) => nodeMessage({ ...n, name: `${n.label}/${n.outputs[0] ?? n.op}` })),
      initializers: this.constants.flatMap((c) =>
        read.has(c.name) ? [tensorMessage(c.name, c.type, c.shape, c.values)] : [],
      ),
      inputs: this.inputs.map(value),
      outputs: this.outputs.map(value),
      producerVersion: '',
      documentation: '',
      operatorSets: [['', this.#opset], ...(usesMicrosoft ? [[microsoftDomain, 1] as const] : [])],
      metadata,
      ...(this.#irVersion === undefined ? {} : { irVersion: this.#irVersion }),
    });
    return joinChunks(message.chunks());
  }
}

export function broadcast(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    return x === 1 ? y : x;
  });
}
