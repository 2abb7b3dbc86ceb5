/** Images changed a little while training. Bilinear, with the border's shade outside (Simard et al. 2003 augment digits so). */
import type { Augmentation } from '../../shared/neural/training-settings.ts';
import type { RandomGenerator } from '../random/random-generator.ts';

export interface ImageShape {
  channels: number;
  height: number;
  width: number;
}
export const augments = (a: Augmentation): boolean =>
  a.flip || a.shift > 0 || a.rotate > 0 || a.zoom > 0 || a.brightness > 0 || a.contrast > 0;

/** Writes the image at `from` of `source`, changed by chance, to `to` of `target`. */
export function augmentImage(
  { source, from, target, to }: { source: Float32Array; from: number; target: Float32Array; to: number },
  shape: ImageShape,
  settings: Augmentation,
  random: RandomGenerator,
): void {
  const { channels, height, width } = shape;
  const both = (most: number): number => (random.nextFloat() * 2 - 1) * most;
  const angle = (both(settings.rotate) * Math.PI) / 180;
  const size = 1 + both(settings.zoom);
  const mirror = settings.flip && random.nextFloat() < 0.5 ? -1 : 1;
  const [right, down] = [both(settings.shift) * width, both(settings.shift) * height];
  const contrast = 1 + both(settings.contrast);
  const brightness = both(settings.brightness);
  const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2];
  const plane = height * width;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      // Where this pixel comes from.
      const [dx, dy] = [x - middleX - right, y - middleY - down];
      const sourceX = clamp((cos * dx + sin * dy) * mirror + middleX, width - 1);
      const sourceY = clamp(cos * dy - sin * dx + middleY, height - 1);
      const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
      const [partX, partY] = [sourceX - left, sourceY - top];
      const [stepX, stepY] = [left < width - 1 ? 1 : 0, top < height - 1 ? width : 0];
      for (let c = 0; c < channels; c++) {
        const at = from + c * plane + top * width + left;
        const upper = mix(source[at] ?? 0, source[at + stepX] ?? 0, partX);
        const lower = mix(source[at + stepY] ?? 0, source[at + stepY + stepX] ?? 0, partX);
        target[to + c * plane + y * width + x] = (mix(upper, lower, partY) - 0.5) * contrast + 0.5 + brightness;
      }
    }
}
const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
const mix = (a: number, b: number, part: number): number => a + (b - a) * part;
