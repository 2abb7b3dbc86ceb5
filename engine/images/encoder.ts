/** Frozen encoders: ONNX files from pixels to numbers, run by onnxruntime in threads of its own. */
import { readFile } from 'node:fs/promises';
import { fail } from '../../shared/errors.ts';
import type { ImageBatch, ImageEncoder } from '../../shared/media/image-service.ts';

/** @param file its path, or its bytes */
export async function openEncoder(file: string | Uint8Array, threads: number): Promise<ImageEncoder> {
  // 20 MB that most processes never need.
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await (
    typeof file === 'string'
      ? InferenceSession.create(file, options(threads))
      : InferenceSession.create(file, options(threads))
  ).catch((cause: unknown) => {
    const says = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw unfit(`The encoder could not be loaded: ${says}`, 'Choose an ONNX file.', cause);
  });
  const [input, ...others] = session.inputMetadata;
  const shape = input?.isTensor === true ? input.shape : [];
  if (input?.isTensor !== true || others.length > 0 || input.type !== 'float32' || shape.length !== 4) {
    await session.release();
    throw unfit(
      'The encoder does not take one batch of images: one input of float32 with the shape [images, channels, height, width] is needed.',
      'Choose an image encoder, such as the vision part of CLIP or a ResNet without its last layer.',
    );
  }
  const [channels = null, height = null, width = null] = shape
    .slice(1)
    .map((d) => (typeof d === 'number' && d > 0 ? d : null));
  return {
    takes: { channels, height, width },
    outputs: session.outputNames,
    bytes: async () => (typeof file === 'string' ? new Uint8Array(await readFile(file)) : file),
    encode: async (batch, { output, pool }) => {
      const dims = [batch.count, batch.channels, batch.height, batch.width];
      const results = await session.run({ [input.name]: new Tensor('float32', batch.values, dims) }, [output]);
      const made = results[output];
      if (made === undefined || !(made.data instanceof Float32Array))
        throw unfit(`The encoder's output "${output}" holds no float32 numbers.`, 'Choose another output.');
      return pooled(made.data, made.dims, batch, pool);
    },
    close: () => session.release(),
  };
}

/** [n, d], [n, tokens, d] or [n, d, height, width] → [n, d]. */
function pooled(
  data: Float32Array,
  dims: readonly number[],
  { count }: ImageBatch,
  pool: 'mean' | 'first',
): { size: number; rank: 2 | 3 | 4; values: Float32Array } {
  if (dims[0] !== count || dims.length < 2 || dims.length > 4)
    throw unfit(
      `The encoder's output has the shape ${dims.join(' × ')}, not one row for each image.`,
      'Choose another output.',
    );
  const isMap = dims.length === 4;
  const size = (isMap ? dims[1] : dims.at(-1)) ?? 0;
  const places = data.length / count / Math.max(1, size);
  const values = new Float32Array(count * size);
  for (let n = 0; n < count; n++)
    for (let d = 0; d < size; d++) {
      const at = (place: number): number =>
        data[n * size * places + (isMap ? d * places + place : place * size + d)] ?? 0;
      let sum = at(0);
      if (pool === 'mean') for (let place = 1; place < places; place++) sum += at(place);
      values[n * size + d] = pool === 'mean' ? sum / places : sum;
    }
  return { size, rank: isMap ? 4 : dims.length === 3 ? 3 : 2, values };
}

const options = (threads: number) => ({
  executionProviders: ['cpu'],
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  logSeverityLevel: 3 as const,
});

const unfit = (message: string, mend: string, cause?: unknown) =>
  fail('encoder.unfit', { message, mend, param: 'encoder' }, { cause });
