/** A trained network as an estimator: how rows are encoded, the network with its weights, and what its answer means. */
import * as z from 'zod';
import type { JsonValue } from '../../../shared/capabilities.ts';
import { network as networkSchema, type Network } from '../../../shared/neural/network.ts';
import type { NetworkRows, NetworkWeights } from '../../../shared/neural/neural-service.ts';
import { inputEncoding, type InputEncoding } from '../../neural-inputs/encoding.ts';
import type { Predictions } from '../../tasks/model-task.ts';
import { littleEndian } from '../../onnx/protobuf-writer.ts';
import { unreadable } from '../unreadable.ts';
import { mostLikely } from '../../tasks/classification/most-likely.ts';

export const networkAnswer = z.discriminatedUnion('kind', [
  /** Probabilities of the classes, as they come. */
  z.object({ kind: z.literal('classes') }),
  /** A number that was standardised for training: value × sd + mean. */
  z.object({ kind: z.literal('value'), mean: z.number(), sd: z.number() }),
  /** How badly the network gives its input again: the mean of the squared differences, in standardised numbers. */
  z.object({ kind: z.literal('difference') }),
]);
export type NetworkAnswer = z.output<typeof networkAnswer>;

export interface NeuralEstimator {
  readonly form: 'neural';
  readonly encoding: InputEncoding;
  readonly network: Network;
  readonly weights: NetworkWeights;
  readonly answer: NetworkAnswer;
  /** The frozen encoder before the network, as an ONNX file, where the encoding names one. */
  readonly encoder?: Uint8Array;
  /** What texts are cut into tokens by, and what the encoder was: `encoderText`, where the encoding is of word pieces. */
  readonly tokens?: Uint8Array;
}

const blobName = 'weights';
const encoderBlob = 'encoder';
const tokensBlob = 'tokens';
const saved = z.object({
  form: z.literal('neural'),
  encoding: inputEncoding,
  network: networkSchema,
  answer: networkAnswer,
  weights: z.object({
    blob: z.string(),
    tensors: z.array(z.object({ name: z.string(), shape: z.array(z.int()) })),
  }),
});

/** The weights go into a file of their own: float32, lowest byte first, tensor after tensor. */
export function encodeNeural(estimator: NeuralEstimator): {
  estimator: JsonValue;
  blobs: Record<string, Uint8Array>;
} {
  const { form, encoding, network, answer, weights, encoder, tokens } = estimator;
  const bytes = new Uint8Array(4 * weights.reduce((sum, t) => sum + t.values.length, 0));
  let at = 0;
  for (const { values } of weights) {
    bytes.set(littleEndian(values), at);
    at += 4 * values.length;
  }
  const tensors = weights.map(({ name, shape }) => ({ name, shape: [...shape] }));
  return {
    estimator: JSON.parse(JSON.stringify({ form, encoding, network, answer, weights: { blob: blobName, tensors } })),
    blobs: {
      [blobName]: bytes,
      ...(encoder === undefined ? {} : { [encoderBlob]: encoder }),
      ...(tokens === undefined ? {} : { [tokensBlob]: tokens }),
    },
  };
}

/** @throws `estimator.unreadable` */
export function decodeNeural(json: unknown, blobs: ReadonlyMap<string, Uint8Array>): NeuralEstimator {
  const parsed = saved.safeParse(json);
  if (!parsed.success) throw unreadable(parsed.error.issues[0]?.message ?? 'it has another form');
  const { form, encoding, network, answer, weights } = parsed.data;
  const bytes = blobs.get(weights.blob);
  const wanted = weights.tensors.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const total = wanted.reduce((a, b) => a + b, 0);
  if (bytes?.length !== total * 4) throw unreadable('the file with its weights is missing or cut off');
  // A copy, which begins where float32 may; turned where the machine has the highest byte first.
  const all = new Float32Array(bytes.slice().buffer);
  const numbers = new Float32Array(littleEndian(all).buffer);
  let at = 0;
  const tensors = weights.tensors.map(({ name, shape }, i) => {
    const from = at;
    at += wanted[i] ?? 0;
    return { name, shape, values: numbers.slice(from, at) };
  });
  const encoder = blobs.get(encoderBlob);
  if (encoding.kind === 'embedded-image' && encoder === undefined) throw unreadable('its encoder is missing');
  const tokens = blobs.get(tokensBlob);
  if (encoding.kind === 'wordpieces' && tokens === undefined) throw unreadable('its tokenizer is missing');
  return {
    form,
    encoding,
    network,
    weights: tensors,
    answer,
    ...(encoder === undefined ? {} : { encoder }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

/** What the network's numbers mean. @param values [rows, width], row-major */
export function readAnswer(
  answer: NetworkAnswer,
  encoded: NetworkRows,
  { width, values }: { width: number; values: Float32Array },
): Predictions {
  const rows = encoded.count;
  switch (answer.kind) {
    case 'classes': {
      const probabilities = Float64Array.from(values);
      return { prediction: mostLikely(probabilities, rows), probabilities };
    }
    case 'value':
      return {
        prediction: Float64Array.from(values, (v) => v * answer.sd + answer.mean),
        probabilities: new Float64Array(0),
      };
    case 'difference': {
      const wanted = encoded.numbers ?? new Float32Array(values.length);
      return { prediction: meanSquares(values, wanted, width, rows), probabilities: new Float64Array(0) };
    }
  }
}

function meanSquares(a: Float32Array, b: Float32Array, width: number, rows: number): Float64Array {
  const out = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
    out[row] = sum / width;
  }
  return out;
}
