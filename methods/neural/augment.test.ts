import { describe, expect, test } from 'vitest';
import { augmentation } from '../../shared/neural/training-settings.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { augmentImage, augments } from './augment.ts';

const shape = { channels: 2, height: 3, width: 4 };
const source = Float32Array.from({ length: 24 }, (_, i) => i / 24);
const changed = (given: Record<string, unknown>, seed = 1): Float32Array => {
  const target = new Float32Array(24);
  augmentImage({ source, from: 0, target, to: 0 }, shape, augmentation.parse(given), randomGenerator(seed));
  return target;
};
const rounded = (values: Float32Array): number[] => Array.from(values, (v) => Number(v.toFixed(5)));

describe('an augmented image', () => {
  test('is the image itself where nothing is asked for', () => {
    expect(rounded(changed({}))).toEqual(rounded(source));
    expect(augments(augmentation.parse({}))).toBe(false);
  });
  test('is mirrored in half of the cases', () => {
    const mirrored = Float32Array.from(source, (_, i) => source[i - (i % 4) + 3 - (i % 4)] ?? 0);
    const seen = Array.from({ length: 40 }, (_, seed) => rounded(changed({ flip: true }, seed)).join());
    expect(new Set(seen)).toEqual(new Set([rounded(source).join(), rounded(mirrored).join()]));
  });
  test('keeps its range when it is moved, turned and scaled, and follows from the seed', () => {
    const all = { shift: 0.3, rotate: 30, zoom: 0.3 };
    for (let seed = 0; seed < 50; seed++) for (const v of changed(all, seed)) expect(v >= 0 && v <= 1).toBe(true);
    expect(changed(all, 5)).toEqual(changed(all, 5));
    expect(changed(all, 5)).not.toEqual(changed(all, 6));
  });
  test('has the same shift of all shades for brightness', () => {
    const by = changed({ brightness: 0.5 }).map((v, i) => v - (source[i] ?? 0));
    expect(Math.max(...by) - Math.min(...by)).toBeLessThan(1e-6);
    expect(Math.abs(by[0] ?? 0)).toBeGreaterThan(0.001);
  });
});
