/**
 * Vectors of texts by the encoder's hash and the text's: what was encoded once in a workspace is never encoded again. One file a session that encoded something, whole
 * or not there (temporary name, then rename), so that runs beside one another never meet in a file. Deleting the folder costs time, nothing else.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface VectorCache {
  get: (key: string) => Float32Array | undefined;
  set: (key: string, vector: Float32Array) => void;
  /** Writes what is new. */
  close: () => Promise<void>;
}

/** A file: 4 bytes of length of a vector, then for each 32 bytes of SHA-256 and its numbers, in the machine's order of bytes (little-endian everywhere we run). */
const ending = '.vectors';
const hashBytes = 32;
/** A gigabyte of 384 numbers each; what is beyond is not kept for later runs. */
const mostVectors = 650_000;

/** @param folder of this encoder */
export async function openVectorCache(folder: string): Promise<VectorCache> {
  const known = new Map<string, Float32Array>();
  for (const name of (await readdir(folder).catch(() => [])).filter((one) => one.endsWith(ending)).sort())
    readInto(known, await readFile(join(folder, name)).catch(() => Buffer.alloc(0)));
  const fresh = new Map<string, Float32Array>();
  return {
    get: (key) => known.get(hashOf(key)),
    set: (key, vector) => {
      const hash = hashOf(key);
      if (known.size < mostVectors) fresh.set(hash, vector);
      known.set(hash, vector);
    },
    close: async () => {
      if (fresh.size === 0) return;
      await mkdir(folder, { recursive: true });
      const half = join(folder, `${randomBytes(8).toString('hex')}.half`);
      try {
        await writeFile(half, bytesOf(fresh));
        await rename(half, half.replace(/half$/, ending.slice(1)));
        fresh.clear();
      } finally {
        await rm(half, { force: true });
      }
    },
  };
}

const hashOf = (key: string): string => createHash('sha256').update(key).digest().toString('latin1');

function bytesOf(vectors: ReadonlyMap<string, Float32Array>): Buffer {
  const size = [...vectors.values()][0]?.length ?? 0;
  const head = Buffer.alloc(4);
  head.writeUInt32LE(size);
  const rows = [...vectors].flatMap(([hash, vector]) => [
    Buffer.from(hash, 'latin1'),
    Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
  ]);
  return Buffer.concat([head, ...rows]);
}

/** A file that was cut off gives the vectors that are whole. */
function readInto(known: Map<string, Float32Array>, bytes: Buffer): void {
  if (bytes.length < 4) return;
  const row = hashBytes + 4 * bytes.readUInt32LE(0);
  for (let at = 4; at + row <= bytes.length; at += row) {
    const vector = new Float32Array((row - hashBytes) / 4);
    for (let i = 0; i < vector.length; i++) vector[i] = bytes.readFloatLE(at + hashBytes + 4 * i);
    known.set(bytes.toString('latin1', at, at + hashBytes), vector);
  }
}
