/** Spherical k-means (Dhillon and Modha, 2001): middles of directions, to search a part of many vectors only. */
import { randomGenerator } from '../random/random-generator.ts';
import { lengthOf } from '../../shared/append.ts';

export interface VectorSet {
  count: number;
  size: number;
  /** [count, size], each of length 1. */
  values: Float32Array;
}

/** @returns at most `middles` different vectors of length 1, [middles, size]. Seeded by drawing; an empty cluster keeps its middle. */
export function clusterVectors(
  { count, size, values }: VectorSet,
  middles: number,
  { rounds = 8, seed = 1, signal }: { rounds?: number; seed?: number; signal?: AbortSignal } = {},
): Float32Array {
  const random = randomGenerator(seed);
  const chosen = new Set<number>();
  while (chosen.size < Math.min(middles, count)) chosen.add(random.nextBelow(count));
  const found = new Float32Array(chosen.size * size);
  [...chosen].forEach((at, i) => found.set(values.subarray(at * size, (at + 1) * size), i * size));
  for (let round = 0; round < rounds; round++) {
    signal?.throwIfAborted();
    const sums = new Float64Array(found.length);
    for (let at = 0; at < count; at++) {
      const middle = nearestMiddle(found, values.subarray(at * size, (at + 1) * size));
      for (let d = 0; d < size; d++)
        sums[middle * size + d] = (sums[middle * size + d] ?? 0) + (values[at * size + d] ?? 0);
    }
    for (let m = 0; m < chosen.size; m++) {
      const length = lengthOf(sums.subarray(m * size, (m + 1) * size));
      if (length > 0) for (let d = 0; d < size; d++) found[m * size + d] = (sums[m * size + d] ?? 0) / length;
    }
  }
  return distinctRows(found, size);
}

/** Of many equal vectors several may have been drawn: one middle is enough for them, and more would share them at random. */
function distinctRows(rows: Float32Array, size: number): Float32Array {
  const kept = new Map<string, Float32Array>();
  for (let from = 0; from < rows.length; from += size) {
    const row = rows.subarray(from, from + size);
    const key = Array.from(row, (value) => Math.round(value * 1e5)).join();
    if (!kept.has(key)) kept.set(key, row);
  }
  const found = new Float32Array(kept.size * size);
  [...kept.values()].forEach((row, i) => found.set(row, i * size));
  return found;
}

export function nearestMiddle(middles: Float32Array, vector: Float32Array): number {
  const size = vector.length;
  let [best, bestDot] = [0, -Infinity];
  for (let m = 0; m * size < middles.length; m++) {
    let dot = 0;
    for (let d = 0; d < size; d++) dot += (middles[m * size + d] ?? 0) * (vector[d] ?? 0);
    if (dot > bestDot) [best, bestDot] = [m, dot];
  }
  return best;
}
