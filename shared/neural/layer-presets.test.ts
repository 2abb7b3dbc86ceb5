import { describe, expect, test } from 'vitest';
import { describeNetwork } from './describe-network.ts';
import { layersSetting, presetsFor, resolveLayers, takenOf, type TakesInput } from './layer-presets.ts';
import type { NetworkInput, NetworkOutput } from './network.ts';

const classes: NetworkOutput = { kind: 'classes', count: 3 };
const again: NetworkOutput = { kind: 'input-again', loss: 'squared' };
const image = (side: number, channels = 1): NetworkInput => ({ kind: 'image', channels, height: side, width: side });
const table = (numbers: number): NetworkInput => ({ kind: 'table', numbers, categories: [] });
const inputs: readonly [TakesInput, NetworkInput][] = [
  ...[1, 4, 300].map((n): [TakesInput, NetworkInput] => ['table', table(n)]),
  ['table', { kind: 'table', numbers: 0, categories: [{ name: 'town', count: 9, size: 4 }] }],
  ...[1, 2, 5, 8, 28, 224].map((side): [TakesInput, NetworkInput] => ['image', image(side, side > 28 ? 3 : 1)]),
  ...[1, 7, 128].map((length): [TakesInput, NetworkInput] => ['series', { kind: 'series', length, channels: 2 }]),
  ...[1, 64].map((length): [TakesInput, NetworkInput] => ['tokens', { kind: 'tokens', length, vocabulary: 500 }]),
  ...[1, 2, 3, 64].map((n): [TakesInput, NetworkInput] => ['again', table(n)]),
  ['again', image(8)],
];

describe('presets', () => {
  test.each(inputs)('of %s fit %j', (takes, input) => {
    for (const { id } of presetsFor(takes)) {
      const layers = resolveLayers({ preset: id }, takes, input);
      const { problem, head } = describeNetwork({ input, layers, output: takes === 'again' ? again : classes });
      expect({ id, problem, hasHead: head !== undefined }).toEqual({ id, problem: undefined, hasHead: true });
    }
  });
  test('of series stand there where a network that takes texts is told to take series', () => {
    const takes = takenOf('tokens', { kind: 'series', length: 7, channels: 2 });
    expect(presetsFor(takes).map(({ id }) => id)).toContain('recurrent');
    expect(takenOf('tokens', { kind: 'tokens', length: 7, vocabulary: 9 })).toBe('tokens');
  });
  test('one that is not known any more is the first', () => {
    expect(resolveLayers({ preset: 'gone' }, 'table', table(2))).toEqual(
      resolveLayers({ preset: 'small' }, 'table', table(2)),
    );
  });
  test('a list of one’s own is taken as it is', () => {
    const layers = layersSetting.parse({ layers: [{ layer: 'dense', units: 3 }] });
    expect(resolveLayers(layers, 'table', table(2))).toEqual([
      { layer: 'dense', units: 3, bias: true, activation: 'none' },
    ]);
  });
});
