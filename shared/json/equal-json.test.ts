import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { equalJson } from './equal-json.ts';

test('says of any two values of JSON what a thorough comparison says', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  fc.assert(fc.property(value, value, (a, b) => equalJson(a, b) === isDeepStrictEqual(a, b)));
});

test('a copy is equal, and with one thing changed it is not', () => {
  const rows = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 });
  fc.assert(
    fc.property(rows, (all) => {
      expect(equalJson(all, structuredClone(all))).toBe(true);
      expect(equalJson(all, [...all, null])).toBe(false);
      expect(equalJson(all, [{ ...all[0], 'a name of no row': 1 }, ...all.slice(1)])).toBe(false);
    }),
  );
});

test('tells a list from an object with its places, nothing from no key, and zero from minus zero', () => {
  expect(equalJson(['a'], { 0: 'a' })).toBe(false);
  expect(equalJson({ a: undefined }, { b: undefined })).toBe(false);
  expect(equalJson(0, -0)).toBe(isDeepStrictEqual(0, -0));
  expect(equalJson(Number.NaN, Number.NaN)).toBe(true);
});
