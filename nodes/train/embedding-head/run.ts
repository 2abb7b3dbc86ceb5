import { task, type TaskContext } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { readImageCell, type ImageValue } from '../../../shared/media/image.ts';
import type { ImageEncoder } from '../../../shared/media/image-service.ts';
import { resolveLayers } from '../../../shared/neural/layer-presets.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { requireImageColumn } from '../../../shared/spec/image-columns.ts';
import { settingsOf } from '../../../shared/spec/neural-learner.ts';
import { encodeNeural } from '../../../methods/estimator/neural-estimator.ts';
import { encodeImages, encoderOutput, type EncodedImages } from '../../../methods/images/encode-images.ts';
import { encodeEmbeddings } from '../../../methods/neural-inputs/encode-rows.ts';
import type { EncodingOf } from '../../../methods/neural-inputs/encoding.ts';
import { fitNumbers } from '../../../methods/neural-inputs/fit-encoding.ts';
import { commonSource } from '../../../methods/training/learn-image-network.ts';
import { learnNetwork, type NetworkSource } from '../../../methods/training/learn-network.ts';
import { openTrainingSet, type TrainingSet } from '../../../methods/training/training-set.ts';
import { spec } from './spec.ts';

type Context = TaskContext<ParamsOf<typeof spec>>;

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
          positive: set.positive,
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
  return requireImageColumn(node, params.column, table('rows').schema).name;
}

interface Embedded extends EncodedImages {
  images: ImageValue[];
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
    throw fail('image.none', {
      message: `There is no image in the column "${column}" of the training rows.`,
      mend: 'Look at what Split and the filters before leave over, or choose another column.',
      column,
    });
  const encoded = await encodeImages(
    { service, encoder, images },
    { output: params.output, pool: params.pool, mostNumbers },
    { signal, progress },
  );
  return {
    images,
    ...encoded,
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
    output: encoderOutput(encoder, params.output),
    pool: params.pool,
    rank,
    takes: encoder.takes,
    mean: fitted.map((n) => n.mean),
    sd: fitted.map((n) => n.sd),
    source: commonSource(images),
  };
}
