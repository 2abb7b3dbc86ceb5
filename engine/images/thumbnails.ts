/**
 * Small pictures of images for people: in the shape that their steps give them, in shades as they were before normalising. Made in the process that computes
 * previews; the last few thousand are kept in its memory.
 */
import { applySteps } from '../../methods/images/apply-steps.ts';
import { pixelsOfBytes, type Pixels } from '../../methods/images/pixels.ts';
import { readSteps } from '../../shared/media/image.ts';
import { eachOf } from '../sources/source-folder.ts';
import { openKeptFiles } from '../files/kept-files.ts';
import { decodeImage, isFault, loadSharp } from './decode.ts';

export interface ThumbnailRequest {
  hash: string;
  /** As they stand in the image's value. */
  steps: string;
}
export interface Thumbnails {
  /** PNG or WebP, no larger than `sidePx` each way and never enlarged; null where the image is gone or damaged. In the order asked. */
  get: (
    images: readonly ThumbnailRequest[],
    sidePx: number,
    signal: AbortSignal,
  ) => Promise<(Uint8Array<ArrayBuffer> | null)[]>;
}

const remembered = 4000;
const atOnce = 2;
/** Up to this a picture is kept to the pixel: an 8 × 8 numeral would suffer from compression, and gains nothing. */
const exactPixels = 64 * 64;

/** @param flowyardFolder `.flowyard` of the workspace */
export function openThumbnails(flowyardFolder: string): Thumbnails {
  const kept = openKeptFiles(flowyardFolder);
  const made = new Map<string, Uint8Array<ArrayBuffer>>();

  async function make({ hash, steps }: ThumbnailRequest, sidePx: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const name = `${sidePx} ${hash} ${steps}`;
    const known = made.get(name);
    if (known !== undefined) return known;
    const file = await kept.read(hash);
    if (file === undefined) return null;
    const drawn = await draw(file, steps, sidePx).catch(() => null);
    if (drawn !== null) made.set(name, drawn);
    const [oldest] = made.keys();
    if (made.size > remembered && oldest !== undefined) made.delete(oldest);
    return drawn;
  }

  return {
    get: async (images, sidePx, signal) => {
      const out: (Uint8Array<ArrayBuffer> | null)[] = [];
      await eachOf(images, atOnce, async (image, i) => {
        signal.throwIfAborted();
        out[i] = await make(image, sidePx);
      });
      return out;
    },
  };
}

async function draw(file: Uint8Array, steps: string, sidePx: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const found = await decodeImage(file);
  if (isFault(found)) return null;
  const seen = readSteps(steps).filter((step) => step.do !== 'normalise');
  const { width, height, channels } = found;
  const image =
    seen.length === 0
      ? { width, height, channels, bytes: found.bytes }
      : bytesOf(applySteps(pixelsOfBytes(found.bytes, width, height, channels), seen));
  const sharp = await loadSharp();
  const size = { width: image.width, height: image.height, channels: asChannels(image.channels) };
  const small = sharp(image.bytes, { raw: size }).resize(sidePx, sidePx, { fit: 'inside', withoutEnlargement: true });
  const isTiny = image.width * image.height <= exactPixels;
  const made = await (isTiny ? small.png() : small.webp({ quality: 80 })).toBuffer();
  return new Uint8Array(made);
}

function bytesOf({ width, height, channels, values }: Pixels) {
  const area = width * height;
  const bytes = new Uint8Array(area * channels);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < area; i++)
      bytes[i * channels + c] = Math.max(0, Math.min(255, Math.round((values[c * area + i] ?? 0) * 255)));
  return { width, height, channels, bytes };
}

const asChannels = (channels: number): 1 | 2 | 3 | 4 =>
  channels === 1 || channels === 2 || channels === 3 ? channels : 4;
