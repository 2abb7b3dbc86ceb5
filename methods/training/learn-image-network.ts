/** Images as a network reads them: one size, one number of channels, standardised by channel over the training images. */
import type { PartitionName, TaskContext } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { requireImageColumn } from '../../shared/kind/image-columns.ts';
import { readImageCell, type ImageValue } from '../../shared/media/image.ts';
import type { NetworkInput } from '../../shared/neural/network.ts';
import type { NetworkRows } from '../../shared/neural/neural-service.ts';
import { deviations, measureChannels, mergeStatistics, type ChannelStatistics } from '../images/channel-statistics.ts';
import { encodePixels } from '../neural-inputs/encode-rows.ts';
import type { EncodingOf } from '../neural-inputs/encoding.ts';
import type { LearnerContext, LearnerSettings } from './learner-context.ts';
import { openTrainingSet, type TargetRows, type TrainingSet } from './training-set.ts';

type ImageContext = Pick<TaskContext<unknown>, 'images' | 'signal' | 'progress' | 'log' | 'warn'>;

const atOnce = 64;
/** Pixels of all images together are held in memory while it trains. */
const mostValues = 2 ** 30;

export interface ImageRowsOf {
  encoding: EncodingOf<'image'>;
  rows: (partition: 'train' | 'validation') => Promise<{ rows: NetworkRows; target: TargetRows }>;
  images: number;
}

/** The rows that have a target, their images read, and how a network takes them. */
export async function openImageSet(
  context: ImageContext & LearnerContext,
  { target, column, task }: { target: string; column: string; task: LearnerSettings['task'] },
): Promise<{ set: TrainingSet; column: string; read: ImageRowsOf; input: NetworkInput & { kind: 'image' } }> {
  const found = requireImageColumn(context.node, column, context.table('rows').schema).name;
  const set = await openTrainingSet(context, { target, columns: { by: 'names', names: [] }, task, features: 'none' });
  const read = await readImages(context, set, found);
  const { channels, height, width } = read.encoding;
  return { set, column: found, read, input: { kind: 'image', channels, height, width } };
}

/** Reads the training images once: what they have in common, and the mean and deviation of each channel. */
export async function readImages(
  context: ImageContext,
  set: Pick<TrainingSet, 'texts' | 'read'>,
  column: string,
): Promise<ImageRowsOf> {
  const training = await partitionImages(context, set, column, 'train');
  const { pixels, shape } = training;
  if (training.images.length === 0)
    throw fail('image.none', {
      message: `There is no image in the column "${column}" of the training rows.`,
      mend: 'Look what the node before gives.',
      column,
    });
  const measured = measure(pixels, shape.channels, training.images.length);
  const sd = deviations(measured).map((one) => (one < 1e-6 ? 1 : one));
  const encoding: EncodingOf<'image'> = {
    kind: 'image',
    column,
    ...shape,
    mean: measured.mean,
    sd,
    source: commonSource(training.images),
  };
  const encoded = (read: ReadImages): { rows: NetworkRows; target: TargetRows } => ({
    rows: encodePixels(encoding, read.pixels, read.images.length),
    target: read.target,
  });
  const first = encoded(training);
  return {
    encoding,
    images: training.images.length,
    rows: async (partition) => {
      if (partition === 'train') return first;
      const other = await partitionImages(context, set, column, partition);
      if (other.images.length > 0) refuseOther(training.images[0], shape, other.images[0], other.shape);
      return encoded(other);
    },
  };
}

interface Shape {
  channels: number;
  height: number;
  width: number;
}
interface ReadImages {
  images: ImageValue[];
  pixels: Float32Array;
  shape: Shape;
  /** Of the rows that have an image. */
  target: TargetRows;
}

async function partitionImages(
  context: ImageContext,
  set: Pick<TrainingSet, 'texts' | 'read'>,
  column: string,
  partition: PartitionName,
): Promise<ReadImages> {
  const [cells = []] = await set.texts([column], partition);
  const target = await set.read(partition);
  const found = cells.map((cell) => (cell === null ? undefined : readImageCell(cell)));
  const kept = found.flatMap((image, row) => (image === undefined ? [] : [row]));
  if (kept.length < found.length)
    context.log(`${found.length - kept.length} of ${found.length} rows have no image and are left out.`, 'warning');
  const images = found.filter((image) => image !== undefined);
  return {
    images,
    ...(await readPixels(context, images)),
    target: {
      rows: kept.length,
      target: Float64Array.from(kept, (row) => target.target[row] ?? Number.NaN),
      ...(target.weights === undefined
        ? {}
        : { weights: Float64Array.from(kept, (row) => target.weights?.[row] ?? 0) }),
    },
  };
}

async function readPixels(
  { images: service, signal, progress }: ImageContext,
  images: readonly ImageValue[],
): Promise<{ pixels: Float32Array; shape: Shape }> {
  let pixels = new Float32Array(0);
  let shape: Shape = { channels: 0, height: 0, width: 0 };
  for (let from = 0; from < images.length; from += atOnce) {
    signal.throwIfAborted();
    progress(from / images.length, `${from.toLocaleString('en')} of ${images.length.toLocaleString('en')} images read`);
    const { values, count, channels, height, width } = await service.pixels(images.slice(from, from + atOnce), signal);
    const size = values.length / count;
    if (from === 0) {
      shape = { channels, height, width };
      refuseTooMany(images.length, size);
      pixels = new Float32Array(images.length * size);
    } else refuseOther(images[0], shape, images[from], { channels, height, width });
    pixels.set(values, from * size);
  }
  return { pixels, shape };
}

function refuseTooMany(count: number, size: number): void {
  if (count * size <= mostValues) return;
  throw fail('neural.no-memory', {
    message: `${count.toLocaleString('en')} images of ${size.toLocaleString('en')} numbers each do not fit into memory (${Math.round((count * size * 4) / 2 ** 30)} GB).`,
    mend: 'Make them smaller with Prepare images, or train on a sample.',
    param: 'column',
  });
}

/** Within a batch the service refuses by itself; batches are compared here. */
function refuseOther(first: ImageValue | undefined, shape: Shape, image: ImageValue | undefined, other: Shape): void {
  if (shape.channels === other.channels && shape.height === other.height && shape.width === other.width) return;
  const say = (s: Shape): string =>
    `${s.width} × ${s.height} pixels with ${s.channels} channel${s.channels === 1 ? '' : 's'}`;
  throw fail('image.shape', {
    message: `The image "${image?.name ?? ''}" has ${say(other)}, "${first?.name ?? ''}" has ${say(shape)}.`,
    mend: 'Put Prepare images before and choose one size and the channels there.',
    facts: { image: image?.name ?? '' },
  });
}

function measure(pixels: Float32Array, channels: number, images: number): ChannelStatistics {
  const size = pixels.length / images;
  let all: ChannelStatistics | undefined;
  for (let i = 0; i < images; i++) {
    const one = measureChannels({ channels, values: pixels.subarray(i * size, (i + 1) * size) });
    all = all === undefined ? one : mergeStatistics(all, one);
  }
  return all ?? { count: 1, mean: [], squares: [] };
}

/** What all files have in common before any step: an exported model can only be told about such images. */
export function commonSource(images: readonly ImageValue[]): EncodingOf<'image'>['source'] {
  const common = (of: (image: ImageValue) => number): number | null => {
    const [first] = images;
    return first !== undefined && images.every((image) => of(image) === of(first)) ? of(first) : null;
  };
  return { channels: common((i) => i.channels), height: common((i) => i.height), width: common((i) => i.width) };
}
