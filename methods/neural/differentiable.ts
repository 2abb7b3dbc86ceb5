/** Operators with their gradients, elementwise and of matrices. Each writes its nodes into the graph and puts its way back on the tape. */
import type { Activation } from '../../shared/neural/network.ts';
import { product, type Shape, type Tensor, type TensorGraph } from './tensor-graph.ts';

export function add(g: TensorGraph, a: Tensor, b: Tensor): Tensor {
  return g.record(g.add(a, b), [a, b], (out, { needs }) => [
    needs(a) ? g.unbroadcast(out, a.shape) : null,
    needs(b) ? g.unbroadcast(out, b.shape) : null,
  ]);
}
export function subtract(g: TensorGraph, a: Tensor, b: Tensor): Tensor {
  return g.record(g.sub(a, b), [a, b], (out, { needs }) => [
    g.unbroadcast(out, a.shape),
    needs(b) ? g.unbroadcast(g.unary('Neg', out), b.shape) : null,
  ]);
}
export function multiply(g: TensorGraph, a: Tensor, b: Tensor): Tensor {
  return g.record(g.mul(a, b), [a, b], (out, { needs }) => [
    needs(a) ? g.unbroadcast(g.mul(out, b), a.shape) : null,
    needs(b) ? g.unbroadcast(g.mul(out, a), b.shape) : null,
  ]);
}
export function scale(g: TensorGraph, a: Tensor, factor: number): Tensor {
  return factor === 1 ? a : g.record(g.scale(a, factor), [a], (out) => [g.scale(out, factor)]);
}
export function reshape(g: TensorGraph, a: Tensor, shape: Shape): Tensor {
  const out = g.reshape(a, shape);
  return out === a ? a : g.record(out, [a], (gradient) => [g.reshape(gradient, a.shape)]);
}
export function transpose(g: TensorGraph, a: Tensor, order: readonly number[]): Tensor {
  const back = order.map((_, i) => order.indexOf(i));
  return g.record(g.transpose(a, order), [a], (out) => [g.transpose(out, back)]);
}
export function concat(g: TensorGraph, tensors: readonly Tensor[], axis: number): Tensor {
  if (tensors.length === 1 && tensors[0] !== undefined) return tensors[0];
  return g.record(g.concat(tensors, axis), tensors, (out, { needs }) => {
    let from = 0;
    return tensors.map((t) => {
      const to = from + (t.shape[axis] ?? 0);
      const part = needs(t) ? g.slice(out, axis, from, to) : null;
      from = to;
      return part;
    });
  });
}
/** The part [from, to) of an axis. */
export function slice(g: TensorGraph, a: Tensor, axis: number, from: number, to: number): Tensor {
  const size = a.shape[axis] ?? 0;
  return g.record(g.slice(a, axis, from, to), [a], (out) => {
    const around = a.shape.map((_, i) => (i === axis ? from : 0));
    return [g.pad(out, [...around, ...a.shape.map((_, i) => (i === axis ? size - to : 0))])];
  });
}
/** One place of the first axis, which goes. */
export function pick(g: TensorGraph, a: Tensor, index: number): Tensor {
  return reshape(g, slice(g, a, 0, index, index + 1), a.shape.slice(1));
}

/** Products of stacks of matrices: [.., m, k] × [.., k, n], both with the same stack. */
export function matmul(g: TensorGraph, a: Tensor, b: Tensor): Tensor {
  const turned = (t: Tensor): Tensor => {
    const rank = t.shape.length;
    return g.transpose(t, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2]);
  };
  return g.record(g.matmul(a, b), [a, b], (out, { needs }) => [
    needs(a) ? g.unbroadcast(g.matmul(out, turned(b)), a.shape) : null,
    needs(b) ? g.unbroadcast(g.matmul(turned(a), out), b.shape) : null,
  ]);
}

/** x · w + b over the last axis: x [.., in], w [in, out], b [out]. */
export function dense(g: TensorGraph, x: Tensor, w: Tensor, b?: Tensor): Tensor {
  const [size = 0, units = 0] = w.shape;
  const flat = reshape(g, x, [product(x.shape) / size, size]);
  const inputs = b === undefined ? [flat, w] : [flat, w, b];
  const y = g.record(g.gemm(flat, w, { add: b }), inputs, (out, { needs }) => [
    needs(flat) ? g.gemm(out, w, { turnB: true }) : null,
    needs(w) ? g.gemm(flat, out, { turnA: true }) : null,
    ...(b === undefined ? [] : [needs(b) ? g.reduce('ReduceSum', out, [0]) : null]),
  ]);
  return reshape(g, y, [...x.shape.slice(0, -1), units]);
}

/** Over the last axis. */
export function softmax(g: TensorGraph, a: Tensor): Tensor {
  const p = g.op('Softmax', [a], a.shape, { axis: -1 });
  return g.record(p, [a], (out) => {
    const weighted = g.mul(out, p);
    return [g.sub(weighted, g.mul(p, g.reduce('ReduceSum', weighted, [a.shape.length - 1], true)))];
  });
}

/** Each row brought to length 1: [.., D]. */
export function unitLength(g: TensorGraph, a: Tensor): Tensor {
  const axis = a.shape.length - 1;
  const sum = (t: Tensor): Tensor => g.reduce('ReduceSum', t, [axis], true);
  // A row of zeros has no direction; what is added keeps it from becoming no number and is lost beside any other.
  const length = g.unary('Sqrt', g.add(sum(g.mul(a, a)), g.scalar(1e-24)));
  const y = g.div(a, length);
  return g.record(y, [a], (out) => [g.div(g.sub(out, g.mul(y, sum(g.mul(out, y)))), length)]);
}
/** Dot products row by row: [n, D] twice → [n, 1]. */
export function dotRows(g: TensorGraph, a: Tensor, b: Tensor): Tensor {
  const y = g.reduce('ReduceSum', g.mul(a, b), [a.shape.length - 1], true);
  return g.record(y, [a, b], (out) => [g.mul(out, b), g.mul(out, a)]);
}

/** Mean over axes, which go. */
export function mean(g: TensorGraph, a: Tensor, axes: readonly number[]): Tensor {
  const count = axes.reduce((n, axis) => n * (a.shape[axis] ?? 1), 1);
  const kept = a.shape.map((d, i) => (axes.includes(i) ? 1 : d));
  return g.record(g.reduce('ReduceMean', a, axes), [a], (out) => [
    g.mul(g.reshape(g.scale(out, 1 / count), kept), ones(g, a.shape.slice(1))),
  ]);
}
/** Maximum over axes, which go; equal largest values share the gradient. */
export function maximum(g: TensorGraph, a: Tensor, axes: readonly number[]): Tensor {
  const kept = a.shape.map((d, i) => (axes.includes(i) ? 1 : d));
  const most = g.reduce('ReduceMax', a, axes);
  return g.record(most, [a], (out) => {
    const is = g.cast(g.compare('Equal', a, g.reshape(most, kept)), 'float');
    return [g.mul(is, g.div(g.reshape(out, kept), g.reduce('ReduceSum', is, axes, true)))];
  });
}
/** Ones without the first axis, for broadcasting to a full shape. */
const ones = (g: TensorGraph, shape: Shape): Tensor =>
  g.constant('float', shape, new Float32Array(product(shape)).fill(1));

/** Numbers of a one-hot form that graphics processors make at a time: many bind no more than 128 MB. */
const oneHotAtOnce = 16_000_000;

/** Rows of a table by their numbers: table [count, size], indices [..] → [.., size]. */
export function embed(g: TensorGraph, table: Tensor, indices: Tensor, atOnce = oneHotAtOnce): Tensor {
  const [count = 0, size = 0] = table.shape;
  const n = product(indices.shape);
  return g.record(g.gather(table, indices), [table], (out) => {
    const rows = g.reshape(out, [n, size]);
    const flat = g.reshape(indices, [n]);
    return [
      g.style === 'cpu' && count > 16 ? scatterRows(g, flat, rows, table) : sumRows(g, flat, rows, count, atOnce),
    ];
  });
}
/** The same as a product with the one-hot form, so much of the table at a time. */
function sumRows(g: TensorGraph, indices: Tensor, rows: Tensor, count: number, atOnce: number): Tensor {
  const step = Math.max(1, Math.floor(atOnce / product(indices.shape)));
  const parts: Tensor[] = [];
  for (let from = 0; from < count; from += step)
    parts.push(g.gemm(oneHot(g, indices, Math.min(step, count - from), from), rows, { turnA: true }));
  return joined(g, parts);
}
/** One below the other, eight at a time: a graphics processor binds few buffers at once. */
function joined(g: TensorGraph, parts: readonly Tensor[]): Tensor {
  if (parts.length <= 8) return g.concat(parts, 0);
  const groups: Tensor[] = [];
  for (let i = 0; i < parts.length; i += 8) groups.push(g.concat(parts.slice(i, i + 8), 0));
  return joined(g, groups);
}
/** Adds each row to its place among zeros; one after the other, so that the sum is the same each time. */
function scatterRows(g: TensorGraph, indices: Tensor, rows: Tensor, table: Tensor): Tensor {
  const [n = 0, size = 0] = rows.shape;
  const zeros = g.mul(table, g.scalar(0));
  const spread = g.op('Expand', [g.reshape(indices, [n, 1]), g.ints([n, size])], [n, size], {}, { type: indices.type });
  return g.op('ScatterElements', [zeros, spread, rows], table.shape, { axis: 0, reduction: 'add' });
}
/** [n] → [n, count] of 0 and 1, for the numbers from `from` on. */
export function oneHot(g: TensorGraph, indices: Tensor, count: number, from = 0): Tensor {
  const n = product(indices.shape);
  const range = g.constant(
    'int32',
    [1, count],
    Int32Array.from({ length: count }, (_, i) => from + i),
  );
  return g.cast(g.compare('Equal', g.reshape(indices, [n, 1]), range), 'float');
}

/** Keeps each number with the chance 1 − rate, and makes it so much larger; `noise` is uniform in [0, 1) and has the shape of x. */
export function dropout(g: TensorGraph, x: Tensor, rate: number, noise: Tensor): Tensor {
  const kept = g.scale(g.cast(g.compare('GreaterOrEqual', noise, g.scalar(rate)), 'float'), 1 / (1 - rate));
  return g.record(g.mul(x, kept), [x], (out) => [g.mul(out, kept)]);
}

/** GELU is the tanh form (Hendrycks and Gimpel 2016) or exact, SiLU x · sigmoid(x); leaky ReLU has the slope 0.01, ELU α = 1. */
export function activate(g: TensorGraph, x: Tensor, kind: Activation): Tensor {
  switch (kind) {
    case 'none':
      return x;
    case 'relu':
      return relu(g, x);
    case 'leaky-relu':
      return piecewise(g, x, g.op('LeakyRelu', [x], x.shape, { alpha: { float: 0.01 } }), () => g.scalar(0.01));
    case 'elu': {
      const y = g.unary('Elu', x);
      return piecewise(g, x, y, () => g.add(y, g.scalar(1)));
    }
    case 'tanh': {
      const y = g.unary('Tanh', x);
      return g.record(y, [x], (out) => [g.mul(out, g.sub(g.scalar(1), g.mul(y, y)))]);
    }
    case 'sigmoid': {
      const y = g.unary('Sigmoid', x);
      return g.record(y, [x], (out) => [g.mul(out, g.mul(y, g.sub(g.scalar(1), y)))]);
    }
    case 'softplus':
      return g.record(g.unary('Softplus', x), [x], (out) => [g.mul(out, g.unary('Sigmoid', x))]);
    case 'silu':
      return gated(g, x, x, () => null);
    case 'gelu':
      return gelu(g, x);
    case 'gelu-exact':
      return geluExact(g, x);
  }
}
function relu(g: TensorGraph, x: Tensor): Tensor {
  const y = g.unary('Relu', x);
  // A product is several times as quick as Where.
  return g.record(y, [x], (out) => [g.mul(out, g.cast(g.compare('Greater', y, g.scalar(0)), 'float'))]);
}
/** Slope 1 above 0 and another below. */
function piecewise(g: TensorGraph, x: Tensor, y: Tensor, slope: () => Tensor): Tensor {
  return g.record(y, [x], (out) => [g.where(g.compare('Greater', x, g.scalar(0)), out, g.mul(out, slope()))]);
}
/** x · sigmoid(u); `slope` is du / dx where u is not x itself. */
function gated(g: TensorGraph, x: Tensor, u: Tensor, slope: () => Tensor | null): Tensor {
  const s = g.unary('Sigmoid', u);
  const y = g.mul(x, s);
  return g.record(y, [x], (out) => {
    const inner = slope();
    const bend = g.mul(y, g.sub(g.scalar(1), s));
    return [g.mul(out, g.add(s, inner === null ? bend : g.mul(bend, inner)))];
  });
}
const geluA = 2 * Math.sqrt(2 / Math.PI);
const geluB = geluA * 0.044715;
/** 0.5 x (1 + tanh(u / 2)) = x · sigmoid(u) with u = √(8/π) (x + 0.044715 x³). */
function gelu(g: TensorGraph, x: Tensor): Tensor {
  const square = g.mul(x, x);
  const u = g.mul(x, g.add(g.scale(square, geluB), g.scalar(geluA)));
  return gated(g, x, u, () => g.add(g.scale(square, 3 * geluB), g.scalar(geluA)));
}
/** x · Φ(x), Φ of the normal distribution; its slope is Φ(x) + x · φ(x). */
function geluExact(g: TensorGraph, x: Tensor): Tensor {
  const half = g.scale(g.unary('Erf', g.scale(x, Math.SQRT1_2)), 0.5);
  const below = g.add(half, g.scalar(0.5));
  return g.record(g.mul(x, below), [x], (out) => {
    const density = g.scale(g.unary('Exp', g.scale(g.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return [g.mul(out, g.add(below, g.mul(x, density)))];
  });
}
