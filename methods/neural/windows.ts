/** Where windows that slide over maps and series lie: tables of indices, so that one Gather collects them and one Gather gives their gradients back. */

export interface Sliding {
  kernel: number;
  stride: number;
  dilation?: number;
  /** Zeros before the first and behind the last place. */
  before: number;
  after: number;
}
/** `same` as TensorFlow and ONNX's SAME_UPPER have it: an odd zero goes behind. */
export function paddingOf(
  size: number,
  {
    kernel,
    stride,
    dilation = 1,
    padding,
  }: { kernel: number; stride: number; dilation?: number; padding: 'same' | 'valid' },
): { before: number; after: number } {
  if (padding === 'valid') return { before: 0, after: 0 };
  const reach = (kernel - 1) * dilation + 1;
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
  return { before: Math.floor(total / 2), after: total - Math.floor(total / 2) };
}
export const countWindows = (size: number, { kernel, stride, dilation = 1, before, after }: Sliding): number =>
  Math.floor((size + before + after - (kernel - 1) * dilation - 1) / stride) + 1;

/** One axis: the place in the input (without padding) of each window's tap, −1 where it lies in the padding: [windows × kernel]. */
export function tapPlaces(size: number, sliding: Sliding): Int32Array {
  const { kernel, stride, dilation = 1, before } = sliding;
  const count = countWindows(size, sliding);
  const places = new Int32Array(count * kernel);
  for (let w = 0; w < count; w++)
    for (let k = 0; k < kernel; k++) {
      const place = w * stride + k * dilation - before;
      places[w * kernel + k] = place >= 0 && place < size ? place : -1;
    }
  return places;
}

/** Two axes: the place in the flat map of each window's tap, `none` in the padding: [windows down × windows across × kernel × kernel]. */
export function tapPlaces2d(
  height: number,
  width: number,
  [down, across]: readonly [Sliding, Sliding],
  none: number,
): Int32Array {
  const rows = tapPlaces(height, down);
  const columns = tapPlaces(width, across);
  const [high, wide] = [countWindows(height, down), countWindows(width, across)];
  const places = new Int32Array(high * wide * down.kernel * across.kernel);
  let at = 0;
  for (let i = 0; i < high; i++)
    for (let j = 0; j < wide; j++)
      for (let k = 0; k < down.kernel; k++)
        for (let l = 0; l < across.kernel; l++) {
          const row = rows[i * down.kernel + k] ?? -1;
          const column = columns[j * across.kernel + l] ?? -1;
          places[at++] = row < 0 || column < 0 ? none : row * width + column;
        }
  return places;
}

/**
 * The other way round: for each of `size` places, which taps read it: [size × most], filled up with `none`. A gradient flows back by a Gather with this
 * and a sum, where a scatter would be needed otherwise.
 */
export function readersOf(places: Int32Array, size: number, none: number): { table: Int32Array; most: number } {
  const counts = new Int32Array(size);
  for (const place of places) if (place >= 0 && place < size) counts[place] = (counts[place] ?? 0) + 1;
  const most = Math.max(
    1,
    counts.reduce((a, b) => Math.max(a, b), 0),
  );
  const table = new Int32Array(size * most).fill(none);
  const used = new Int32Array(size);
  for (const [tap, place] of places.entries()) {
    if (place < 0 || place >= size) continue;
    const n = used[place] ?? 0;
    table[place * most + n] = tap;
    used[place] = n + 1;
  }
  return { table, most };
}
