/** Images through a frozen encoder, some at a time: for those who learn from its numbers, and for those who put them into a table. */
import { fail } from '../../shared/errors.ts';
import { sayChannels, shapeAfter, type ImageValue } from '../../shared/image.ts';
import type { ImageEncoder, Images } from '../../shared/image-service.ts';

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
}

/** @throws `encoder.no-output`, `encoder.shape` naming the image, `encoder.too-many`; without images there is nothing, of size 0 */
export async function encodeImages(
  { service, encoder, images }: { service: Images; encoder: ImageEncoder; images: readonly ImageValue[] },
  { output: wanted, pool, mostNumbers }: Encoding,
  { signal, progress }: EncodingWatch,
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
    const { size, rank, values } = await encoder.encode(await service.pixels(part, signal), { output, pool });
    if (from === 0) {
      refuseTooMany(output, size, mostNumbers);
      made = { size, rank, values: new Float32Array(images.length * size) };
    }
    made.values.set(values, from * size);
  }
  return made;
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
