import { describe, expect, test } from 'vitest';
import { describeNetwork } from './describe-network.ts';
import { network, type Network } from './network.ts';

const image = { kind: 'image', channels: 1, height: 28, width: 28 } as const;
const tokens = { kind: 'tokens', length: 64, vocabulary: 1000 } as const;
const ten = { kind: 'classes', count: 10 } as const;
const made = (input: unknown, layers: readonly unknown[], output: unknown = ten): Network =>
  network.parse({ input, layers, output });
const shapes = (n: Network) => describeNetwork(n).layers.map((l) => l.shape.join('×'));

describe('what layers give', () => {
  test('a small convolutional network has the shapes and the parameters that PyTorch counts', () => {
    const net = made(image, [
      { layer: 'conv2d', filters: 32, activation: 'relu' },
      { layer: 'pool' },
      { layer: 'conv2d', filters: 64, activation: 'relu' },
      { layer: 'pool' },
      { layer: 'flatten' },
      { layer: 'dense', units: 128, activation: 'relu' },
    ]);
    expect(shapes(net)).toEqual(['32×28×28', '32×14×14', '64×14×14', '64×7×7', '3136', '128']);
    expect(describeNetwork(net).parameters).toBe(320 + 18_496 + 401_536 + 1290);
  });
  test('a transformer over tokens counts what PyTorch counts', () => {
    const net = made(
      tokens,
      [
        { layer: 'embedding', size: 128 },
        { layer: 'positional' },
        { layer: 'transformer', heads: 4 },
        { layer: 'transformer', heads: 4 },
        { layer: 'layer-norm' },
        { layer: 'global-pool' },
      ],
      { kind: 'classes', count: 4 },
    );
    const block = 12 * 128 * 128 + 13 * 128;
    expect(describeNetwork(net).parameters).toBe(1000 * 128 + 64 * 128 + 2 * block + 256 + 128 * 4 + 4);
  });
  test('categories of a table are put behind its numbers', () => {
    const net = made({ kind: 'table', numbers: 3, categories: [{ name: 'town', count: 9, size: 4 }] }, []);
    expect(describeNetwork(net)).toMatchObject({ input: { shape: [7], parameters: 36 }, head: { parameters: 80 } });
  });
  test('an autoencoder whose last layer has the size of the input needs no head', () => {
    const again = { kind: 'input-again' };
    const flat = { kind: 'table', numbers: 8 };
    const heads = (units: number) => describeNetwork(made(flat, [{ layer: 'dense', units }], again)).head?.parameters;
    expect([heads(8), heads(3)]).toEqual([0, 32]);
  });
});

describe('why a layer does not fit', () => {
  const problemOf = (net: Network) => describeNetwork(net).problem;
  test('a pool larger than what is left of the image', () => {
    const net = made(image, [
      { layer: 'pool', size: 14 },
      { layer: 'pool', size: 3 },
    ]);
    expect(problemOf(net)).toEqual({
      layer: 1,
      by: 'size',
      message: 'A pool of 3 does not fit into 2.',
      mend: 'Pool less often, or with a smaller size.',
    });
  });
  test('dense on an image', () => {
    expect(problemOf(made(image, [{ layer: 'dense', units: 3 }]))).toMatchObject({
      by: 'kind',
      message: 'Dense takes a row of numbers or a series, and gets an image (1 × 28 × 28).',
    });
  });
  test('a residual layer whose ways cannot be added names the inner layer or the shapes', () => {
    const inner = [
      { layer: 'conv2d', filters: 4 },
      { layer: 'dense', units: 3 },
    ];
    expect(problemOf(made(image, [{ layer: 'residual', layers: inner }]))).toMatchObject({ layer: 0, inner: 1 });
    expect(problemOf(made(image, [{ layer: 'residual', layers: inner.slice(0, 1) }]))?.message).toBe(
      'The way through gives 4 × 28 × 28 and the way around 1 × 28 × 28: they cannot be added.',
    );
  });
  test('filling that is no more where the tokens were, or was never there', () => {
    const masked = { layer: 'transformer', heads: 2, masked: true };
    const shorter = [{ layer: 'embedding', size: 8 }, { layer: 'pool' }, masked, { layer: 'global-pool' }];
    expect(problemOf(made(tokens, shorter))).toMatchObject({
      layer: 2,
      message: 'The text has 64 places and the layer before gives 32 × 8: where filling is cannot be told any more.',
    });
    const series = { kind: 'series', length: 9, channels: 4 };
    expect(problemOf(made(series, [{ layer: 'global-pool', masked: true }]))?.message).toBe(
      'Only a text has filling that can be left out.',
    );
  });
  test('two texts without a comparison', () => {
    const two = { ...tokens, texts: 2 };
    const layers = [{ layer: 'embedding', size: 8 }, { layer: 'global-pool' }];
    expect(problemOf(made(two, layers))?.message).toBe('Two texts are compared, one text is not.');
    expect(describeNetwork(made(two, layers, { kind: 'similarity' }))).toMatchObject({ head: { parameters: 0 } });
  });
  test('heads that do not divide the channels, one class alone, and nothing at all', () => {
    const attention = [{ layer: 'embedding', size: 10 }, { layer: 'attention', heads: 4 }, { layer: 'global-pool' }];
    expect(problemOf(made(tokens, attention))?.message).toBe('10 channels cannot be shared by 4 heads.');
    expect(problemOf(made(image, [{ layer: 'flatten' }], { kind: 'classes', count: 1 }))?.layer).toBeNull();
    expect(problemOf(made({ kind: 'table', numbers: 0 }, []))?.message).toBe('Nothing goes into this network.');
  });
});
