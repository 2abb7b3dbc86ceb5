import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deviations, measureChannels, mergeStatistics } from './channel-statistics.ts';

it('gathers images one by one to what all their pixels have together', () => {
  const shade = fc.double({ min: 0, max: 1, noNaN: true });
  const image = fc.array(fc.tuple(shade, shade), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 6 }), (images) => {
      const measured = images
        .map((pairs) =>
          measureChannels({
            channels: 2,
            values: Float32Array.from([...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)]),
          }),
        )
        .reduce(mergeStatistics);
      for (const c of [0, 1] as const) {
        const all = images.flat().map((pair) => Math.fround(pair[c]));
        const mean = all.reduce((sum, v) => sum + v, 0) / all.length;
        expect(measured.mean[c]).toBeCloseTo(mean, 12);
        expect(deviations(measured)[c]).toBeCloseTo(
          Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length),
          10,
        );
      }
      expect(measured.count).toBe(images.flat().length);
    }),
  );
});
