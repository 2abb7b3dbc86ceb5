/** An exported network gives what the app's own scoring gives: encodings in JavaScript, the network step by step, beside one ONNX file for any number of rows. */
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { openForward } from '../../engine/recipe/open-forward.ts';
import type { OnnxColumn } from '../../shared/capabilities.ts';
import { resolveLayers } from '../../shared/neural/layer-presets.ts';
import type { NetworkInput } from '../../shared/neural/network.ts';
import { readAnswer, type NetworkAnswer, type NeuralEstimator } from '../estimator/neural-estimator.ts';
import { beginWeights } from '../neural/parameters.ts';
import { encodePixels, encodeSeries, encodeTable, encodeTexts, type PlainRows } from '../neural-inputs/encode-rows.ts';
import type { InputEncoding } from '../neural-inputs/encoding.ts';
import { fitVocabulary } from '../neural-inputs/tokens.ts';
import { addNeural } from './add-neural.ts';
import { graphBuilder } from './graph-builder.ts';

const rows = 21;
const spread = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.sin((i + 1) * (seed + 1.7)) * 3);

function estimatorOf(
  encoding: InputEncoding,
  input: NetworkInput,
  takes: Parameters<typeof resolveLayers>[1],
  preset: string,
  answer: NetworkAnswer,
): NeuralEstimator {
  const network = {
    input,
    layers: resolveLayers({ preset }, takes, input),
    output:
      answer.kind === 'classes'
        ? ({ kind: 'classes', count: 3 } as const)
        : answer.kind === 'value'
          ? ({ kind: 'values', count: 1, loss: 'squared' } as const)
          : ({ kind: 'input-again', loss: 'squared' } as const),
  };
  return { form: 'neural', encoding, network, weights: beginWeights(network, 7), answer };
}

interface Feed {
  column: OnnxColumn;
  tensor: ort.Tensor;
}
async function askOnnx(
  estimator: NeuralEstimator,
  feeds: Readonly<Record<string, (g: ReturnType<typeof graphBuilder>) => Feed>>,
) {
  const g = graphBuilder('test');
  const made = Object.entries(feeds).map(([name, of]) => [name, of(g)] as const);
  const labels = ['a', 'b', 'c'];
  const out = addNeural(g, new Map(made.map(([name, { column }]) => [name, column])), estimator, labels);
  g.output('prediction', out.prediction.value, out.prediction.type);
  if (out.probabilities !== undefined) g.output('probabilities', out.probabilities, 'double', ['rows', 3]);
  const session = await ort.InferenceSession.create(g.toBytes(), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const answers = await session.run(Object.fromEntries(made.map(([name, { tensor }]) => [name, tensor])));
  await session.release();
  return answers;
}
const numbers =
  (values: readonly number[]) =>
  (g: ReturnType<typeof graphBuilder>, name: string): Feed => ({
    column: { value: g.input(name, 'double'), type: 'double' },
    tensor: new ort.Tensor('float64', Float64Array.from(values), [values.length, 1]),
  });
const texts =
  (values: readonly (string | null)[]) =>
  (g: ReturnType<typeof graphBuilder>, name: string): Feed => ({
    column: { value: g.input(name, 'string'), type: 'string' },
    tensor: new ort.Tensor(
      'string',
      values.map((v) => v ?? ''),
      [values.length, 1],
    ),
  });

/** Bit by bit a row gets alone what it gets among others, and the file says the same to 1e-6. */
async function expectAgreement(
  estimator: NeuralEstimator,
  encode: (from: number, to: number) => Parameters<typeof readAnswer>[1],
  feeds: Parameters<typeof askOnnx>[1],
): Promise<void> {
  const forward = await openForward(estimator.network, estimator.weights, 1);
  const ask = async (from: number, to: number) => {
    const encoded = encode(from, to);
    return readAnswer(estimator.answer, encoded, await forward.run(encoded));
  };
  const all = await ask(0, rows);
  for (let row = 0; row < rows; row++) {
    const alone = await ask(row, row + 1);
    expect(alone.prediction).toEqual(all.prediction.slice(row, row + 1));
    const width = all.probabilities.length / rows;
    expect(alone.probabilities).toEqual(all.probabilities.slice(row * width, (row + 1) * width));
  }
  await forward.close();
  const onnx = await askOnnx(estimator, feeds);
  if (estimator.answer.kind === 'classes') {
    const got = [...(onnx['probabilities']?.data ?? [])].map(Number);
    got.forEach((value, i) => expect(Math.abs(value - (all.probabilities[i] ?? NaN))).toBeLessThan(1e-6));
    expect(onnx['prediction']?.data).toEqual([...all.prediction].map((k) => ['a', 'b', 'c'][k]));
    expect(new Set(all.prediction).size + new Set(got).size).toBeGreaterThan(3);
  } else
    [...(onnx['prediction']?.data ?? [])].forEach((value, i) =>
      expect(Math.abs(Number(value) - (all.prediction[i] ?? NaN))).toBeLessThan(1e-5),
    );
}

const cut = <T>(values: readonly T[], from: number, to: number): T[] => values.slice(from, to);

describe('an exported network', () => {
  const [x, y] = [spread(rows, 1), spread(rows, 2).map((v, i) => (i % 4 === 0 ? Number.NaN : v))];
  const town = Array.from({ length: rows }, (_, i) => ['Zürich', '東京', 'never seen', null, ''][i % 5] ?? null);
  const categories = [{ column: 'town', values: ['Zürich', '東京'] }];
  const table: InputEncoding = {
    kind: 'table',
    numbers: [
      { column: 'x', mean: 0.3, sd: 2, flag: false },
      { column: 'y', mean: -1, sd: 0.7, flag: true },
    ],
    categories,
    oneHot: [],
  };
  const plain = (from: number, to: number): PlainRows => ({
    rows: to - from,
    numbers: Float64Array.from(
      { length: (to - from) * 2 },
      (_, i) => (i % 2 === 0 ? x : y)[from + Math.floor(i / 2)] ?? NaN,
    ),
    texts: [cut(town, from, to)],
  });
  const feeds = {
    x: (g: ReturnType<typeof graphBuilder>) => numbers(x)(g, 'x'),
    y: (g: ReturnType<typeof graphBuilder>) => numbers(y)(g, 'y'),
    town: (g: ReturnType<typeof graphBuilder>) => texts(town)(g, 'town'),
  };

  test.each([['classes', { kind: 'classes' }] as const, ['a number', { kind: 'value', mean: 100, sd: 12.5 }] as const])(
    'for tables with gaps and categories: %s',
    async (_what, answer) => {
      const input: NetworkInput = { kind: 'table', numbers: 3, categories: [{ name: 'town', count: 4, size: 3 }] };
      await expectAgreement(
        estimatorOf(table, input, 'table', 'large', answer),
        (from, to) => encodeTable(table, plain(from, to)),
        feeds,
      );
    },
  );

  test('that gives a table again: the anomaly score', async () => {
    const encoding: InputEncoding = { ...table, categories: [], oneHot: categories };
    await expectAgreement(
      estimatorOf(encoding, { kind: 'table', numbers: 7, categories: [] }, 'again', 'bottleneck', {
        kind: 'difference',
      }),
      (from, to) => encodeTable(encoding, plain(from, to)),
      feeds,
    );
  });

  test.each(['medium', 'residual'])('for images: %s', async (preset) => {
    const encoding: InputEncoding = {
      kind: 'image',
      column: 'image',
      channels: 2,
      height: 9,
      width: 8,
      mean: [0.4, 0.1],
      sd: [0.3, 2],
      source: { channels: 2, height: 9, width: 8 },
    };
    const pixels = Float32Array.from(spread(rows * 144, 3));
    const shape = { channels: 2, height: 9, width: 8 };
    await expectAgreement(
      estimatorOf(encoding, { kind: 'image', ...shape }, 'image', preset, { kind: 'classes' }),
      (from, to) => encodePixels(encoding, pixels.slice(from * 144, to * 144), to - from),
      {
        image: (g) => ({
          column: { value: g.input('image', 'float', ['rows', 2, 9, 8]), type: 'float', image: shape },
          tensor: new ort.Tensor('float32', pixels, [rows, 2, 9, 8]),
        }),
      },
    );
  });

  test.each(['convolutional', 'recurrent', 'transformer'])('for series: %s', async (preset) => {
    const columns = Array.from({ length: 12 }, (_, i) => `t${i}`);
    const encoding: InputEncoding = { kind: 'series', columns, channels: 2, mean: [0, 1], sd: [1, 3] };
    const values = columns.map((_, c) => spread(rows, c).map((v, i) => ((i + c) % 9 === 0 ? Number.NaN : v)));
    await expectAgreement(
      estimatorOf(encoding, { kind: 'series', length: 6, channels: 2 }, 'series', preset, {
        kind: 'value',
        mean: 0,
        sd: 1,
      }),
      (from, to) =>
        encodeSeries(encoding, {
          rows: to - from,
          numbers: Float64Array.from(
            { length: (to - from) * 12 },
            (_, i) => values[i % 12]?.[from + Math.floor(i / 12)] ?? NaN,
          ),
          texts: [],
        }),
      Object.fromEntries(columns.map((name, c) => [name, (g) => numbers(values[c] ?? [])(g, name)])),
    );
  });

  test.each(['bag', 'convolutional', 'transformer'])('for texts: %s', async (preset) => {
    const said = [
      'The cat sat.',
      'the CAT, the mat!',
      'Größe 3½ m²',
      '',
      'Une naïve idée — déjà vu?',
      '日本語 と emoji 😀',
      '  ',
    ];
    const lines = Array.from({ length: rows }, (_, i) => (i % 8 === 7 ? null : `${said[i % 7] ?? ''} unseen${i} THE`));
    const { words, vocabulary } = fitVocabulary([...said, ...said], { size: 40, leastOften: 2 });
    const encoding: InputEncoding = { kind: 'text', column: 'text', length: 10, words, vocabulary };
    await expectAgreement(
      estimatorOf(encoding, { kind: 'tokens', length: 10, vocabulary }, 'tokens', preset, { kind: 'classes' }),
      (from, to) => encodeTexts(encoding, cut(lines, from, to)),
      { text: (g) => texts(lines)(g, 'text') },
    );
  });
});
