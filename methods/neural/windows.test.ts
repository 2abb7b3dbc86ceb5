import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWindows, paddingOf, readersOf, tapPlaces, tapPlaces2d } from './windows.ts';

const any = fc.record({
  size: fc.integer({ min: 1, max: 20 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  padding: fc.constantFrom('same' as const, 'valid' as const),
});

test('the readers of a place are exactly the taps that lie on it', () => {
  fc.assert(
    fc.property(any, ({ size, ...how }) => {
      fc.pre(how.padding === 'same' || (how.kernel - 1) * how.dilation < size);
      const places = tapPlaces(size, { ...how, ...paddingOf(size, how) });
      const { table, most } = readersOf(places, size, places.length);
      for (let place = 0; place < size; place++) {
        const readers = [...table.subarray(place * most, (place + 1) * most)].filter((tap) => tap < places.length);
        expect(readers).toEqual([...places.keys()].filter((tap) => places[tap] === place));
      }
    }),
  );
});
test('same padding gives the size divided by the stride, rounded up', () => {
  fc.assert(
    fc.property(any, ({ size, ...how }) => {
      const same = { ...how, padding: 'same' as const };
      expect(countWindows(size, { ...same, ...paddingOf(size, same) })).toBe(Math.ceil(size / how.stride));
    }),
  );
});
test('windows of a map, row by row', () => {
  const sliding = { kernel: 2, stride: 1, before: 0, after: 1 };
  expect([...tapPlaces2d(2, 2, [sliding, sliding], 9)]).toEqual([0, 1, 2, 3, 1, 9, 3, 9, 2, 3, 9, 9, 3, 9, 9, 9]);
});
