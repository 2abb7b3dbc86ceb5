/** A network's answers for rows: encoded a part at a time, so that ten thousand images are never in memory together. */
import type { NeuralEstimator } from '../../methods/estimators/neural/neural-estimator.ts';
import { readAnswer } from '../../methods/estimators/neural/neural-estimator.ts';
import {
  encodeEmbeddings,
  encodePixels,
  encodeSeries,
  encodeTable,
  encodeTexts,
  encodeWordpieces,
} from '../../methods/neural-inputs/encode-rows.ts';
import type { EncodingOf } from '../../methods/neural-inputs/encoding.ts';
import { readEncoderTexts } from '../../methods/encoder/encoder-texts.ts';
import { fail } from '../../shared/errors.ts';
import { readImageCell, sayChannels, shapeAfter, type ImageValue } from '../../shared/media/image.ts';
import type { ImageEncoder } from '../../shared/media/image-service.ts';
import type { NetworkRows } from '../../shared/neural/neural-service.ts';
import { openEncoder } from '../images/encoder.ts';
import { openTokenizer, type TextTokenizer } from '../text/tokenizer.ts';
import { openForward, type Forward } from './open-forward.ts';
import type { Predictions } from '../../methods/tasks/model-task.ts';
import type { AskedFeatures, PredictServices } from './scorer/asked-features.ts';

/** Rows that are encoded at once. */
const partRows = 256;

export interface NeuralAnswers {
  predict: (features: AskedFeatures, rows: number) => Promise<Predictions>;
  close: () => Promise<void>;
}

/** The network is loaded when the first row is asked about. */
export function openNeural(estimator: NeuralEstimator, services: PredictServices): NeuralAnswers {
  let opening: Promise<Forward> | undefined;
  let encoder: Promise<ImageEncoder> | undefined;
  let tokenizer: Promise<TextTokenizer> | undefined;
  const open = (): Promise<Forward> =>
    (opening ??= openForward(estimator.network, estimator.weights, services.threads));
  const openFrozen = (): Promise<ImageEncoder> =>
    (encoder ??= openEncoder(estimator.encoder ?? new Uint8Array(0), services.threads));
  const openTokens = (): Promise<TextTokenizer> => (tokenizer ??= tokenizerOf(estimator));
  return {
    predict: async (features, rows) => {
      const forward = rows === 0 ? undefined : await open();
      const parts: Predictions[] = [];
      for (let from = 0; from < rows; from += partRows) {
        services.signal?.throwIfAborted();
        const part = cut(features, from, Math.min(rows, from + partRows), rows);
        if (forward !== undefined)
          parts.push(await answerPart(estimator, forward, part, { ...services, openFrozen, openTokens }));
      }
      return joined(parts);
    },
    close: async () => {
      await (await opening?.catch(() => undefined))?.close();
      await (await encoder?.catch(() => undefined))?.close();
    },
  };
}

interface Part extends AskedFeatures {
  rows: number;
}
interface PartServices extends PredictServices {
  openFrozen: () => Promise<ImageEncoder>;
  openTokens: () => Promise<TextTokenizer>;
}

function cut({ numbers, texts }: AskedFeatures, from: number, to: number, rows: number): Part {
  const width = numbers.length / rows;
  return {
    rows: to - from,
    numbers: numbers.subarray(from * width, to * width),
    texts: texts.map((column) => column.slice(from, to)),
  };
}

async function answerPart(
  estimator: NeuralEstimator,
  forward: Forward,
  part: Part,
  services: PartServices,
): Promise<Predictions> {
  const { rows, missing } = await encodePart(estimator, part, services);
  if (rows.count === 0)
    return withGaps(estimator, { prediction: new Float64Array(0), probabilities: new Float64Array(0) }, missing);
  return withGaps(estimator, readAnswer(estimator.answer, rows, await forward.run(rows)), missing);
}

/** @returns encoded rows, and for each row of the part whether it has nothing to be read from (an image that is missing) */
async function encodePart(
  { encoding }: NeuralEstimator,
  part: Part,
  services: PartServices,
): Promise<{ rows: NetworkRows; missing: readonly boolean[] }> {
  const all = { missing: Array.from({ length: part.rows }, () => false) };
  switch (encoding.kind) {
    case 'table':
      return { rows: encodeTable(encoding, part), ...all };
    case 'series':
      return { rows: encodeSeries(encoding, part), ...all };
    case 'text':
      return { rows: encodeTexts(encoding, part.texts[0] ?? []), ...all };
    case 'wordpieces': {
      const { encode } = await services.openTokens();
      const tokens = part.texts.map((texts) => texts.map((text) => encode(text ?? '').ids));
      return { rows: encodeWordpieces(encoding, tokens), ...all };
    }
    case 'image':
    case 'embedded-image': {
      const images = (part.texts[0] ?? []).map((text) => (text === null ? undefined : readImageCell(text)));
      const there = images.filter((image) => image !== undefined);
      const wanted = encoding.kind === 'image' ? encoding : encoding.takes;
      for (const image of there) refuseOtherShape(wanted, image);
      const missing = images.map((image) => image === undefined);
      if (there.length === 0) return { rows: { count: 0 }, missing };
      const signal = services.signal ?? new AbortController().signal;
      if (encoding.kind === 'embedded-image')
        return { rows: await embedAll(encoding, there, services, signal), missing };
      const { values } = await services.images.pixels(there, signal);
      return { rows: encodePixels(encoding, values, there.length), missing };
    }
  }
}

async function tokenizerOf({ encoding, tokens }: NeuralEstimator): Promise<TextTokenizer> {
  if (encoding.kind !== 'wordpieces') throw new Error('only word pieces have a tokenizer');
  return openTokenizer({ ...readEncoderTexts(tokens ?? new Uint8Array(0)), longest: encoding.length });
}

/** One image at a time: a batch of another size might give other bits. */
async function embedAll(
  encoding: EncodingOf<'embedded-image'>,
  images: readonly ImageValue[],
  { images: service, openFrozen }: PartServices,
  signal: AbortSignal,
): Promise<NetworkRows> {
  const encoder = await openFrozen();
  const size = encoding.mean.length;
  const values = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) {
    const { values: own } = await encoder.encode(await service.pixels([image], signal), encoding);
    values.set(own.subarray(0, size), i * size);
  }
  return encodeEmbeddings(encoding, values, images.length);
}

interface Wanted {
  channels: number | null;
  height: number | null;
  width: number | null;
}

function refuseOtherShape(encoding: Wanted, image: ImageValue): void {
  const { channels, height, width } = shapeAfter(image);
  if (encoding.channels !== null && channels !== encoding.channels)
    throw fail('predict.image-channels', {
      message: `The image "${image.name}" is ${sayChannels(channels)}; the network was trained on images that are ${sayChannels(encoding.channels)}.`,
      mend: 'Give images of that kind, or train with Prepare images before, which brings all to one kind.',
      facts: { image: image.name, channels, wanted: encoding.channels },
    });
  if ((encoding.height !== null && height !== encoding.height) || (encoding.width !== null && width !== encoding.width))
    throw fail('predict.image-size', {
      message: `The image "${image.name}" has ${width} × ${height} pixels; the network takes ${encoding.width ?? 'any'} × ${encoding.height ?? 'any'}.`,
      mend: 'Give images of that size, or train with Prepare images before, which brings all to one size.',
      facts: { image: image.name, width, height },
    });
}

/** Rows without an answer have NaN, in their place. */
function withGaps({ answer, network }: NeuralEstimator, found: Predictions, missing: readonly boolean[]): Predictions {
  if (!missing.includes(true)) return found;
  const classes = answer.kind === 'classes' && network.output.kind === 'classes' ? network.output.count : 0;
  const prediction = new Float64Array(missing.length).fill(Number.NaN);
  const probabilities = new Float64Array(missing.length * classes).fill(Number.NaN);
  let at = 0;
  missing.forEach((isMissing, row) => {
    if (isMissing) return;
    prediction[row] = found.prediction[at] ?? Number.NaN;
    probabilities.set(found.probabilities.subarray(at * classes, (at + 1) * classes), row * classes);
    at += 1;
  });
  return { prediction, probabilities };
}

function joined(parts: readonly Predictions[]): Predictions {
  const join = (of: (part: Predictions) => Float64Array): Float64Array => {
    const all = new Float64Array(parts.reduce((sum, part) => sum + of(part).length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(of(part), at);
      at += of(part).length;
    }
    return all;
  };
  return { prediction: join((p) => p.prediction), probabilities: join((p) => p.probabilities) };
}
