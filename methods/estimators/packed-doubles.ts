import { fromBase64, toBase64 } from '../trees/base64.ts';
import { unreadable } from './unreadable.ts';

/** Doubles as base64 of their little-endian bytes: every bit survives. */
export function packDoubles(values: ArrayLike<number>): string {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (let i = 0; i < values.length; i++) view.setFloat64(i * 8, values[i] ?? NaN, true);
  return toBase64(new Uint8Array(view.buffer));
}

/** @throws `estimator.unreadable` */
export function unpackDoubles(packed: unknown): Float64Array {
  const bytes = typeof packed === 'string' ? fromBase64(packed) : undefined;
  if (bytes === undefined || bytes.length % 8 !== 0) throw unreadable('an array of numbers is missing or cut off');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8, true));
}
