/** Every operator's gradient beside central differences of what onnxruntime computes. */
import { describe, test } from 'vitest';
import { activation } from '../../shared/neural/network.ts';
import { expectSlopes, type GradientCase } from '../../test/support/gradient-case.ts';
import { outOfSight, selfAttention } from './attention.ts';
import { convolveLast, poolBlocksLast } from './channels-last.ts';
import { conv1d, conv2d, gatherPlaces } from './convolution.ts';
import * as d from './differentiable.ts';
import { binaryCrossEntropy, contrast, crossEntropy, distance } from './losses.ts';
import { batchNorm, layerNorm } from './normalization.ts';
import { pool } from './pooling.ts';
import { recurrent } from './recurrent.ts';
import { product, type Tensor, type TensorGraph } from './tensor-graph.ts';

const bounded = { by: 'max', size: 2, stride: 2 } as const;
const conv = { kernel: 3, stride: 1, padding: 'same' } as const;
const cases: GradientCase[] = [
  { name: 'add, broadcast', shapes: [[2, 3], [3]], build: (g, [a, b]) => d.add(g, a!, b!) },
  {
    name: 'subtract, broadcast',
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (g, [a, b]) => d.subtract(g, a!, b!),
  },
  {
    name: 'multiply, broadcast',
    shapes: [
      [1, 3],
      [2, 3],
    ],
    build: (g, [a, b]) => d.multiply(g, a!, b!),
  },
  { name: 'scale', shapes: [[4]], build: (g, [a]) => d.scale(g, a!, -2.5) },
  {
    name: 'reshape and transpose',
    shapes: [[2, 6]],
    build: (g, [a]) => d.transpose(g, d.reshape(g, a!, [2, 3, 2]), [2, 0, 1]),
  },
  {
    name: 'concat',
    shapes: [
      [2, 2],
      [2, 3],
    ],
    build: (g, [a, b]) => d.concat(g, [a!, b!], 1),
  },
  { name: 'slice', shapes: [[3, 5]], build: (g, [a]) => d.slice(g, a!, 1, 1, 4) },
  { name: 'pick', shapes: [[3, 2]], build: (g, [a]) => d.pick(g, a!, 1) },
  {
    name: 'matmul of stacks',
    shapes: [
      [2, 3, 4],
      [2, 4, 2],
    ],
    build: (g, [a, b]) => d.matmul(g, a!, b!),
  },
  { name: 'dense', shapes: [[3, 4], [4, 2], [2]], build: (g, [x, w, b]) => d.dense(g, x!, w!, b!) },
  {
    name: 'dense over a series, no bias',
    shapes: [
      [2, 3, 4],
      [4, 2],
    ],
    build: (g, [x, w]) => d.dense(g, x!, w!),
  },
  { name: 'softmax', shapes: [[2, 4]], build: (g, [a]) => d.softmax(g, a!) },
  { name: 'mean', shapes: [[2, 3, 4]], build: (g, [a]) => d.mean(g, a!, [1]) },
  { name: 'maximum', shapes: [[2, 3, 4]], build: (g, [a]) => d.maximum(g, a!, [1, 2]), spread: true },
  {
    name: 'embed, many rows',
    shapes: [[20, 3]],
    build: (g, [w]) => d.embed(g, w!, g.constant('int32', [2, 2], [3, 19, 3, 0])),
  },
  {
    name: 'embed, a table in parts',
    shapes: [[40, 2]],
    build: (g, [w]) => d.embed(g, w!, g.constant('int32', [4], [39, 0, 3, 39]), 8),
  },
  { name: 'embed, few rows', shapes: [[4, 3]], build: (g, [w]) => d.embed(g, w!, g.constant('int32', [3], [3, 1, 3])) },
  {
    name: 'dropout',
    shapes: [[2, 3]],
    build: (g, [a]) => d.dropout(g, a!, 0.4, g.constant('float', [2, 3], [0.1, 0.9, 0.5, 0.39, 0.41, 0])),
  },
  ...activation.options.map((kind) => ({
    name: kind,
    shapes: [[3, 4]],
    build: (g: TensorGraph, [a]: Tensor[]) => d.activate(g, a!, kind),
    spread: true,
  })),
  {
    name: 'conv2d, same',
    shapes: [[2, 2, 4, 5], [3, 2, 3, 3], [3]],
    build: (g, [x, w, b]) => conv2d(g, x!, w!, b!, conv),
  },
  {
    name: 'conv2d, valid, even kernel, many channels',
    shapes: [
      [1, 9, 4, 4],
      [2, 9, 2, 2],
    ],
    build: (g, [x, w]) => conv2d(g, x!, w!, undefined, { kernel: 2, stride: 1, padding: 'valid' }),
  },
  {
    name: 'conv2d, even kernel, same, many channels',
    shapes: [[2, 8, 3, 3], [2, 8, 2, 2], [2]],
    build: (g, [x, w, b]) => conv2d(g, x!, w!, b!, { kernel: 2, stride: 1, padding: 'same' }),
  },
  {
    name: 'conv2d, stride 2, same',
    shapes: [[1, 2, 5, 6], [2, 2, 3, 3], [2]],
    build: (g, [x, w, b]) => conv2d(g, x!, w!, b!, { ...conv, stride: 2 }),
  },
  {
    name: 'conv2d, stride 3, valid, border left out',
    shapes: [
      [1, 8, 6, 7],
      [2, 8, 2, 2],
    ],
    build: (g, [x, w]) => conv2d(g, x!, w!, undefined, { kernel: 2, stride: 3, padding: 'valid' }),
  },
  {
    name: 'conv2d, too wide for products of all rows side by side',
    shapes: [
      [2, 8, 3, 3],
      [2, 8, 3, 3],
    ],
    build: (g, [x, w]) => conv2d(g, x!, w!, undefined, { ...conv, stackedNumbers: 10 }),
  },
  {
    name: 'channels last: convolution, same, few channels',
    shapes: [[2, 4, 5, 2], [3, 2, 3, 3], [3]],
    build: (g, [x, w, b]) => convolveLast(g, x!, w!, b!, conv),
  },
  {
    name: 'channels last: convolution, even kernel, many channels, few rows at a time',
    shapes: [
      [3, 4, 3, 8],
      [2, 8, 2, 2],
    ],
    build: (g, [x, w]) => convolveLast(g, x!, w!, undefined, { ...conv, kernel: 2, collected: 800 }),
  },
  {
    name: 'channels last: convolution, stride 2, few rows at a time',
    shapes: [[3, 5, 4, 2], [3, 2, 3, 3], [3]],
    build: (g, [x, w, b]) => convolveLast(g, x!, w!, b!, { ...conv, stride: 2, collected: 200 }),
  },
  {
    name: 'channels last: convolution, stride 3, valid, border left out',
    shapes: [
      [1, 6, 6, 2],
      [2, 2, 2, 2],
    ],
    build: (g, [x, w]) => convolveLast(g, x!, w!, undefined, { kernel: 2, stride: 3, padding: 'valid' }),
  },
  {
    name: 'channels last: the largest of blocks of a convolution, border left out',
    shapes: [[2, 5, 4, 8], [2, 8, 3, 3], [2]],
    build: (g, [x, w, b]) => convolveLast(g, x!, w!, b!, { ...conv, pooled: 2 }),
  },
  {
    name: 'channels last: the largest of blocks of a convolution with stride 2',
    shapes: [
      [1, 12, 12, 1],
      [2, 1, 3, 3],
    ],
    build: (g, [x, w]) => convolveLast(g, x!, w!, undefined, { ...conv, stride: 2, pooled: 3 }),
  },
  {
    name: 'channels last: max pool, border left out',
    shapes: [[2, 5, 4, 2]],
    build: (g, [x]) => poolBlocksLast(g, x!, 'max', 2),
    spread: true,
  },
  {
    name: 'channels last: mean pool, border left out',
    shapes: [[2, 5, 7, 2]],
    build: (g, [x]) => poolBlocksLast(g, x!, 'mean', 3),
  },
  { name: 'conv1d, same', shapes: [[2, 5, 2], [6, 3], [3]], build: (g, [x, w, b]) => conv1d(g, x!, w!, b!, conv) },
  {
    name: 'conv1d, stride and dilation',
    shapes: [
      [2, 9, 2],
      [6, 2],
    ],
    build: (g, [x, w]) => conv1d(g, x!, w!, undefined, { kernel: 3, stride: 2, padding: 'same', dilation: 2 }),
  },
  {
    name: 'conv2d, one pixel of one channel of one row',
    shapes: [[1, 1, 1, 1], [2, 1, 3, 3], [2]],
    build: (g, [x, w, b]) => conv2d(g, x!, w!, b!, conv),
  },
  {
    name: 'channels last: convolution, one pixel, stride beyond it',
    shapes: [[1, 1, 1, 1], [2, 1, 2, 2], [2]],
    build: (g, [x, w, b]) => convolveLast(g, x!, w!, b!, { kernel: 2, stride: 3, padding: 'same' }),
  },
  {
    name: 'conv1d, a series of length 1, dilation beyond it',
    shapes: [
      [1, 1, 2],
      [6, 3],
    ],
    build: (g, [x, w]) => conv1d(g, x!, w!, undefined, { kernel: 3, stride: 2, padding: 'same', dilation: 3 }),
  },
  {
    name: 'max pool, stride beyond the size',
    shapes: [[1, 1, 7, 6]],
    build: (g, [x]) => pool(g, x!, { by: 'max', size: 2, stride: 3 }),
    spread: true,
  },
  {
    name: 'mean pool of a series, stride beyond the size',
    shapes: [[1, 8, 1]],
    build: (g, [x]) => pool(g, x!, { by: 'mean', size: 2, stride: 4 }),
  },
  { name: 'gather of places', shapes: [[2, 3, 2]], build: (g, [x]) => gatherPlaces(g, x!, Int32Array.of(0, 3, 2, 0)) },
  { name: 'max pool', shapes: [[2, 2, 4, 4]], build: (g, [x]) => pool(g, x!, bounded), spread: true },
  { name: 'max pool, border left out', shapes: [[1, 2, 5, 5]], build: (g, [x]) => pool(g, x!, bounded), spread: true },
  {
    name: 'max pool, windows that overlap',
    shapes: [[1, 2, 5, 5]],
    build: (g, [x]) => pool(g, x!, { by: 'max', size: 3, stride: 2 }),
    spread: true,
  },
  { name: 'mean pool', shapes: [[1, 2, 5, 4]], build: (g, [x]) => pool(g, x!, { ...bounded, by: 'mean' }) },
  {
    name: 'mean pool, windows that overlap',
    shapes: [[1, 2, 4, 4]],
    build: (g, [x]) => pool(g, x!, { by: 'mean', size: 2, stride: 1 }),
  },
  { name: 'max pool of a series', shapes: [[2, 5, 2]], build: (g, [x]) => pool(g, x!, bounded), spread: true },
  {
    name: 'max pool of a series, windows that overlap',
    shapes: [[2, 5, 2]],
    build: (g, [x]) => pool(g, x!, { by: 'max', size: 3, stride: 1 }),
    spread: true,
  },
  { name: 'mean pool of a series', shapes: [[2, 4, 2]], build: (g, [x]) => pool(g, x!, { ...bounded, by: 'mean' }) },
  { name: 'layer norm', shapes: [[2, 3, 5], [5], [5]], build: (g, [x, w, b]) => layerNorm(g, x!, w!, b!, 1e-5) },
  {
    name: 'batch norm of an image',
    shapes: [[2, 3, 2, 2], [3], [3], [3], [3]],
    build: (g, [x, w, b, m, v]) =>
      batchNorm(g, x!, { w: w!, b: b!, kept: { mean: m!, variance: v! }, epsilon: 1e-3, momentum: 0.1 }).y,
  },
  {
    name: 'batch norm of rows',
    shapes: [[6, 3], [3], [3], [3], [3]],
    build: (g, [x, w, b, m, v]) =>
      batchNorm(g, x!, { w: w!, b: b!, kept: { mean: m!, variance: v! }, epsilon: 1e-3, momentum: 0.1 }).y,
  },
  {
    // Of the statistics that are kept, which no gradient goes to.
    name: 'batch norm of one row',
    shapes: [[1, 3], [3], [3]],
    build: (g, [x, w, b]) =>
      batchNorm(g, x!, {
        w: w!,
        b: b!,
        kept: { mean: g.constant('float', [3], [0.1, -0.4, 2]), variance: g.constant('float', [3], [0.5, 1, 3]) },
        epsilon: 1e-3,
        momentum: 0.1,
      }).y,
  },
  ...[false, true].map((causal) => ({
    name: `attention${causal ? ', causal' : ''}`,
    shapes: [[2, 3, 4], [4, 12], [12], [4, 4], [4]],
    build: (g: TensorGraph, [x, qkv, qkvBias, out, outBias]: Tensor[]) =>
      selfAttention(g, x!, {
        qkv: (t) => d.dense(g, t, qkv!, qkvBias!),
        out: (t) => d.dense(g, t, out!, outBias!),
        heads: 2,
        causal,
        hidden: causal ? undefined : g.constant('float', [2, 1, 1, 3], [0, 0, outOfSight, 0, 0, 0]),
      }),
  })),
  { name: 'length 1', shapes: [[3, 4]], build: (g, [a]) => d.unitLength(g, a!) },
  {
    name: 'dot products of rows',
    shapes: [
      [3, 4],
      [3, 4],
    ],
    build: (g, [a, b]) => d.dotRows(g, a!, b!),
  },
  {
    name: 'contrast of two texts',
    shapes: [
      [3, 4],
      [3, 4],
    ],
    build: (g, [a, b]) =>
      contrast(
        g,
        { first: d.scale(g, a!, 0.1), second: d.scale(g, b!, 0.1) },
        g.constant('float', [3], [0.2, 0.3, 0.5]),
      ),
  },
  ...(['gru', 'lstm'] as const).flatMap((cell) =>
    (['last', 'all'] as const).map((gives) => ({
      name: `${cell}, ${gives}`,
      shapes: [
        [2, 3, 2],
        [2, cell === 'gru' ? 9 : 12],
        [3, cell === 'gru' ? 9 : 12],
        [cell === 'gru' ? 9 : 12],
        [cell === 'gru' ? 9 : 12],
      ],
      build: (g: TensorGraph, [x, input, state, inputBias, stateBias]: Tensor[]) =>
        recurrent(
          g,
          x!,
          { input: input!, state: state!, inputBias: inputBias!, stateBias: stateBias! },
          { cell, gives },
        ),
    })),
  ),
  {
    name: 'cross-entropy',
    shapes: [[3, 4], [3]],
    build: (g, [z, s]) => crossEntropy(g, z!, g.constant('int32', [3], [2, 0, 3]), constantOf(g, s!)),
  },
  {
    name: 'binary cross-entropy',
    shapes: [[3, 2]],
    build: (g, [z]) =>
      binaryCrossEntropy(
        g,
        z!,
        g.constant('float', [3, 2], [0, 1, 1, 1, 0, 0]),
        g.constant('float', [3], [0.2, 0.3, 0.5]),
      ),
  },
  ...(['squared', 'absolute', 'huber'] as const).map((kind) => ({
    name: `${kind} error`,
    shapes: [[3, 2]],
    build: (g: TensorGraph, [y]: Tensor[]) =>
      distance(
        g,
        y!,
        g.constant('float', [3, 2], [0, 0.1, 3, -2, 0.2, 5]),
        g.constant('float', [3], [0.2, 0.3, 0.5]),
        kind,
      ),
    spread: true,
  })),
];
/** Shares are no input of the gradient: fixed ones. */
const constantOf = (g: TensorGraph, t: Tensor): Tensor =>
  g.constant(
    'float',
    t.shape,
    Float32Array.from({ length: product(t.shape) }, (_, i) => 0.2 + 0.1 * i),
  );

describe.each(['cpu', 'gpu'] as const)('in the style of a %s, the gradient is the slope of', (style) => {
  test.each(cases)('$name', (one) => expectSlopes(one, style));
});
