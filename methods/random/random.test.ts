import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomGenerator, xoshiro128 } from './random-generator.ts';
import { permutation, sampleWithoutReplacement, shuffle } from './shuffle.ts';

test('xoshiro128** gives the reference sequence from the state 1, 2, 3, 4', () => {
  const random = xoshiro128(1, 2, 3, 4);
  const got = Array.from({ length: 10 }, () => random.nextUint32());
  expect(got).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number | string): number[] => {
    const random = randomGenerator(seed);
    return [random.nextFloat(), random.nextNormal(), random.nextBelow(1000)];
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw('fold 1')).toEqual(draw('fold 1'));
  expect(draw(7)).not.toEqual(draw(8));
});

test('a stream depends on its label alone, not on what was drawn before', () => {
  const fresh = randomGenerator(3);
  const used = randomGenerator(3);
  used.nextUint32();
  expect(used.stream('tree 4').nextUint32()).toBe(fresh.stream('tree 4').nextUint32());
  expect(fresh.stream('tree 4').nextUint32()).not.toBe(fresh.stream('tree 5').nextUint32());
});

test('floats fill [0, 1) evenly and normals have mean 0 and variance 1', () => {
  const random = randomGenerator(1);
  const bins = new Uint32Array(10);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < 50_000; i++) {
    const place = Math.floor(random.nextFloat() * 10);
    bins[place] = (bins[place] ?? 0) + 1;
    const normal = random.nextNormal();
    sum += normal;
    squares += normal * normal;
  }
  // Five standard deviations of a fair draw.
  for (const count of bins) expect(Math.abs(count - 5000)).toBeLessThan(5 * Math.sqrt(50_000 * 0.1 * 0.9));
  expect(Math.abs(sum / 50_000)).toBeLessThan(5 / Math.sqrt(50_000));
  expect(Math.abs(squares / 50_000 - 1)).toBeLessThan(5 * Math.sqrt(2 / 50_000));
});

test('a permutation holds every number once', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer(), (count, seed) => {
      const order = permutation(count, randomGenerator(seed));
      expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    }),
  );
});

test('all orders of three are equally likely', () => {
  const random = randomGenerator(5);
  const seen = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const key = shuffle([1, 2, 3], random).join('');
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  for (const count of seen.values())
    expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(6000 * (1 / 6) * (5 / 6)));
});

test('a sample is in order, without repeats, and within bounds', () => {
  expect(sampleWithoutReplacement(5, 5, randomGenerator(1))).toEqual(Uint32Array.of(0, 1, 2, 3, 4));
  const sample = sampleWithoutReplacement(1000, 10, randomGenerator(1));
  expect(new Set(sample).size).toBe(10);
  expect(Array.from(sample)).toEqual(Array.from(sample).sort((a, b) => a - b));
  expect(() => sampleWithoutReplacement(3, 4, randomGenerator(1))).toThrow('A sample of 4 was asked from 3.');
});
