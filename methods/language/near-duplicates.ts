/**
 * Near duplicates by MinHash (Broder, 1997): texts as sets of overlapping runs of words, 128 smallest hashes of each, candidates by bands of them, and each candidate pair judged by the
 * true Jaccard similarity of the sets. So nothing is called a duplicate that is none; a pair at the threshold is missed with less than one chance in a thousand.
 */
import { plainWords } from '../text/text-shape.ts';

export interface DuplicateOptions {
  /** Jaccard similarity from which on two texts are duplicates, 0 to 1. */
  threshold: number;
  /** Words in a run; a text of fewer words is one run. */
  run: number;
  signal?: AbortSignal;
}
export interface DuplicatePair {
  a: number;
  b: number;
  similarity: number;
}

const hashes = 128;

export function findNearDuplicates(
  texts: readonly string[],
  { threshold, run, signal }: DuplicateOptions,
): DuplicatePair[] {
  const sets = texts.map((text) => shingles(text, run));
  const { bands, rows } = bandsFor(threshold);
  const pairs = new Map<string, DuplicatePair>();
  const buckets = Array.from({ length: bands }, () => new Map<string, number[]>());
  for (const [i, set] of sets.entries()) {
    if (i % 1000 === 0) signal?.throwIfAborted();
    if (set.size === 0) continue;
    const signature = minHash(set);
    for (const [band, bucket] of buckets.entries()) {
      const key = signature.subarray(band * rows, (band + 1) * rows).join();
      const others = bucket.get(key) ?? [];
      for (const other of others) addPair(pairs, sets, other, i, threshold);
      // Of texts that are all alike the first stands for the bucket: each later one is compared with it, not with all.
      if (others.length < 8) bucket.set(key, [...others, i]);
    }
  }
  return [...pairs.values()].filter((pair) => pair.similarity >= threshold);
}

function addPair(
  pairs: Map<string, DuplicatePair>,
  sets: readonly ReadonlySet<number>[],
  a: number,
  b: number,
  threshold: number,
): void {
  const key = `${a} ${b}`;
  if (pairs.has(key)) return;
  const similarity = jaccard(sets[a] ?? new Set(), sets[b] ?? new Set());
  pairs.set(key, { a, b, similarity: similarity >= threshold ? similarity : 0 });
}

export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  let shared = 0;
  for (const one of few) if (many.has(one)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** Runs of words as 32-bit hashes; characters where a text has no spaces to speak of. */
export function shingles(text: string, run: number): Set<number> {
  const words = plainWords(text);
  const hasSpaces = words.length * 12 > words.join('').length;
  const units = hasSpaces ? words : Array.from(words.join(''));
  const between = hasSpaces ? ' ' : '';
  if (units.length === 0) return new Set();
  if (units.length <= run) return new Set([hashText(units.join(between))]);
  return new Set(
    Array.from({ length: units.length - run + 1 }, (_, i) => hashText(units.slice(i, i + run).join(between))),
  );
}

/** FNV-1a, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** For each of 128 ways to mix bits, the smallest of the mixed hashes. */
export function minHash(set: ReadonlySet<number>): Uint32Array {
  const signature = new Uint32Array(hashes).fill(0xffffffff);
  for (const one of set)
    for (let k = 0; k < hashes; k++) {
      const mixed = mix(one ^ Math.imul(k + 1, 0x9e3779b9));
      if (mixed < (signature[k] ?? 0)) signature[k] = mixed;
    }
  return signature;
}

/** The finaliser of MurmurHash3. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The longest bands that find a pair at the threshold with 99.9 %. */
export function bandsFor(threshold: number): { bands: number; rows: number } {
  for (let rows = 16; rows > 1; rows--) {
    const bands = Math.floor(hashes / rows);
    if (1 - (1 - threshold ** rows) ** bands >= 0.999) return { bands, rows };
  }
  return { bands: hashes, rows: 1 };
}

/** Groups of what is connected by pairs: for each text the smallest number of its group. */
export function groupsOf(count: number, pairs: readonly { a: number; b: number }[]): number[] {
  const parent = Array.from({ length: count }, (_, i) => i);
  const root = (i: number): number => {
    let at = i;
    while ((parent[at] ?? at) !== at) {
      parent[at] = parent[parent[at] ?? at] ?? at;
      at = parent[at] ?? at;
    }
    return at;
  };
  for (const { a, b } of pairs) {
    const [x, y] = [root(a), root(b)];
    parent[Math.max(x, y)] = Math.min(x, y);
  }
  return parent.map((_, i) => root(i));
}

/** Equal but for case, white space and the form of accents. */
export const sameText = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
