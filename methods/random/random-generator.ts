/**
 * The only source of chance in `methods/`: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021),
 * seeded by SplitMix64 as its authors advise. Same seed, same numbers, on every machine. Not for secrets.
 */
export interface RandomGenerator {
  /** 32 random bits as an integer from 0 to 2^32 − 1. */
  nextUint32(): number;
  /** A multiple of 2^−53 in [0, 1). */
  nextFloat(): number;
  /** A whole number from 0 to `below` − 1, without bias; `below` from 1 to 2^32. */
  nextBelow(below: number): number;
  /** Standard normal, by Marsaglia's polar method. */
  nextNormal(): number;
  /** An independent stream for a part of the work: the same label always gives the same stream, and taking it does not move this one. */
  stream(label: string | number): RandomGenerator;
}

const mask64 = 0xffffffffffffffffn;

function splitMix64(start: bigint): () => bigint {
  let state = start & mask64;
  return () => {
    state = (state + 0x9e3779b97f4a7c15n) & mask64;
    let z = state;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & mask64;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & mask64;
    return z ^ (z >> 31n);
  };
}

/** 64-bit FNV-1a over the UTF-16 units of a text. */
function hashText(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = ((hash ^ BigInt(unit & 255)) * 0x100000001b3n) & mask64;
    hash = ((hash ^ BigInt(unit >> 8)) * 0x100000001b3n) & mask64;
  }
  return hash;
}

const seedBits = (seed: number | string): bigint =>
  typeof seed === 'number' && Number.isSafeInteger(seed) ? BigInt.asUintN(64, BigInt(seed)) : hashText(String(seed));

/** @param seed a whole number, or any text (hashed). */
export function randomGenerator(seed: number | string): RandomGenerator {
  const bits = seedBits(seed);
  const next = splitMix64(bits);
  const [a, b] = [next(), next()];
  return xoshiro128(Number(a & 0xffffffffn), Number(a >> 32n), Number(b & 0xffffffffn), Number(b >> 32n), bits);
}

/** The bare generator on four 32-bit words of state; exported so that it can be held against the published reference sequence. */
export function xoshiro128(word0: number, word1: number, word2: number, word3: number, identity = 0n): RandomGenerator {
  let s0 = word0 | 0;
  let s1 = word1 | 0;
  let s2 = word2 | 0;
  let s3 = word3 | 0;
  let spareNormal: number | undefined;

  const nextUint32 = (): number => {
    const scrambled = Math.imul(s1, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    return result;
  };
  const nextFloat = (): number => ((nextUint32() >>> 5) * 67108864 + (nextUint32() >>> 6)) / 9007199254740992;
  const nextBelow = (below: number): number => {
    // What is left over when 2^32 is dealt out in equal shares would favour small numbers: draw again.
    const limit = 4294967296 - (4294967296 % below);
    let drawn = nextUint32();
    while (drawn >= limit) drawn = nextUint32();
    return drawn % below;
  };
  const nextNormal = (): number => {
    if (spareNormal !== undefined) {
      const kept = spareNormal;
      spareNormal = undefined;
      return kept;
    }
    for (;;) {
      const u = 2 * nextFloat() - 1;
      const v = 2 * nextFloat() - 1;
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spareNormal = v * scale;
      return u * scale;
    }
  };
  const stream = (label: string | number): RandomGenerator => randomGenerator(`${identity.toString(16)}/${label}`);
  return { nextUint32, nextFloat, nextBelow, nextNormal, stream };
}
