/**
 * Resizing by a triangle filter that is widened when an image shrinks, so that no pixel is passed over: what Pillow's BILINEAR and torch's
 * `interpolate(mode="bilinear", antialias=True)` compute. In double, without rounding to bytes.
 */
import type { Pixels } from './pixels.ts';

interface Taps {
  /** First source place of each target place, and how many follow. */
  first: Int32Array;
  count: Int32Array;
  /** `most` weights for each target place, summing to 1. */
  weights: Float64Array;
  most: number;
}

export function resize(image: Pixels, width: number, height: number): Pixels {
  if (image.width === width && image.height === height) return image;
  const across = tapsOf(image.width, width);
  const down = tapsOf(image.height, height);
  const values = new Float32Array(width * height * image.channels);
  const narrow = new Float64Array(width * image.height);
  for (let c = 0; c < image.channels; c++) {
    squeezeRows(
      image.values.subarray(c * image.width * image.height),
      image.width,
      narrow,
      width,
      image.height,
      across,
    );
    squeezeColumns(narrow, width, values.subarray(c * width * height), height, down);
  }
  return { width, height, channels: image.channels, values };
}

function squeezeRows(
  from: Float32Array,
  fromWidth: number,
  to: Float64Array,
  width: number,
  height: number,
  { first, count, weights, most }: Taps,
): void {
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const start = y * fromWidth + (first[x] ?? 0);
      const taps = count[x] ?? 0;
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += (from[start + k] ?? 0) * (weights[x * most + k] ?? 0);
      to[y * width + x] = sum;
    }
}

function squeezeColumns(
  from: Float64Array,
  width: number,
  to: Float32Array,
  height: number,
  { first, count, weights, most }: Taps,
): void {
  for (let y = 0; y < height; y++) {
    const start = (first[y] ?? 0) * width;
    const taps = count[y] ?? 0;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < taps; k++) sum += (from[start + k * width + x] ?? 0) * (weights[y * most + k] ?? 0);
      to[y * width + x] = sum;
    }
  }
}

function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const spread = Math.max(1, scale);
  const most = Math.ceil(spread) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Float64Array(to * most);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - spread + 0.5));
    const end = Math.min(from, Math.trunc(center + spread + 0.5));
    let sum = 0;
    for (let k = start; k < end; k++) {
      const weight = Math.max(0, 1 - Math.abs((k + 0.5 - center) / spread));
      weights[i * most + k - start] = weight;
      sum += weight;
    }
    for (let k = start; k < end; k++) weights[i * most + k - start] = (weights[i * most + k - start] ?? 0) / sum;
    first[i] = start;
    count[i] = end - start;
  }
  return { first, count, weights, most };
}
