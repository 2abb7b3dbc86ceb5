/** Pixels as numbers: planes of one channel each, row by row, shades from 0 (dark) to 1. */
export interface Pixels {
  width: number;
  height: number;
  channels: number;
  /** Shape [channels, height, width]. */
  values: Float32Array;
}

/** @param bytes shape [height, width, channels], as decoders give them */
export function pixelsOfBytes(bytes: Uint8Array, width: number, height: number, channels: number): Pixels {
  const area = width * height;
  const values = new Float32Array(area * channels);
  for (let c = 0; c < channels; c++)
    for (let i = 0, from = c; i < area; i++, from += channels) values[c * area + i] = (bytes[from] ?? 0) / 255;
  return { width, height, channels, values };
}
