import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { readImageCell, sayChannels, shapeAfter, type ImageValue } from '../../../shared/image.ts';
import type { ImageEncoder } from '../../../shared/image-service.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { imageColumnFindings, imageColumnOf } from '../../../shared/spec/image-columns.ts';
import { settingsOf } from '../../../shared/spec/neural-learner.ts';
import { encodeNeural } from '../../../methods/estimator/neural-estimator.ts';
import { encodeEmbeddings } from '../../../methods/neural-inputs/encode-rows.ts';
import type { EncodingOf } from '../../../methods/neural-inputs/encoding.ts';
import { fitNumbers } from '../../../methods/neural-inputs/fit-encoding.ts';
import { commonSource } from '../../../methods/training/learn-image-network.ts';
import { learnNetwork, type NetworkSource } from '../../../methods/training/learn-network.ts';
import { openTrainingSet, type TrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

const atOnce = 16;
/** More would be a picture, not an embedding. */
const mostNumbers = 8192;

export default task(spec, {
  sources: ({ encoder }) => [{ from: 'file', param: 'encoder', path: encoder }],

  run: async (context) => {
    const { params, outputs } = context;
    const column = columnOf(context);
    const set = await openTrainingSet(context, {
      target: params.target,
      columns: { by: 'names', names: [] },
      task: params.task,
      features: 'none',
    });
    const encoder = await context.images.openEncoder(context.file('encoder'), context.threads);
    try {
      const train = await embed(context, encoder, set, column, 'train');
      const encoding = fitEncoding(context, encoder, column, train);
      const input = { kind: 'table' as const, numbers: train.size, categories: [] };
      const learnt = await learnNetwork(
        context,
        {
          task: set.task,
          classes: set.classes,
          input,
          layers: resolveLayers(params.layers, 'table', input),
          settings: settingsOf(params),
          device: params.device,
          validation: params.validation,
        },
        async (partition): Promise<NetworkSource> => {
          const read = partition === 'train' ? train : await embed(context, encoder, set, column, partition);
          return { rows: encodeEmbeddings(encoding, read.values, read.images.length), target: read.target };
        },
      );
      const { trained, answer } = learnt;
      await outputs.model('model', {
        kind: spec.kind,
        task: set.task,
        target: set.target,
        features: [column],
        ...(set.task === 'classification' ? { classes: set.classes } : {}),
        ...encodeNeural({
          form: 'neural',
          encoding,
          network: trained.network,
          weights: trained.weights,
          answer,
          encoder: await encoder.bytes(),
        }),
        facts: {
          ...set.facts,
          features: [column],
          images: train.images.length,
          embedding: train.size,
          ...learnt.facts,
        },
      });
      await outputs.report('report', {
        title: 'Head on an encoder',
        chips: [
          `trained on ${train.images.length.toLocaleString('en')} images`,
          ...(set.classes.length > 0 ? [`${set.classes.length} classes`] : []),
          `${train.size} numbers an image`,
          ...learnt.chips,
        ],
        blocks: learnt.blocks,
      });
    } finally {
      await encoder.close();
    }
  },
});

function columnOf({ node, params, table }: Context): string {
  const { columns, schema } = table('rows');
  const column = imageColumnOf(params.column, columns)?.name;
  if (column !== undefined) return column;
  const [finding] = imageColumnFindings(node, params.column, schema);
  throw fail(finding?.code ?? 'image.no-column', {
    ...finding,
    message: finding?.message ?? 'There is no column of images here.',
  });
}

interface Embedded {
  images: ImageValue[];
  /** [images, size] */
  values: Float32Array;
  size: number;
  rank: 2 | 3 | 4;
  target: NetworkSource['target'];
}

async function embed(
  context: Context,
  encoder: ImageEncoder,
  set: TrainingSet,
  column: string,
  partition: 'train' | 'validation',
): Promise<Embedded> {
  const { images: service, signal, progress, params } = context;
  const [cells = []] = await set.texts([column], partition);
  const known = await set.read(partition);
  const found = cells.map((cell) => (cell === null ? undefined : readImageCell(cell)));
  const kept = found.flatMap((image, row) => (image === undefined ? [] : [row]));
  const images = found.filter((image) => image !== undefined);
  if (images.length === 0 && partition === 'train')
    throw fail('image.none', { message: `There is no image in the column "${column}" of the training rows.`, column });
  const output = outputOf(encoder, params.output);
  let made: Pick<Embedded, 'values' | 'size' | 'rank'> = { values: new Float32Array(0), size: 0, rank: 2 };
  for (let from = 0; from < images.length; from += atOnce) {
    signal.throwIfAborted();
    progress(
      from / images.length,
      `${from.toLocaleString('en')} of ${images.length.toLocaleString('en')} images encoded`,
    );
    const part = images.slice(from, from + atOnce);
    for (const image of part) refuseUnfit(encoder, image);
    const { size, rank, values } = await encoder.encode(await service.pixels(part, signal), {
      output,
      pool: params.pool,
    });
    if (from === 0) {
      refuseTooMany(output, size);
      made = { size, rank, values: new Float32Array(images.length * size) };
    }
    made.values.set(values, from * size);
  }
  return {
    images,
    ...made,
    target: {
      rows: kept.length,
      target: Float64Array.from(kept, (row) => known.target[row] ?? Number.NaN),
      ...(known.weights === undefined ? {} : { weights: Float64Array.from(kept, (row) => known.weights?.[row] ?? 0) }),
    },
  };
}

function fitEncoding(
  { params }: Context,
  encoder: ImageEncoder,
  column: string,
  { images, values, size, rank }: Embedded,
): EncodingOf<'embedded-image'> {
  const names = Array.from({ length: size }, (_, i) => String(i));
  const fitted = fitNumbers(names, Float64Array.from(values), images.length);
  return {
    kind: 'embedded-image',
    column,
    output: outputOf(encoder, params.output),
    pool: params.pool,
    rank,
    takes: encoder.takes,
    mean: fitted.map((n) => n.mean),
    sd: fitted.map((n) => n.sd),
    source: commonSource(images),
  };
}

function outputOf({ outputs }: ImageEncoder, wanted: string): string {
  const output = wanted === '' ? (outputs[0] ?? '') : wanted;
  if (outputs.includes(output)) return output;
  throw fail('encoder.no-output', {
    message: `The encoder has no output "${output}".`,
    mend: `It has ${outputs.join(', ')}.`,
    param: 'output',
  });
}

function refuseTooMany(output: string, size: number): void {
  if (size <= mostNumbers) return;
  throw fail('encoder.too-many', {
    message: `The output "${output}" gives ${size.toLocaleString('en')} numbers for each image; at most ${mostNumbers.toLocaleString('en')} are taken.`,
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
