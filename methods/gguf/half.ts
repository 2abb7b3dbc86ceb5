/** Numbers of 16 bits (IEEE 754 binary16), which neither ES2024 nor every runtime has as an array of its own. */

const fromBits = new Float32Array(65_536);
for (let bits = 0; bits < 65_536; bits++) {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) fromBits[bits] = sign * fraction * 2 ** -24;
  else if (exponent === 31) fromBits[bits] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  else fromBits[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The value of each of the 65,536 patterns. */
export const halfValues: Float32Array = fromBits;

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The nearest binary16, ties to even; beyond its range ±infinity. */
export function toHalf(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  if (magnitude >= 0x4780_0000) return sign | 0x7c00;
  if (magnitude < 0x3880_0000) {
    // Below 2^-14: a multiple of 2^-24, rounded as the double is.
    return sign | roundHalfEven(Math.abs(scratch[0] ?? 0) * 2 ** 24);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x3800_0000) >>> 13);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor + (floor & 1);
}

export function toHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = toHalf(values[i] ?? 0);
  return halves;
}
