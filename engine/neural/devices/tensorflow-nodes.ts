/** ONNX operators by the kernels of TensorFlow.js: those that the graphs of `methods/neural` are made of. */
import { fail } from '../../../shared/errors.ts';
import { elementType, type GraphAttribute } from '../../../methods/onnx/messages.ts';
import type { GraphNode } from '../../../methods/neural/tensor-graph.ts';
import type { Tensorflow, TfTensor } from './tensorflow-module.ts';

/** What has been computed, by name; of constants also the values, which shapes and axes are read from. */
export type Known = Map<string, { tensor: TfTensor; host?: readonly number[] }>;

interface Call {
  tf: Tensorflow;
  node: GraphNode;
  /** The tensor of an input. */
  at: (index: number) => TfTensor;
  has: (index: number) => boolean;
  /** The values of an input that is a constant. */
  ints: (index: number) => number[];
  int: (name: string, otherwise: number) => number;
  list: (name: string, otherwise: readonly number[]) => number[];
  float: (name: string, otherwise: number) => number;
}

export function computeNode(tf: Tensorflow, node: GraphNode, known: Known): void {
  const compute = operators[node.op];
  if (compute === undefined)
    throw fail('neural.no-operator', {
      message: `TensorFlow.js has no form of ${node.op}, which ${node.label === '' ? 'the network' : `layer ${node.label}`} needs.`,
      mend: 'Leave FLOWYARD_NEURAL_BACKEND out: onnxruntime has it.',
      facts: { operator: node.op },
    });
  const [output = ''] = node.outputs;
  known.set(output, { tensor: compute(callOf(tf, node, known)) });
}

function callOf(tf: Tensorflow, node: GraphNode, known: Known): Call {
  const find = (index: number) => {
    const name = node.inputs[index] ?? '';
    const found = known.get(name);
    if (found === undefined) throw new Error(`${node.op} reads ${name}, which is not there`);
    return found;
  };
  const { attributes } = node;
  return {
    tf,
    node,
    at: (index) => find(index).tensor,
    has: (index) => (node.inputs[index] ?? '') !== '',
    ints: (index) => [...(find(index).host ?? [])],
    int: (name, otherwise) => Number(attributes[name] ?? otherwise),
    list: (name, otherwise) => numbersOf(attributes[name]) ?? [...otherwise],
    float: (name, otherwise) => {
      const given = attributes[name];
      return typeof given === 'object' && 'float' in given ? given.float : otherwise;
    },
  };
}
const numbersOf = (given: GraphAttribute | undefined): number[] | undefined =>
  Array.isArray(given) ? given.map(Number) : undefined;

const unary =
  (
    name:
      | 'neg'
      | 'abs'
      | 'sign'
      | 'sqrt'
      | 'reciprocal'
      | 'exp'
      | 'log'
      | 'relu'
      | 'elu'
      | 'tanh'
      | 'sigmoid'
      | 'softplus'
      | 'clone'
      | 'softmax',
  ) =>
  ({ tf, at }: Call): TfTensor =>
    tf[name](at(0));
const binary =
  (name: 'add' | 'sub' | 'mul' | 'div' | 'minimum' | 'maximum' | 'greater' | 'greaterEqual' | 'less' | 'equal') =>
  ({ tf, at }: Call): TfTensor =>
    tf[name](at(0), at(1));
const reduce =
  (name: 'sum' | 'mean' | 'max', before: (tf: Tensorflow, x: TfTensor) => TfTensor = (_, x) => x) =>
  ({ tf, at, ints, int }: Call): TfTensor =>
    tf[name](before(tf, at(0)), ints(1), int('keepdims', 1) === 1);

const operators: Readonly<Record<string, (call: Call) => TfTensor>> = {
  Identity: unary('clone'),
  Neg: unary('neg'),
  Abs: unary('abs'),
  Sign: unary('sign'),
  Sqrt: unary('sqrt'),
  Reciprocal: unary('reciprocal'),
  Exp: unary('exp'),
  Log: unary('log'),
  Relu: unary('relu'),
  Elu: unary('elu'),
  Tanh: unary('tanh'),
  Sigmoid: unary('sigmoid'),
  Softplus: unary('softplus'),
  Softmax: unary('softmax'),
  Add: binary('add'),
  Sub: binary('sub'),
  Mul: binary('mul'),
  Div: binary('div'),
  Min: binary('minimum'),
  Max: binary('maximum'),
  Greater: binary('greater'),
  GreaterOrEqual: binary('greaterEqual'),
  Less: binary('less'),
  Equal: binary('equal'),
  ReduceSum: reduce('sum'),
  ReduceMean: reduce('mean'),
  ReduceMax: reduce('max'),
  ReduceSumSquare: reduce('sum', (tf, x) => tf.mul(x, x)),
  LeakyRelu: ({ tf, at, float }) => tf.leakyRelu(at(0), float('alpha', 0.01)),
  Where: ({ tf, at }) => tf.where(at(0), at(1), at(2)),
  Cast: ({ tf, at, int }) => tf.cast(at(0), typeNames.get(int('to', 1)) ?? 'float32'),
  Reshape: ({ tf, at, ints }) => tf.reshape(at(0), ints(1)),
  Transpose: ({ tf, at, list }) => tf.transpose(at(0), list('perm', [])),
  Gather: ({ tf, at, int }) => tf.gather(at(0), tf.cast(at(1), 'int32'), int('axis', 0)),
  Concat: ({ tf, node, at, int }) =>
    tf.concat(
      node.inputs.map((_, i) => at(i)),
      int('axis', 0),
    ),
  Slice: slice,
  Pad: ({ tf, at, ints }) => {
    const pads = ints(1);
    return tf.pad(
      at(0),
      at(0).shape.map((_, i) => [pads[i] ?? 0, pads[i + pads.length / 2] ?? 0]),
    );
  },
  MatMul: ({ tf, at }) => tf.matMul(at(0), at(1), false, false),
  Gemm: ({ tf, at, has, int, float }) => {
    const made = tf.matMul(at(0), at(1), int('transA', 0) === 1, int('transB', 0) === 1);
    const alpha = float('alpha', 1);
    const scaled = alpha === 1 ? made : tf.mul(made, tf.tensor(Float32Array.of(alpha), [], 'float32'));
    return has(2) ? tf.add(scaled, at(2)) : scaled;
  },
  LayerNormalization: layerNormalization,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  MaxPool: ({ tf, at, list }) =>
    toChannelsFirst(tf, tf.maxPool(toChannelsLast(tf, at(0)), list('kernel_shape', []), list('strides', []), 'valid')),
};
const typeNames = new Map([
  [elementType('float'), 'float32'],
  [elementType('int32'), 'int32'],
  [elementType('int64'), 'int32'],
  [elementType('bool'), 'bool'],
] as const);

function slice({ tf, at, has, ints }: Call): TfTensor {
  const { shape } = at(0);
  const [begin, end, strides] = [shape.map(() => 0), [...shape], shape.map(() => 1)];
  const [from, to, axes] = [ints(1), ints(2), ints(3)];
  const steps = has(4) ? ints(4) : axes.map(() => 1);
  for (const [i, axis] of axes.entries()) {
    begin[axis] = from[i] ?? 0;
    end[axis] = Math.min(to[i] ?? 0, shape[axis] ?? 0);
    strides[axis] = steps[i] ?? 1;
  }
  return tf.stridedSlice(at(0), begin, end, strides);
}

function layerNormalization({ tf, at, float }: Call): TfTensor {
  const last = [at(0).shape.length - 1];
  const centred = tf.sub(at(0), tf.mean(at(0), last, true));
  const variance = tf.mean(tf.mul(centred, centred), last, true);
  const epsilon = tf.tensor(Float32Array.of(float('epsilon', 1e-5)), [], 'float32');
  return tf.add(tf.mul(tf.div(centred, tf.sqrt(tf.add(variance, epsilon))), at(1)), at(2));
}

const toChannelsLast = (tf: Tensorflow, x: TfTensor): TfTensor => tf.transpose(x, [0, 2, 3, 1]);
const toChannelsFirst = (tf: Tensorflow, x: TfTensor): TfTensor => tf.transpose(x, [0, 3, 1, 2]);

function convolution({ tf, at, has, list }: Call): TfTensor {
  const [top = 0, left = 0, bottom = 0, right = 0] = list('pads', []);
  const padded = tf.pad(toChannelsLast(tf, at(0)), [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const y = tf.conv2d(padded, tf.transpose(at(1), [2, 3, 1, 0]), list('strides', [1, 1]), 'valid');
  return toChannelsFirst(tf, has(2) ? tf.add(y, at(2)) : y);
}

function transposedConvolution({ tf, at, list }: Call): TfTensor {
  const x = toChannelsLast(tf, at(0));
  const [rows = 0, high = 0, wide = 0] = x.shape;
  const [, channels = 0, height = 0, width = 0] = at(1).shape;
  const [down = 1, across = 1] = list('strides', [1, 1]);
  const [top = 0, left = 0, bottom = 0, right = 0] = list('pads', []);
  const [moreDown = 0, moreAcross = 0] = list('output_padding', [0, 0]);
  const full = [(high - 1) * down + height, (wide - 1) * across + width] as const;
  const shape = [rows, full[0], full[1], channels];
  const y = tf.conv2dTranspose(x, tf.transpose(at(1), [2, 3, 1, 0]), shape, [down, across], 'valid');
  const grown = tf.pad(y, [
    [0, 0],
    [0, moreDown],
    [0, moreAcross],
    [0, 0],
  ]);
  const end = [rows, full[0] + moreDown - bottom, full[1] + moreAcross - right, channels];
  return toChannelsFirst(tf, tf.stridedSlice(grown, [0, top, left, 0], end, [1, 1, 1, 1]));
}
