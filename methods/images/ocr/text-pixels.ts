/** What PP-OCR's networks are fed: planes in the order blue, green, red, as they were taught. */
import { applySteps } from '../apply-steps.ts';
import type { Pixels } from '../pixels.ts';
import { resize } from '../resize.ts';

/** The detector wants sides that 32 divides; more than this long side costs time and finds no more in a scanned page. */
const step = 32;

/** @returns planes of [3, height, width], shades normalised as ImageNet's */
export function detectorInput(image: Pixels, longestSide: number): Pixels {
  const scale = Math.min(1, longestSide / Math.max(image.width, image.height));
  const side = (length: number): number => Math.max(step, Math.round((length * scale) / step) * step);
  const colours = inColour(resize(image, side(image.width), side(image.height)));
  return swapped(applySteps(colours, [{ do: 'normalise', mean: [0.406, 0.456, 0.485], sd: [0.225, 0.224, 0.229] }]));
}

/** The recogniser reads strips of this height. */
const stripHeight = 48;

/** @param box in pixels of the image; @returns planes of [3, 48, width], shades from −1 to 1 */
export function recogniserInput(image: Pixels, box: { x: number; y: number; width: number; height: number }): Pixels {
  const strip = cut(image, box);
  const width = Math.max(16, Math.round((strip.width * stripHeight) / strip.height));
  return swapped(
    applySteps(inColour(resize(strip, width, stripHeight)), [{ do: 'normalise', mean: [0.5], sd: [0.5] }]),
  );
}

/** Transparent places count as paper. */
const inColour = (image: Pixels): Pixels => applySteps(image, [{ do: 'channels', count: 3, shade: 1 }]);

function swapped(image: Pixels): Pixels {
  const area = image.width * image.height;
  const values = new Float32Array(image.values.length);
  for (let c = 0; c < 3; c++) values.set(image.values.subarray((2 - c) * area, (3 - c) * area), c * area);
  return { ...image, values };
}

function cut(image: Pixels, box: { x: number; y: number; width: number; height: number }): Pixels {
  const left = Math.max(0, Math.floor(box.x));
  const top = Math.max(0, Math.floor(box.y));
  const width = Math.max(1, Math.min(image.width, Math.ceil(box.x + box.width)) - left);
  const height = Math.max(1, Math.min(image.height, Math.ceil(box.y + box.height)) - top);
  const values = new Float32Array(width * height * image.channels);
  for (let c = 0; c < image.channels; c++)
    for (let y = 0; y < height; y++) {
      const from = (c * image.height + top + y) * image.width + left;
      values.set(image.values.subarray(from, from + width), (c * height + y) * width);
    }
  return { width, height, channels: image.channels, values };
}
