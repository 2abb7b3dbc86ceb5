/** The two layouts of a map are two ways to one training: held against each other layer by layer. */
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { network as networkSchema, type Network } from '../../shared/neural/network.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { convolveLast, poolBlocksLast } from './channels-last.ts';
import { beginWeights } from './parameters.ts';
import { buildStep } from './step-graph.ts';
import { product, TensorGraph } from './tensor-graph.ts';

const image = { kind: 'image', channels: 3, height: 9, width: 8 };
const made = (layers: readonly unknown[], output: unknown = { kind: 'classes', count: 3 }): Network =>
  networkSchema.parse({ input: image, layers, output });
const networks: readonly (readonly [string, Network])[] = [
  [
    'convolutions, pools of every kind, dropout of maps',
    made([
      { layer: 'conv2d', filters: 8, activation: 'relu' },
      { layer: 'pool', size: 2 },
      { layer: 'dropout', rate: 0.3 },
      { layer: 'conv2d', filters: 9, kernel: 2, stride: 2, activation: 'gelu' },
      { layer: 'pool', size: 2, stride: 1, by: 'max' },
      { layer: 'flatten' },
    ]),
  ],
  [
    'residual blocks with batch and layer normalisation',
    made([
      { layer: 'conv2d', filters: 8, activation: 'tanh' },
      { layer: 'layer-norm' },
      {
        layer: 'residual',
        layers: [
          { layer: 'conv2d', filters: 8, bias: false },
          { layer: 'batch-norm' },
          { layer: 'activation', activation: 'elu' },
        ],
      },
      { layer: 'pool', by: 'mean', size: 3 },
      { layer: 'global-pool' },
    ]),
  ],
  [
    'an autoencoder that ends in a map',
    made(
      [
        { layer: 'conv2d', filters: 4 },
        { layer: 'flatten' },
        { layer: 'dense', units: 216 },
        { layer: 'reshape', shape: [3, 9, 8] },
      ],
      {
        kind: 'input-again',
        loss: 'squared',
      },
    ),
  ],
];

test.each(networks)('%s: a step gives the same with channels first and last', async (_, network) => {
  const [first, last] = await Promise.all([stepOf(network, 'gpu'), stepOf(network, 'cpu')]);
  expect([...last.keys()]).toEqual([...first.keys()]);
  for (const [name, values] of first) {
    const other = last.get(name) ?? [];
    const size = Math.max(1e-3, ...values.map(Math.abs));
    const off = Math.max(...values.map((v, i) => Math.abs(v - (other[i] ?? Number.NaN)))) / size;
    expect({ name, off: off < 1e-4 ? 0 : off }).toEqual({ name, off: 0 });
  }
});

/** What one step of gradient descent makes of the state. */
async function stepOf(network: Network, style: 'cpu' | 'gpu'): Promise<Map<string, number[]>> {
  const rows = 4;
  const settings = trainingSettings.parse({ optimizer: 'sgd', momentum: 0, batchSize: rows });
  const { graph } = buildStep(network, { count: rows }, settings, { style, feeding: 'step', batch: rows });
  const random = randomGenerator('channels');
  const known = new Map(beginWeights(network, 3).map((w) => [w.name, w.values]));
  const session = await InferenceSession.create(graph.toBytes(), { logSeverityLevel: 3 });
  const feeds = graph.inputs.map(({ name, shape, type }) => {
    const values = Array.from({ length: product(shape) }, (_, i) => {
      if (name === 'index') return i;
      if (type === 'int32') return i % 3;
      return name === 'noise' ? random.nextFloat() : random.nextNormal();
    });
    if (type === 'int32') return [name, new OrtTensor('int32', Int32Array.from(values), shape)] as const;
    const own = name === 'weights' ? new Float32Array(rows).fill(1) : name === 'rate' ? Float32Array.of(1) : undefined;
    return [name, new OrtTensor('float32', known.get(name) ?? own ?? Float32Array.from(values), shape)] as const;
  });
  const given = await session.run(Object.fromEntries(feeds));
  await session.release();
  return new Map(Object.entries(given).map(([name, t]) => [name, Array.from(t.data as Float32Array)]));
}

test('of equal largest places the first of a block has the gradient, whether a convolution comes before or not', async () => {
  const g = new TensorGraph({ style: 'cpu' });
  const x = g.input('x', [1, 2, 4, 1]);
  const kernel = g.constant('float', [1, 1, 1, 1], [1]);
  const ways = [
    poolBlocksLast(g, x, 'max', 2),
    convolveLast(g, x, kernel, undefined, { kernel: 1, stride: 1, padding: 'valid', pooled: 2 }),
  ];
  ways.forEach((y, i) => {
    const found = g.backward(new Map([[y.name, g.constant('float', [1, 1, 2, 1], [5, 7])]]), g.needed([x]), g.tape);
    const gradient = found.get('x');
    if (gradient !== undefined) g.output(`gradient ${i}`, gradient);
  });
  const session = await InferenceSession.create(g.toBytes(), { logSeverityLevel: 3 });
  const given = await session.run({
    x: new OrtTensor('float32', Float32Array.of(1, 1, 0, 2, 1, 1, 2, 2), [1, 2, 4, 1]),
  });
  for (const i of ways.keys())
    expect(Array.from(given[`gradient ${i}`]?.data as Float32Array)).toEqual([5, 0, 0, 7, 0, 0, 0, 0]);
  await session.release();
});
