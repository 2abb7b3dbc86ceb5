import { expect, test } from 'vitest';
import { describeNetwork } from '../../../../shared/neural/describe-network.ts';
import { layer, type Layer, type NetworkInput } from '../../../../shared/neural/network.ts';
import {
  afterRemoval,
  insertAfter,
  layerNames,
  moveLayer,
  newLayer,
  removeLayer,
  replaceLayer,
} from './edit-layers.ts';

const dense = (units: number): Layer => layer.parse({ layer: 'dense', units });
const block = (...units: number[]): Layer =>
  layer.parse({ layer: 'residual', layers: units.map((n) => ({ layer: 'dense', units: n })) });
const say = (layers: readonly Layer[]): unknown =>
  layers.map((l) => (l.layer === 'residual' ? say(l.layers) : l.layer === 'dense' ? l.units : l.layer));
const three = [dense(1), block(2, 3), dense(4)];

test('a layer is replaced, removed and put behind another, also inside a block', () => {
  expect(say(replaceLayer(three, { at: 2 }, dense(9)))).toEqual([1, [2, 3], 9]);
  expect(say(replaceLayer(three, { at: 1, inner: 0 }, dense(9)))).toEqual([1, [9, 3], 4]);
  expect(say(removeLayer(three, { at: 1 }))).toEqual([1, 4]);
  expect(say(removeLayer(three, { at: 1, inner: 1 }))).toEqual([1, [2], 4]);
  expect(say(insertAfter(three, { at: -1 }, dense(9)))).toEqual([9, 1, [2, 3], 4]);
  expect(say(insertAfter(three, { at: 1, inner: 0 }, dense(9)))).toEqual([1, [2, 9, 3], 4]);
});
test('a layer moves within its own list and no further than its ends', () => {
  const { layers, place } = moveLayer(three, { at: 0 }, 5);
  expect([say(layers), place]).toEqual([[[2, 3], 4, 1], { at: 2 }]);
  expect(say(moveLayer(three, { at: 1, inner: 1 }, 0).layers)).toEqual([1, [3, 2], 4]);
  expect(say(moveLayer(three, { at: 1, inner: 1 }, 9).layers)).toEqual([1, [2, 3], 4]);
});
test('after a removal the focus is at what took its place', () => {
  expect(afterRemoval(three, { at: 0 })).toEqual({ at: 0 });
  expect(afterRemoval(three, { at: 2 })).toEqual({ at: 1 });
  expect(afterRemoval(three, { at: 1, inner: 1 })).toEqual({ at: 1, inner: 0 });
  expect(afterRemoval([dense(1)], { at: 0 })).toBeUndefined();
});
test('a new layer of any kind can be read, and where its kind fits, it fits', () => {
  const inputs: readonly NetworkInput[] = [
    { kind: 'table', numbers: 7, categories: [] },
    { kind: 'image', channels: 3, height: 9, width: 9 },
    { kind: 'series', length: 12, channels: 6 },
  ];
  const fits = inputs.map((input) => {
    const { shape } = describeNetwork({ input, layers: [], output: { kind: 'classes', count: 2 } }).input;
    return layerNames.filter((name) => {
      const facts = describeNetwork({ input, layers: [newLayer(name, shape)], output: { kind: 'classes', count: 2 } });
      return facts.problem?.layer !== 0;
    });
  });
  const anywhere = ['flatten', 'reshape', 'dropout', 'batch-norm', 'layer-norm', 'activation', 'residual'];
  expect(fits.map((names) => names.toSorted())).toEqual([
    [...anywhere, 'dense'].toSorted(),
    [...anywhere, 'conv2d', 'pool', 'global-pool'].toSorted(),
    [
      ...anywhere,
      'dense',
      'conv1d',
      'pool',
      'global-pool',
      'positional',
      'attention',
      'transformer',
      'recurrent',
    ].toSorted(),
  ]);
});
