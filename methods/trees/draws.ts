/** Chance without state: a hash of the seed and a counter, so that any lane can draw any number. */

/** 32 bits, mixed as by MurmurHash3's finaliser (Appleby, public domain). */
export function mixBits(x: number): number {
  let h = x ^ (x >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export const drawUint32 = (seed: number, counter: number): number =>
  mixBits(mixBits(Math.imul(counter + 1, 0x9e3779b1)) ^ seed);

/** A seed for one purpose of one round, never 0. */
export const seedFor = (seed: number, purpose: number, round: number): number =>
  (mixBits(mixBits(seed + Math.imul(purpose, 0x632be5ab)) ^ Math.imul(round + 1, 0x9e3779b1)) | 1) >>> 0;

/** The `count` of `total` whose hash is least; in ascending order. */
export function drawWithout(seed: number, total: number, count: number): Int32Array {
  const all = Array.from({ length: total }, (_, i) => i);
  if (count >= total) return Int32Array.from(all);
  const ranked = all.map((i) => ({ i, key: drawUint32(seed, i) })).sort((a, b) => a.key - b.key || a.i - b.i);
  return Int32Array.from(ranked.slice(0, count).map(({ i }) => i)).sort();
}
