/** Images through a frozen encoder, some at a time: for those who learn from its numbers, and for those who put them into a table. */
import { fail } from '../../shared/errors.ts';
import { orFailed, type FailedRow } from '../../shared/run/failed-rows.ts';
import { sayChannels, shapeAfter, type ImageValue } from '../../shared/media/image.ts';
import type { ImageEncoder, Images } from '../../shared/media/image-service.ts';

const atOnce = 16;

export interface EncodedImages {
  /** [images, size] */
  values: Float32Array;
  size: number;
  /** Of what the encoder gives before it is pooled. */
  rank: 2 | 3 | 4;
}
export interface Encoding {
  /** Empty: the encoder's first. */
  output: string;
  pool: Parameters<ImageEncoder['encode']>[1]['pool'];
  /** More numbers an image are refused. */
  mostNumbers: number;
}
export interface EncodingWatch {
  signal: AbortSignal;
  progress: (fraction: number, text: string) => void;
  /** Of an image that cannot be read, by its number: its numbers are left zero. Without it, such an image is thrown. */
  onFailed?: (index: number, failed: FailedRow) => void;
}

interface Readable {
  usable: readonly number[];
  pixels: Awaited<ReturnType<Images['pixels']>> | undefined;
}

/** @throws `encoder.no-output`, `encoder.shape` naming the image, `encoder.too-many`; without images there is nothing, of size 0 */
export async function encodeImages(
  { service, encoder, images }: { service: Images; encoder: ImageEncoder; images: readonly ImageValue[] },
  { output: wanted, pool, mostNumbers }: Encoding,
  { signal, progress, onFailed }: EncodingWatch,
): Promise<EncodedImages> {
  const output = encoderOutput(encoder, wanted);
  let made: EncodedImages = { values: new Float32Array(0), size: 0, rank: 2 };
  for (let from = 0; from < images.length; from += atOnce) {
    signal.throwIfAborted();
    progress(
      from / images.length,
      `${from.toLocaleString('en')} of ${images.length.toLocaleString('en')} images encoded`,
    );
    const part = images.slice(from, from + atOnce);
    for (const image of part) refuseUnfit(encoder, image);
    const { usable, pixels } =
      onFailed === undefined ? await whole(part) : await readable(part, (i, failed) => onFailed(from + i, failed));
    if (pixels === undefined) continue;
    const { size, rank, values } = await encoder.encode(pixels, { output, pool });
    if (made.size === 0) {
      refuseTooMany(output, size, mostNumbers);
      made = { size, rank, values: new Float32Array(images.length * size) };
    }
    usable.forEach((i, k) => made.values.set(values.subarray(k * size, (k + 1) * size), (from + i) * size));
  }
  return made;

  /** Those whose pixels can be had: one by one, where they cannot be had together. */
  async function readable(
    part: readonly ImageValue[],
    notify: NonNullable<EncodingWatch['onFailed']>,
  ): Promise<Readable> {
    const together = await orFailed(part.length, () => whole(part));
    if ('value' in together) return together.value;
    const kept: number[] = [];
    for (const [i, image] of part.entries()) {
      const alone = await orFailed(1, () => service.pixels([image], signal));
      if ('failed' in alone) notify(i, alone.failed);
      else kept.push(i);
    }
    if (kept.length === 0) return { usable: [], pixels: undefined };
    const { pixels } = await whole(kept.flatMap((i) => part[i] ?? []));
    return { usable: kept, pixels };
  }
  async function whole(part: readonly ImageValue[]): Promise<Readable> {
    return { usable: part.map((_, i) => i), pixels: await service.pixels(part, signal) };
  }
}

/** @throws `encoder.no-output` */
export function encoderOutput({ outputs }: ImageEncoder, wanted: string): string {
  const output = wanted === '' ? (outputs[0] ?? '') : wanted;
  if (outputs.includes(output)) return output;
  throw fail('encoder.no-output', {
    message: `The encoder has no output "${output}".`,
    mend: `It has ${outputs.join(', ')}.`,
    param: 'output',
  });
}

function refuseTooMany(output: string, size: number, most: number): void {
  if (size <= most) return;
  throw fail('encoder.too-many', {
    message: `The output "${output}" gives ${size.toLocaleString('en')} numbers for each image; at most ${most.toLocaleString('en')} are taken.`,
    mend: 'Choose an output further on in the network.',
    param: 'output',
  });
}

function refuseUnfit({ takes }: ImageEncoder, image: ImageValue): void {
  const { channels, height, width } = shapeAfter(image);
  const wrongChannels = takes.channels !== null && takes.channels !== channels;
  const wrongSize =
    (takes.width !== null && takes.width !== width) || (takes.height !== null && takes.height !== height);
  if (!wrongChannels && !wrongSize) return;
  throw fail('encoder.shape', {
    message: wrongChannels
      ? `The encoder takes images with ${takes.channels ?? 'any'} channels; "${image.name}" is ${sayChannels(channels)}.`
      : `The encoder takes ${takes.width ?? 'any'} × ${takes.height ?? 'any'} pixels; "${image.name}" has ${width} × ${height}.`,
    mend: 'Put Prepare images before, with the size, channels and shades that the encoder was trained with.',
    facts: { image: image.name },
  });
}
