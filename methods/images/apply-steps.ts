/** The steps that an image value carries, done on its pixels. */
import { largest, smallest } from '../../shared/append.ts';
import { unreachable } from '../../shared/errors.ts';
import type { ImageStep } from '../../shared/media/image.ts';
import type { Pixels } from './pixels.ts';
import { resize } from './resize.ts';

export const applySteps = (image: Pixels, steps: readonly ImageStep[]): Pixels => steps.reduce(applyStep, image);

function applyStep(image: Pixels, step: ImageStep): Pixels {
  switch (step.do) {
    case 'crop':
      return cutMiddle(image, Math.min(step.width, image.width), Math.min(step.height, image.height));
    case 'resize':
      return fitInto(image, step);
    case 'channels':
      return withChannels(image, step.count, step.shade);
    case 'normalise':
      return normalise(image, step.mean, step.sd);
    default:
      return unreachable(step);
  }
}

/** The middle; where it cannot be exact, the pixel left over stands right and below. */
function cutMiddle(image: Pixels, width: number, height: number): Pixels {
  return width === image.width && height === image.height
    ? image
    : place(image, width, height, -Math.floor((image.width - width) / 2), -Math.floor((image.height - height) / 2), 0);
}

function fitInto(image: Pixels, { width, height, fit, shade }: Extract<ImageStep, { do: 'resize' }>): Pixels {
  if (fit === 'stretch') return resize(image, width, height);
  const ratios = [width / image.width, height / image.height];
  const scale = fit === 'cover' ? largest(ratios) : smallest(ratios);
  const near = (from: number, to: number): number =>
    fit === 'cover' ? Math.max(to, Math.round(from * scale)) : Math.min(to, Math.max(1, Math.round(from * scale)));
  const scaled = resize(image, near(image.width, width), near(image.height, height));
  if (fit === 'cover') return cutMiddle(scaled, width, height);
  return place(
    scaled,
    width,
    height,
    Math.floor((width - scaled.width) / 2),
    Math.floor((height - scaled.height) / 2),
    shade,
  );
}

/** Puts the image into a frame of another size, its left upper corner at (left, top); what it does not cover gets the shade. */
function place(image: Pixels, width: number, height: number, left: number, top: number, shade: number): Pixels {
  const values = new Float32Array(width * height * image.channels).fill(shade);
  const [x0, x1] = [Math.max(0, left), Math.min(width, left + image.width)];
  const [y0, y1] = [Math.max(0, top), Math.min(height, top + image.height)];
  for (let c = 0; c < image.channels; c++)
    for (let y = y0; y < y1; y++) {
      const from = (c * image.height + y - top) * image.width - left;
      values.set(image.values.subarray(from + x0, from + x1), (c * height + y) * width + x0);
    }
  return { width, height, channels: image.channels, values };
}

/** Rec. 601, as Pillow's "L" and OpenCV's grey. */
const luma = [0.299, 0.587, 0.114] as const;

function withChannels(image: Pixels, count: 1 | 3, shade: number): Pixels {
  const area = image.width * image.height;
  const plane = (c: number): Float32Array => image.values.subarray(c * area, (c + 1) * area);
  const isColour = image.channels >= 3;
  const values = new Float32Array(area * count);
  const colours = isColour ? [plane(0), plane(1), plane(2)] : [plane(0)];
  if (count === 1 && isColour) {
    const [red, green, blue] = colours;
    for (let i = 0; i < area; i++)
      values[i] = luma[0] * (red?.[i] ?? 0) + luma[1] * (green?.[i] ?? 0) + luma[2] * (blue?.[i] ?? 0);
  } else for (let c = 0; c < count; c++) values.set(colours[isColour ? c : 0] ?? plane(0), c * area);
  if (image.channels === 2 || image.channels === 4) {
    const alpha = plane(image.channels - 1);
    for (let c = 0; c < count; c++)
      for (let i = 0; i < area; i++) {
        const opacity = alpha[i] ?? 1;
        values[c * area + i] = (values[c * area + i] ?? 0) * opacity + shade * (1 - opacity);
      }
  }
  return { width: image.width, height: image.height, channels: count, values };
}

function normalise(image: Pixels, mean: readonly number[], sd: readonly number[]): Pixels {
  const area = image.width * image.height;
  const values = new Float32Array(image.values.length);
  for (let c = 0; c < image.channels; c++) {
    const center = mean[c] ?? mean[0] ?? 0;
    const spread = sd[c] ?? sd[0] ?? 1;
    for (let i = c * area; i < (c + 1) * area; i++) values[i] = ((image.values[i] ?? 0) - center) / spread;
  }
  return { ...image, values };
}
