/** Arrays of numbers inside JSON: base64 of their little-endian bytes, with the type in front. Every bit survives, and the text is a quarter of decimals. */
import { fail } from '../../shared/errors.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const valueOfLetter = new Uint8Array(128).fill(255);
[...letters].forEach((letter, value) => (valueOfLetter[letter.charCodeAt(0)] = value));

export type PackedType = 'f64' | 'f32' | 'i32' | 'u8';
const bytesEach: Readonly<Record<PackedType, number>> = { f64: 8, f32: 4, i32: 4, u8: 1 };

/** `f64:AAAAAAAA8D8=` for [1] */
export function packNumbers(type: PackedType, values: ArrayLike<number>): string {
  const view = new DataView(new ArrayBuffer(values.length * bytesEach[type]));
  for (let i = 0; i < values.length; i++) writeAt(view, type, i * bytesEach[type], values[i] ?? 0);
  return `${type}:${toBase64(new Uint8Array(view.buffer))}`;
}

/** @throws `estimator.unreadable` when the text is not one that `packNumbers` wrote for this type */
export function unpackNumbers(type: PackedType, packed: unknown): Float64Array {
  if (typeof packed !== 'string' || !packed.startsWith(`${type}:`)) throw unreadable(`an array of ${type} is missing`);
  const bytes = fromBase64(packed.slice(type.length + 1));
  if (bytes.length % bytesEach[type] !== 0) throw unreadable(`an array of ${type} is cut off`);
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / bytesEach[type] }, (_, i) => readAt(view, type, i * bytesEach[type]));
}

export const unreadable = (why: string): Error => fail('estimator.unreadable', { message: `What the model has learnt cannot be read: ${why}.`, mend: 'Train the model again.' });

function writeAt(view: DataView, type: PackedType, at: number, value: number): void {
  if (type === 'f64') view.setFloat64(at, value, true);
  else if (type === 'f32') view.setFloat32(at, value, true);
  else if (type === 'i32') view.setInt32(at, value, true);
  else view.setUint8(at, value);
}

function readAt(view: DataView, type: PackedType, at: number): number {
  if (type === 'f64') return view.getFloat64(at, true);
  if (type === 'f32') return view.getFloat32(at, true);
  return type === 'i32' ? view.getInt32(at, true) : view.getUint8(at);
}

function toBase64(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const rest = bytes.length - i;
    groups.push(letter(bits >> 18) + letter(bits >> 12) + (rest > 1 ? letter(bits >> 6) : '=') + (rest > 2 ? letter(bits) : '='));
  }
  return groups.join('');
}
const letter = (bits: number): string => letters.charAt(bits & 63);

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 !== 0) throw unreadable('an array is cut off');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let bits = 0;
    for (let k = 0; k < 4; k++) {
      const value = i + k >= text.length - padding ? 0 : valueOfLetter[text.charCodeAt(i + k) & 127];
      if (value === undefined || value === 255) throw unreadable('an array holds a letter that is none of base64');
      bits = (bits << 6) | value;
    }
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (bits >> shift) & 255;
  }
  return bytes;
}
