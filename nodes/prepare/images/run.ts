import { fitted, type FitContext } from '../../../shared/capabilities.ts';
import {
  imageFields,
  readImage,
  shapeAfter,
  withSteps,
  type ImageStep,
  type ImageValue,
} from '../../../shared/media/image.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { imageColumnOf } from '../../../shared/spec/image-columns.ts';
import { id, raw, sql } from '../../../shared/sql.ts';
import { rowColumn } from '../../../shared/wires.ts';
import {
  deviations,
  measureChannels,
  mergeStatistics,
  type ChannelStatistics,
} from '../../../methods/images/channel-statistics.ts';
import { addImageSteps } from '../../../methods/onnx/image-steps.ts';
import { channelNumbers, spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type State = { readonly column: string; readonly steps: readonly ImageStep[] };

/** So many images tell the mean of a channel to a thousandth. */
const mostMeasured = 2000;
const atOnce = 8;

const imagenet = { mean: [0.485, 0.456, 0.406], sd: [0.229, 0.224, 0.225] } as const;

export default fitted(spec, {
  fit: async (context): Promise<State> => {
    const { params, train } = context;
    const column = imageColumnOf(params.column, train.columns)?.name;
    if (column === undefined) return { column: '', steps: [] };
    const steps = geometry(params);
    const images =
      params.normalise === 'training' || params.fit === 'keep' ? await trainingImages(context, column) : [];
    warnOfSizes(context, images, steps);
    return { column, steps: [...steps, ...(await shades(context, images, steps))] };
  },

  apply: ({ input, state }) =>
    state.steps.length === 0 || !input.columns.some((c) => c.name === state.column)
      ? sql`SELECT * FROM ${input.ref}`
      : sql`SELECT * REPLACE (${withSteps(state.column, state.steps)} AS ${id(state.column)}) FROM ${input.ref}`,

  onnx: ({ graph, columns, state }) => {
    const column = columns.get(state.column);
    if (column !== undefined) columns.set(state.column, addImageSteps(graph, column, state.steps, state.column));
  },
});

function geometry(p: Params): ImageStep[] {
  return [
    ...(p.crop === 'middle' ? [{ do: 'crop' as const, width: p.cropWidth, height: p.cropHeight }] : []),
    // Before resizing, so that transparent pixels lend no colour to their neighbours.
    ...(p.channels === 'keep'
      ? []
      : [{ do: 'channels' as const, count: p.channels === 'grey' ? (1 as const) : (3 as const), shade: p.background }]),
    ...(p.fit === 'keep'
      ? []
      : [{ do: 'resize' as const, width: p.width, height: p.height, fit: p.fit, shade: p.background }]),
  ];
}

async function shades(
  context: FitContext<Params>,
  images: readonly ImageValue[],
  steps: readonly ImageStep[],
): Promise<ImageStep[]> {
  const { params, warn } = context;
  switch (params.normalise) {
    case 'none':
      return [];
    case 'imagenet':
      return [{ do: 'normalise', mean: [...imagenet.mean], sd: [...imagenet.sd] }];
    case 'given': {
      const [mean, sd] = [channelNumbers(params.mean), channelNumbers(params.sd)];
      return mean === undefined || sd === undefined ? [] : [{ do: 'normalise', mean, sd }];
    }
    case 'training': {
      const measured = await measure(context, images, steps);
      if (measured === undefined) return [];
      const sd = deviations(measured).map((one) => (one < 1e-6 ? 1 : one));
      if (deviations(measured).some((one) => one < 1e-6))
        warn({
          code: 'images.one-shade',
          severity: 'warning',
          message: 'The training images have a channel of one shade only; it is shifted to 0 and not scaled.',
          mend: 'Set channels to grey, or look whether the images were read as they are.',
          param: 'normalise',
        });
      return [{ do: 'normalise', mean: measured.mean, sd }];
    }
  }
}

/** In the order that every learner reads rows in; of many, every n-th. */
async function trainingImages({ train }: FitContext<Params>, column: string): Promise<ImageValue[]> {
  const order = train.hidden.includes(rowColumn) ? sql` ORDER BY ${id(rowColumn)}` : raw('');
  const rows = await train.query(
    sql`SELECT ${imageFields(column)} FROM ${train.ref} WHERE ${id(column)} IS NOT NULL${order}`,
  );
  const every = Math.max(1, Math.ceil(rows.length / mostMeasured));
  return rows.filter((_, i) => i % every === 0).flatMap((row) => readImage(row) ?? []);
}

async function measure(
  { images: service, signal, progress }: FitContext<Params>,
  images: readonly ImageValue[],
  steps: readonly ImageStep[],
): Promise<ChannelStatistics | undefined> {
  let measured: ChannelStatistics | undefined;
  for (let from = 0; from < images.length; from += atOnce) {
    signal.throwIfAborted();
    progress(
      from / images.length,
      `${from.toLocaleString('en')} of ${images.length.toLocaleString('en')} images measured`,
    );
    const batch = await Promise.all(
      images
        .slice(from, from + atOnce)
        .map((image) => service.pixels([{ ...image, steps: [...image.steps, ...steps] }], signal)),
    );
    for (const pixels of batch) {
      const one = measureChannels(pixels);
      if (measured !== undefined && measured.mean.length !== one.mean.length) continue;
      measured = measured === undefined ? one : mergeStatistics(measured, one);
    }
  }
  return measured;
}

/** Said here, where it is mended, and not only by the trainer that cannot go on. */
function warnOfSizes(
  { params, warn }: FitContext<Params>,
  images: readonly ImageValue[],
  steps: readonly ImageStep[],
): void {
  const shapes = images.map((image) => ({ image, ...shapeAfter({ ...image, steps: [...image.steps, ...steps] }) }));
  const [first] = shapes;
  const other = shapes.find((s) => s.width !== first?.width || s.height !== first.height);
  const otherChannels = shapes.find((s) => s.channels !== first?.channels);
  if (first === undefined) return;
  if (params.fit === 'keep' && other !== undefined)
    warn({
      code: 'images.sizes-differ',
      severity: 'warning',
      message: `"${other.image.name}" is ${other.width} × ${other.height}, "${first.image.name}" is ${first.width} × ${first.height}: a network needs one size.`,
      mend: 'Choose how they fit one frame.',
      param: 'fit',
    });
  if (params.channels === 'keep' && otherChannels !== undefined)
    warn({
      code: 'images.channels-differ',
      severity: 'warning',
      message: `"${otherChannels.image.name}" has ${otherChannels.channels} channels, "${first.image.name}" has ${first.channels}: a network needs one number.`,
      mend: 'Choose grey or colour.',
      param: 'channels',
    });
}
