/** Small maps of numbers, painted pixel by pixel: one colour for what is above zero and one for what is below, or a colour a class. */
import type { SurfaceBlock } from '../../../shared/report.ts';

type Rgb = readonly [number, number, number];

/** `rgb(1 2 3)`, `rgb(1, 2, 3)`: as a computed colour is written. */
export function readRgb(text: string): Rgb {
  const [r = 0, g = 0, b = 0] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/** @param share 0: the ground, 1: the colour */
export const mix = (ground: Rgb, color: Rgb, share: number): Rgb => [
  ground[0] + (color[0] - ground[0]) * share,
  ground[1] + (color[1] - ground[1]) * share,
  ground[2] + (color[2] - ground[2]) * share,
];

export interface MapColors {
  ground: Rgb;
  above: Rgb;
  below: Rgb;
  classes: readonly Rgb[];
}

/** RGBA of [rows × columns] values, the first row on top. `most`: the value that has the full colour. */
export function paintValues(
  values: readonly number[],
  most: number,
  { ground, above, below }: MapColors,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, i) => {
    const share = most === 0 ? 0 : Math.min(1, Math.abs(value) / most);
    pixels.set([...mix(ground, value < 0 ? below : above, share), 255], i * 4);
  });
  return pixels;
}

/** The lowest y of the block is its first row, and the last on the screen. */
export function paintSurface(block: SurfaceBlock, colors: MapColors): Uint8ClampedArray<ArrayBuffer> {
  const { columns, rows, winner, sure, classes } = block;
  const pixels = new Uint8ClampedArray(columns * rows * 4);
  const chance = 1 / Math.max(1, classes.length);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const i = y * columns + x;
      const share = 0.12 + 0.6 * Math.max(0, ((sure[i] ?? 0) - chance) / (1 - chance || 1));
      const color = colors.classes[(winner[i] ?? 0) % colors.classes.length] ?? colors.above;
      pixels.set([...mix(colors.ground, color, share), 255], ((rows - 1 - y) * columns + x) * 4);
    }
  return pixels;
}
