/** The images of a workspace, for nodes that read, measure or learn from them. */
import { applySteps } from '../../methods/images/apply-steps.ts';
import { pixelsOfBytes } from '../../methods/images/pixels.ts';
import { fail } from '../../shared/errors.ts';
import { sayChannels, shapeAfter, type ImageShape, type ImageValue } from '../../shared/media/image.ts';
import type { ImageBatch, Images, KeptFrame, KeptImage } from '../../shared/media/image-service.ts';
import type { SourceFolderFile } from '../../shared/source/source-folder.ts';
import { eachOf, readSourceFile, sayTooLarge } from '../sources/source-folder.ts';
import { openKeptFiles, sha256Of } from '../files/kept-files.ts';
import { decodeImage, isFault } from './decode.ts';
import { openEncoder } from './encoder.ts';
import { ImageMemory } from './image-facts.ts';
import { openTextReader } from './text-reader.ts';
import { videoFrames } from './video-frames.ts';

/** Images in memory at once: libuv has four threads that decode. */
const atOnce = 4;
export const mostImageBytes = 256 * 2 ** 20;

/** @param flowyardFolder `.flowyard` of the workspace */
export function openImages(flowyardFolder: string): Images {
  const kept = openKeptFiles(flowyardFolder);
  const memory = new ImageMemory(flowyardFolder);

  async function keepOne(file: SourceFolderFile): Promise<KeptImage> {
    const known = await memory.get(file.sha256);
    if (known !== undefined && (await kept.has(file.sha256, file.bytes))) return known;
    const tooLarge = sayTooLarge(file, mostImageBytes);
    if (tooLarge !== undefined) return { fault: { kind: 'too-large', says: tooLarge } };
    const bytes = await readSourceFile(file);
    if (bytes === undefined || sha256Of(bytes) !== file.sha256)
      return { fault: { kind: 'changed', says: 'changed while the folder was read' } };
    const found = await decodeImage(bytes);
    if (isFault(found)) return found;
    await kept.keep(file.sha256, bytes);
    const { format, width, height, channels } = found;
    await memory.set(file.sha256, { format, width, height, channels });
    return { format, width, height, channels };
  }

  return {
    keep: async (files, { signal, progress }) => {
      const found: KeptImage[] = [];
      let done = 0;
      try {
        await eachOf(files, atOnce, async (file, i) => {
          signal.throwIfAborted();
          found[i] = await keepOne(file);
          progress?.(++done);
        });
      } finally {
        await memory.save();
      }
      return found;
    },
    keepFrames: async (file, settings, signal) => {
      if (file.packed !== undefined) return { says: 'lies in a ZIP archive; videos are read from folders alone' };
      const frames: KeptFrame[] = [];
      const found = await videoFrames(
        file.place,
        settings,
        async (png, at) => {
          const picture = await decodeImage(png);
          if (isFault(picture)) return;
          const sha256 = sha256Of(png);
          await kept.keep(sha256, png);
          const { width, height, channels } = picture;
          frames.push({ sha256, width, height, channels, seconds: at * settings.everySeconds });
        },
        signal,
      );
      if (found === 'missing')
        throw fail('video.no-ffmpeg', {
          message: 'Videos are read by ffmpeg, which this machine does not have.',
          mend: 'Install ffmpeg (ffmpeg.org, or your system’s packages), then run again.',
        });
      return typeof found === 'number' ? frames : found;
    },
    openEncoder,
    openTextReader: (threads) =>
      openTextReader(async (image) => readPixels(image, await kept.read(image.hash)), threads),
    pixels: pixelReader(kept.read),
  };
}

/** Pixels of images whose bytes come from anywhere: kept files, or a request that a service was just sent. */
export function pixelReader(readBytes: (hash: string) => Promise<Uint8Array | undefined>): Images['pixels'] {
  return async (images, signal) => {
    const shape = commonShape(images);
    const { width, height, channels } = shape;
    const size = width * height * channels;
    const values = new Float32Array(images.length * size);
    await eachOf(images, atOnce, async (image, i) => {
      signal.throwIfAborted();
      values.set((await readPixels(image, await readBytes(image.hash))).values, i * size);
    });
    return { ...shape, count: images.length, values } satisfies ImageBatch;
  };
}

async function readPixels(image: ImageValue, bytes: Uint8Array | undefined) {
  if (bytes === undefined)
    throw fail('image.gone', {
      message: `The image "${image.name}" is no longer stored in the workspace.`,
      mend: 'Run the reader of the images again.',
      facts: { image: image.name, hash: image.hash },
    });
  const found = await decodeImage(bytes);
  if (isFault(found))
    throw fail('image.damaged', {
      message: `The image "${image.name}" ${found.fault.says}.`,
      mend: 'Replace the file, or let the reader leave out what is damaged.',
      facts: { image: image.name, hash: image.hash },
    });
  return applySteps(pixelsOfBytes(found.bytes, found.width, found.height, found.channels), image.steps);
}

function commonShape(images: readonly ImageValue[]): ImageShape {
  const [first] = images;
  if (first === undefined) return { width: 0, height: 0, channels: 0 };
  const wanted = shapeAfter(first);
  for (const image of images) {
    const shape = shapeAfter(image);
    if (shape.channels !== wanted.channels)
      throw fail('image.shape', {
        message: `The image "${image.name}" is ${sayChannels(shape.channels)}, "${first.name}" is ${sayChannels(wanted.channels)}.`,
        mend: 'Put Prepare images before and choose the channels there.',
        facts: { image: image.name, channels: shape.channels, wanted: wanted.channels },
      });
    if (shape.width !== wanted.width || shape.height !== wanted.height)
      throw fail('image.shape', {
        message: `The image "${image.name}" is ${shape.width} × ${shape.height}, "${first.name}" is ${wanted.width} × ${wanted.height}.`,
        mend: 'Put Prepare images before and choose one size there.',
        facts: { image: image.name, width: shape.width, height: shape.height },
      });
  }
  return wanted;
}
