/** A small TensorFlow.js in plain loops: enough kernels to train a network of dense layers, for tests of the seam to the real one. */
import type { Tensorflow, TfTensor } from '../../engine/neural/devices/tensorflow-module.ts';

class Plain implements TfTensor {
  shape: number[];
  dtype: string;
  values: Float32Array;
  disposed = false;
  constructor(values: ArrayLike<number>, shape: number[], dtype = 'float32') {
    this.values = Float32Array.from(values);
    this.shape = shape;
    this.dtype = dtype;
    counts.living += 1;
  }
  data(): Promise<Float32Array | Int32Array> {
    return Promise.resolve(this.dtype === 'float32' ? this.values : Int32Array.from(this.values));
  }
  dispose(): void {
    if (this.disposed) throw new Error('disposed twice');
    this.disposed = true;
    counts.living -= 1;
  }
}
/** Tensors that nobody has disposed of. */
export const counts = { living: 0 };
const of = (t: TfTensor): Plain => {
  if (!(t instanceof Plain) || t.disposed) throw new Error('not a living tensor of this stand-in');
  return t;
};
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
let scope: Plain[] | undefined;
const made = (values: ArrayLike<number>, shape: number[], dtype?: string): Plain => {
  const tensor = new Plain(values, shape, dtype);
  scope?.push(tensor);
  return tensor;
};

const unary =
  (compute: (x: number) => number) =>
  (x: TfTensor): Plain =>
    made(of(x).values.map(compute), x.shape, x.dtype);
const binary =
  (compute: (a: number, b: number) => number, dtype?: string) =>
  (a: TfTensor, b: TfTensor): Plain => {
    const rank = Math.max(a.shape.length, b.shape.length);
    const dim = (t: TfTensor, i: number): number => t.shape[t.shape.length - rank + i] ?? 1;
    const shape = Array.from({ length: rank }, (_, i) => (dim(a, i) === 1 ? dim(b, i) : dim(a, i)));
    const place = (t: TfTensor, index: readonly number[]): number =>
      index.reduce((at, k, i) => at * dim(t, i) + (dim(t, i) === 1 ? 0 : k), 0);
    const values = new Float32Array(size(shape));
    for (let n = 0; n < values.length; n++) {
      const index = unravel(n, shape);
      values[n] = compute(of(a).values[place(a, index)] ?? 0, of(b).values[place(b, index)] ?? 0);
    }
    return made(values, shape, dtype ?? a.dtype);
  };
const reduce =
  (
    from: number,
    compute: (a: number, b: number) => number,
    finish: (sum: number, count: number) => number = (sum) => sum,
  ) =>
  (x: TfTensor, axes: number[], keepDims: boolean): Plain => {
    const kept = x.shape.map((d, i) => (axes.includes(i) ? 1 : d));
    const values = new Float32Array(size(kept)).fill(from);
    const count = axes.reduce((n, axis) => n * (x.shape[axis] ?? 1), 1);
    for (const [n, value] of of(x).values.entries()) {
      const at = unravel(n, x.shape).reduce((sum, k, i) => sum * (kept[i] ?? 1) + (axes.includes(i) ? 0 : k), 0);
      values[at] = compute(values[at] ?? 0, value);
    }
    const shape = keepDims ? kept : x.shape.filter((_, i) => !axes.includes(i));
    return made(
      values.map((v) => finish(v, count)),
      shape,
      x.dtype,
    );
  };
function unravel(n: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  let rest = n;
  for (const dim of shape.toReversed()) {
    index.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  return index;
}
const absent = (name: string) => (): never => {
  throw new Error(`the stand-in has no ${name}`);
};

export const standIn: Tensorflow = {
  version: { 'tfjs-core': 'stand-in' },
  getBackend: () => 'plain',
  tidy: (work) => {
    const outer = scope;
    scope = [];
    const result = work();
    const kept = new Set(Array.isArray(result) ? result : [result]);
    for (const tensor of scope) if (!kept.has(tensor)) tensor.dispose();
    scope = outer;
    return result;
  },
  tensor: (values, shape, dtype) => made(values, shape, dtype),
  clone: unary((x) => x),
  cast: (x, dtype) => made(of(x).values, x.shape, dtype),
  reshape: (x, shape) => made(of(x).values, shape, x.dtype),
  transpose: (x, order) => {
    const shape = order.map((axis) => x.shape[axis] ?? 1);
    const values = new Float32Array(size(shape));
    for (const [n, value] of of(x).values.entries()) {
      const index = unravel(n, x.shape);
      values[order.reduce((at, axis, i) => at * (shape[i] ?? 1) + (index[axis] ?? 0), 0)] = value;
    }
    return made(values, shape, x.dtype);
  },
  gather: (x, indices, axis) => {
    if (axis !== 0) throw new Error('the stand-in gathers rows alone');
    const row = size(x.shape.slice(1));
    const values = [...of(indices).values].flatMap((i) => [...of(x).values.subarray(i * row, (i + 1) * row)]);
    return made(values, [...indices.shape, ...x.shape.slice(1)], x.dtype);
  },
  concat: (tensors) => {
    const values = tensors.flatMap((t) => [...of(t).values]);
    return made(values, [tensors.reduce((n, t) => n + (t.shape[0] ?? 0), 0), ...(tensors[0]?.shape.slice(1) ?? [])]);
  },
  matMul: (a, b, transposeA, transposeB) => {
    const turned = (t: TfTensor, turn: boolean): TfTensor => (turn ? standIn.transpose(t, [1, 0]) : t);
    const [x, y] = [of(turned(a, transposeA)), of(turned(b, transposeB))];
    const [m = 0, k = 0] = x.shape;
    const n = y.shape[1] ?? 0;
    const values = new Float32Array(m * n);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += (x.values[i * k + l] ?? 0) * (y.values[l * n + j] ?? 0);
        values[i * n + j] = sum;
      }
    return made(values, [m, n]);
  },
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  minimum: binary(Math.min),
  maximum: binary(Math.max),
  greater: binary((a, b) => Number(a > b), 'bool'),
  greaterEqual: binary((a, b) => Number(a >= b), 'bool'),
  less: binary((a, b) => Number(a < b), 'bool'),
  equal: binary((a, b) => Number(a === b), 'bool'),
  neg: unary((x) => -x),
  abs: unary(Math.abs),
  sign: unary(Math.sign),
  sqrt: unary(Math.sqrt),
  reciprocal: unary((x) => 1 / x),
  exp: unary(Math.exp),
  log: unary(Math.log),
  relu: unary((x) => Math.max(0, x)),
  elu: unary((x) => (x > 0 ? x : Math.expm1(x))),
  tanh: unary(Math.tanh),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  softplus: unary((x) => Math.log1p(Math.exp(x))),
  leakyRelu: (x, alpha) => unary((v) => (v > 0 ? v : alpha * v))(x),
  sum: reduce(0, (a, b) => a + b),
  mean: reduce(
    0,
    (a, b) => a + b,
    (sum, count) => sum / count,
  ),
  max: reduce(Number.NEGATIVE_INFINITY, Math.max),
  softmax: absent('softmax'),
  stridedSlice: absent('stridedSlice'),
  pad: absent('pad'),
  where: absent('where'),
  conv2d: absent('conv2d'),
  conv2dTranspose: absent('conv2dTranspose'),
  maxPool: absent('maxPool'),
};
