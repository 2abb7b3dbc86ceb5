import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { doubleColumn, numbersOf, runGraph, textColumn } from '../../test/support/run-graph.ts';
import { graphBuilder } from './graph-builder.ts';
import {
  castTo,
  clipNumber,
  fillMissingNumber,
  fillMissingText,
  missingFlag,
  oneHotNumber,
  oneHotText,
  ordinalNumber,
  ordinalText,
  scaleNumber,
} from './prepare.ts';

describe('preparation steps in onnxruntime', () => {
  test('numbers: fill, flag, scale, clip', async () => {
    const g = graphBuilder();
    const x = g.input('x', 'double');
    g.output('filled', fillMissingNumber(g, x, 4.5), 'double');
    g.output('flag', missingFlag(g, x), 'double');
    g.output('scaled', scaleNumber(g, x, 0.1, 3), 'double');
    g.output('clipped', clipNumber(g, x, -1, 1), 'double');
    const values = [1, NaN, -7, 2 ** 53, 1e300];
    const got = await runGraph(g, { x: doubleColumn(values) });
    expect(numbersOf(got, 'filled')).toEqual([1, 4.5, -7, 2 ** 53, 1e300]);
    expect(numbersOf(got, 'flag')).toEqual([0, 1, 0, 0, 0]);
    expect(numbersOf(got, 'scaled')).toEqual(values.map((value) => (value - 0.1) / 3));
    expect(numbersOf(got, 'clipped')).toEqual([1, NaN, -1, 1, 1]);
  });

  test('categories: one-hot and ordinal, with missing, unseen and unicode values', async () => {
    const g = graphBuilder();
    const city = g.input('city', 'string');
    const filled = fillMissingText(g, city, g.apply('Equal', [city, g.constant('string', [], [''])]), 'Köln');
    const size = g.input('size', 'double');
    g.output('cities', oneHotText(g, filled, ['Köln', '東京']), 'double', ['rows', 2]);
    g.output('code', ordinalText(g, city, ['Köln', '東京'], NaN), 'double');
    g.output('sizes', oneHotNumber(g, size, [1, 2 ** 53 - 1]), 'double', ['rows', 2]);
    g.output('sizeCode', ordinalNumber(g, size, [1, 2 ** 53 - 1], -1), 'double');
    const got = await runGraph(g, {
      city: textColumn(['東京', '', 'Oslo', 'Köln']),
      size: doubleColumn([2 ** 53 - 1, NaN, 1, 2 ** 53 - 2]),
    });
    expect(numbersOf(got, 'cities')).toEqual([0, 1, 1, 0, 0, 0, 1, 0]);
    expect(numbersOf(got, 'code')).toEqual([1, NaN, NaN, 0]);
    expect(numbersOf(got, 'sizes')).toEqual([0, 1, 0, 0, 1, 0, 0, 0]);
    expect(numbersOf(got, 'sizeCode')).toEqual([1, -1, 0, -1]);
  });

  test('booleans and whole numbers cast to double', async () => {
    const g = graphBuilder();
    g.output('b', castTo(g, g.input('flag', 'bool'), 'double'), 'double');
    g.output('i', castTo(g, g.input('count', 'int64'), 'double'), 'double');
    const got = await runGraph(g, {
      flag: new ort.Tensor('bool', [1, 0], [2, 1]),
      count: new ort.Tensor('int64', BigInt64Array.of(5n, -(2n ** 53n)), [2, 1]),
    });
    expect([numbersOf(got, 'b'), numbersOf(got, 'i')]).toEqual([
      [1, 0],
      [5, -(2 ** 53)],
    ]);
  });
});
