import { halfValues } from './half.ts';
import { type TensorType, tensorTypes } from './tensor-types.ts';

/**
 * The numbers of a tensor as float32, bit-equal to `gguf.quants.dequantize` of ggml's Python package: every product here is exact in double, so the one
 * rounding at the end is the one that float32 arithmetic makes.
 *
 * @param bytes whole blocks, `byteLength(type, count)` of them
 * @param count how many numbers, a multiple of the block
 */
export function dequantize(type: TensorType, bytes: Uint8Array, count: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count);
  decoders[type](bytes, out);
  return out;
}

type Decoder = (bytes: Uint8Array, out: Float32Array) => void;
const half = (u: Uint8Array, at: number): number => halfValues[(u[at] ?? 0) | ((u[at + 1] ?? 0) << 8)] ?? 0;
const signed = (byte: number): number => (byte << 24) >> 24;

/** Calls `decode` with each block's place in the bytes and in the numbers. */
const blocks =
  (type: TensorType, decode: (u: Uint8Array, at: number, out: Float32Array, to: number) => void): Decoder =>
  (u, out) => {
    const { values, bytes } = tensorTypes[type];
    for (let to = 0, at = 0; to < out.length; to += values, at += bytes) decode(u, at, out, to);
  };

const fiveBits = (type: 'Q5_0' | 'Q5_1'): Decoder =>
  blocks(type, (u, at, out, to) => {
    const withMinimum = type === 'Q5_1';
    const d = half(u, at);
    // Adding −0 leaves every number as it is; adding +0 would turn −0 into 0.
    const minimum = withMinimum ? half(u, at + 2) : -0;
    const zero = withMinimum ? 0 : 16;
    const high = at + (withMinimum ? 4 : 2);
    const bits = (u[high] ?? 0) | ((u[high + 1] ?? 0) << 8) | ((u[high + 2] ?? 0) << 16) | ((u[high + 3] ?? 0) << 24);
    for (let i = 0; i < 16; i++) {
      const q = u[high + 4 + i] ?? 0;
      out[to + i] = d * (((q & 15) | (((bits >>> i) & 1) << 4)) - zero) + minimum;
      out[to + 16 + i] = d * (((q >> 4) | (((bits >>> (i + 16)) & 1) << 4)) - zero) + minimum;
    }
  });

/** Scale and minimum of the eight groups of 32 in a block of 256: six bits each, packed in 12 bytes. */
function packedScale(u: Uint8Array, at: number, group: number): [scale: number, minimum: number] {
  const low = u[at + group] ?? 0;
  const next = u[at + group + 4] ?? 0;
  if (group < 4) return [low & 63, next & 63];
  const before = u[at + group - 4] ?? 0;
  return [(next & 15) | ((before >> 6) << 4), (next >> 4) | ((low >> 6) << 4)];
}

const superBlock = (type: 'Q4_K' | 'Q5_K'): Decoder =>
  blocks(type, (u, at, out, to) => {
    const five = type === 'Q5_K';
    const d = half(u, at);
    const dMinimum = half(u, at + 2);
    const high = at + 16;
    const low = at + (five ? 48 : 16);
    for (let group = 0; group < 8; group++) {
      const [scale, minimum] = packedScale(u, at + 4, group);
      const step = d * scale;
      const offset = dMinimum * minimum;
      const from = low + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      for (let i = 0; i < 32; i++) {
        const fifth = five ? (((u[high + i] ?? 0) >> group) & 1) << 4 : 0;
        out[to + group * 32 + i] = step * ((((u[from + i] ?? 0) >> shift) & 15) | fifth) - offset;
      }
    }
  });

function decodeQ6K(u: Uint8Array, at: number, out: Float32Array, to: number): void {
  const d = half(u, at + 208);
  for (let part = 0; part < 2; part++)
    for (let i = 0; i < 32; i++) {
      const low = u[at + part * 64 + i] ?? 0;
      const low32 = u[at + part * 64 + i + 32] ?? 0;
      const high = u[at + 128 + part * 32 + i] ?? 0;
      const scales = at + 192 + part * 8 + (i >> 4);
      const start = to + part * 128 + i;
      out[start] = d * signed(u[scales] ?? 0) * (((low & 15) | ((high & 3) << 4)) - 32);
      out[start + 32] = d * signed(u[scales + 2] ?? 0) * (((low32 & 15) | (((high >> 2) & 3) << 4)) - 32);
      out[start + 64] = d * signed(u[scales + 4] ?? 0) * (((low >> 4) | (((high >> 4) & 3) << 4)) - 32);
      out[start + 96] = d * signed(u[scales + 6] ?? 0) * (((low32 >> 4) | ((high >> 6) << 4)) - 32);
    }
}

const decoders: Readonly<Record<TensorType, Decoder>> = {
  F32: (u, out) => {
    const view = new DataView(u.buffer, u.byteOffset, u.byteLength);
    for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(4 * i, true);
  },
  F16: (u, out) => {
    for (let i = 0; i < out.length; i++) out[i] = half(u, 2 * i);
  },
  BF16: (u, out) => {
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < out.length; i++) bits[i] = ((u[2 * i] ?? 0) | ((u[2 * i + 1] ?? 0) << 8)) << 16;
  },
  Q4_0: blocks('Q4_0', (u, at, out, to) => {
    const d = half(u, at);
    for (let i = 0; i < 16; i++) {
      const q = u[at + 2 + i] ?? 0;
      out[to + i] = d * ((q & 15) - 8);
      out[to + 16 + i] = d * ((q >> 4) - 8);
    }
  }),
  Q4_1: blocks('Q4_1', (u, at, out, to) => {
    const d = half(u, at);
    const minimum = half(u, at + 2);
    for (let i = 0; i < 16; i++) {
      const q = u[at + 4 + i] ?? 0;
      out[to + i] = d * (q & 15) + minimum;
      out[to + 16 + i] = d * (q >> 4) + minimum;
    }
  }),
  Q5_0: fiveBits('Q5_0'),
  Q5_1: fiveBits('Q5_1'),
  Q8_0: blocks('Q8_0', (u, at, out, to) => {
    const d = half(u, at);
    for (let i = 0; i < 32; i++) out[to + i] = d * signed(u[at + 2 + i] ?? 0);
  }),
  Q4_K: superBlock('Q4_K'),
  Q5_K: superBlock('Q5_K'),
  Q6_K: blocks('Q6_K', decodeQ6K),
};
