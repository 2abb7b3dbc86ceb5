/**
 * Small plain PNG files, decoded at once on this thread: a data set of numerals has thousands of them, and the way to another thread and back costs thirty times
 * as much. 8 bits, grey or colour, with or without transparency, not interlaced, nothing that bears on colours; all else, and all that looks damaged, is
 * left to the decoder that knows everything.
 */
import { crc32, inflateSync } from 'node:zlib';
import type { DecodedImage } from './decoded-image.ts';

const mostPixels = 128 * 128;
const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };
/** Chunks that say nothing about pixels. */
const idle = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs', 'IEND']);

export function decodeSmallPng(bytes: Uint8Array): DecodedImage | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 57 || !file.subarray(0, 8).equals(signature) || file.toString('latin1', 12, 16) !== 'IHDR')
    return undefined;
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const channels = channelsOf[file[25] ?? -1];
  const isPlain = file[24] === 8 && file[26] === 0 && file[27] === 0 && file[28] === 0;
  if (channels === undefined || !isPlain || width === 0 || height === 0 || width * height > mostPixels)
    return undefined;
  const packed = dataOf(file);
  if (packed === undefined) return undefined;
  const rowBytes = width * channels;
  try {
    const filtered = inflateSync(packed, { maxOutputLength: (rowBytes + 1) * height });
    if (filtered.length !== (rowBytes + 1) * height) return undefined;
    const out = unfilter(filtered, rowBytes, height, channels);
    return out === undefined ? undefined : { format: 'png', width, height, channels, bytes: out };
  } catch {
    return undefined;
  }
}

/** The packed pixels, where every chunk is whole and none bears on colours. */
function dataOf(file: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= file.length;) {
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    const name = file.toString('latin1', at + 4, at + 8);
    if (end > file.length || crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4)) return undefined;
    if (name === 'IEND') return parts.length === 1 ? parts[0] : Buffer.concat(parts);
    if (name === 'IDAT') parts.push(file.subarray(at + 8, end - 4));
    else if (name !== 'IHDR' && !idle.has(name)) return undefined;
    at = end;
  }
  return undefined;
}

/** The five filters of the PNG specification (ISO/IEC 15948, clause 9). */
function unfilter(filtered: Buffer, rowBytes: number, height: number, step: number): Uint8Array | undefined {
  const out = new Uint8Array(rowBytes * height);
  for (let y = 0, from = 0; y < height; y++) {
    const filter = filtered[from++] ?? 0;
    if (filter > 4) return undefined;
    for (let x = 0, to = y * rowBytes; x < rowBytes; x++, to++) {
      const left = x >= step ? (out[to - step] ?? 0) : 0;
      const up = y > 0 ? (out[to - rowBytes] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (out[to - rowBytes - step] ?? 0) : 0;
      out[to] = (filtered[from++] ?? 0) + guess(filter, left, up, corner);
    }
  }
  return out;
}

function guess(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const a = Math.abs(up - corner);
      const b = Math.abs(left - corner);
      const c = Math.abs(left + up - 2 * corner);
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default:
      return 0;
  }
}
