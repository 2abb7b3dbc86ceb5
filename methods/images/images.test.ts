import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shapeAfter, type ImageStep, type ImageValue } from '../../shared/media/image.ts';
import { applySteps } from './apply-steps.ts';
import { decodeBmp, isBmp } from './decode-bmp.ts';
import { pixelsOfBytes, type Pixels } from './pixels.ts';
import { resize } from './resize.ts';

interface Plane {
  width: number;
  height: number;
  values: number[];
}
const fixtures: {
  resized: { from: Plane; to: Plane }[];
  bitmaps: (Plane & { name: string; file: string; channels: number })[];
} = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'images.json'), 'utf8'));

const grey = (width: number, values: readonly number[]): Pixels => ({
  width,
  height: values.length / width,
  channels: 1,
  values: Float32Array.from(values),
});
const plain = (image: Pixels): unknown => ({ ...image, values: [...image.values] });

describe('resize', () => {
  it.each(
    fixtures.resized.map((f) => [`${f.from.width} × ${f.from.height} to ${f.to.width} × ${f.to.height}`, f] as const),
  )('gives what Pillow gives: %s', (_, { from, to }) => {
    const made = resize({ ...from, channels: 1, values: Float32Array.from(from.values) }, to.width, to.height);
    expect(Math.max(...to.values.map((v, i) => Math.abs(v - (made.values[i] ?? NaN))))).toBeLessThan(2e-7);
  });
  it('keeps one shade one shade, each channel by itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (a, b, c) => {
          const image: Pixels = {
            width: a,
            height: b,
            channels: 2,
            values: new Float32Array(a * b * 2).fill(0.25).fill(0.75, a * b),
          };
          const made = resize(image, c, a);
          expect(new Set([...made.values].map((v) => Math.round(v * 1e6)))).toEqual(new Set([250_000, 750_000]));
        },
      ),
    );
  });
});

describe('steps', () => {
  it('cut the middle', () => {
    const image = grey(4, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(plain(applySteps(image, [{ do: 'crop', width: 2, height: 1 }]))).toEqual({
      width: 2,
      height: 1,
      channels: 1,
      values: [5, 6],
    });
    expect(plain(applySteps(image, [{ do: 'crop', width: 9, height: 9 }]))).toEqual(plain(image));
  });
  it('cover cuts what stands over, contain fills with the shade, stretch does neither', () => {
    const wide = grey(4, [0, 0, 1, 1, 0, 0, 1, 1]);
    const step = { do: 'resize', width: 2, height: 2, shade: 0.5 } as const;
    expect([...applySteps(wide, [{ ...step, fit: 'cover' }]).values]).toEqual([0, 1, 0, 1]);
    expect([...applySteps(wide, [{ ...step, height: 4, width: 4, fit: 'contain' }]).values]).toEqual([
      0.5, 0.5, 0.5, 0.5, 0, 0, 1, 1, 0, 0, 1, 1, 0.5, 0.5, 0.5, 0.5,
    ]);
    const [left = 1, right = 0] = applySteps(wide, [{ ...step, fit: 'stretch' }]).values;
    expect(left).toBeLessThan(0.2);
    expect(right).toBeGreaterThan(0.8);
  });
  it('grey weighs the colours, transparency shows the shade, normalise works on each channel', () => {
    const colour = pixelsOfBytes(Uint8Array.of(255, 0, 0, 0, 255, 0), 2, 1, 3);
    expect(
      [...applySteps(colour, [{ do: 'channels', count: 1, shade: 0 }]).values].map((v) => Number(v.toFixed(4))),
    ).toEqual([0.299, 0.587]);
    const clear = pixelsOfBytes(Uint8Array.of(255, 255, 255, 0, 255, 255, 255, 255), 2, 1, 4);
    expect([...applySteps(clear, [{ do: 'channels', count: 3, shade: 0.25 }]).values]).toEqual([
      0.25, 1, 0.25, 1, 0.25, 1,
    ]);
    expect([...applySteps(grey(1, [0.5]), [{ do: 'channels', count: 3, shade: 0 }]).values]).toEqual([0.5, 0.5, 0.5]);
    expect([...applySteps(colour, [{ do: 'normalise', mean: [0.5, 0, 0], sd: [0.5, 1, 2] }]).values]).toEqual([
      1, -1, 0, 1, 0, 0,
    ]);
  });
  it('come out in the shape that is told beforehand', () => {
    const side = fc.integer({ min: 1, max: 12 });
    const step: fc.Arbitrary<ImageStep> = fc.oneof(
      fc.record({ do: fc.constant('crop' as const), width: side, height: side }),
      fc.record({
        do: fc.constant('resize' as const),
        width: side,
        height: side,
        fit: fc.constantFrom('cover', 'contain', 'stretch'),
        shade: fc.constant(0),
      }),
      fc.record({ do: fc.constant('channels' as const), count: fc.constantFrom(1, 3), shade: fc.constant(1) }),
      fc.constant<ImageStep>({ do: 'normalise', mean: [0.5], sd: [0.5] }),
    );
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom(1, 2, 3, 4),
        fc.array(step, { maxLength: 4 }),
        (width, height, channels, steps) => {
          const made = applySteps(
            pixelsOfBytes(new Uint8Array(width * height * channels), width, height, channels),
            steps,
          );
          const value: ImageValue = { hash: '', name: '', width, height, channels, steps };
          expect({ width: made.width, height: made.height, channels: made.channels }).toEqual(shapeAfter(value));
          expect(made.values.length).toBe(made.width * made.height * made.channels);
        },
      ),
    );
  });
});

describe('bitmaps', () => {
  it.each(fixtures.bitmaps.map((f) => [f.name, f] as const))('are read as Pillow reads them: %s', (_, fixture) => {
    const file = new Uint8Array(Buffer.from(fixture.file, 'base64'));
    expect(isBmp(file)).toBe(true);
    const { bytes, ...shape } = decodeBmp(file, 1e6);
    expect({ ...shape, values: [...bytes] }).toEqual({
      width: fixture.width,
      height: fixture.height,
      channels: fixture.channels,
      values: fixture.values,
    });
  });
  it('say what is wrong with them, wherever they are cut', () => {
    const file = new Uint8Array(Buffer.from(fixtures.bitmaps[0]?.file ?? '', 'base64'));
    for (let end = 26; end < file.length; end++)
      expect(() => decodeBmp(file.subarray(0, end), 1e6)).toThrow('is cut off');
    expect(() => decodeBmp(file, 10)).toThrow('has 5 × 3 pixels, which is too many');
  });
});
