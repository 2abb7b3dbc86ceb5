/** A frozen encoder of our own, small enough to be written here: mean and greatest shade of each quarter. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openScorer } from '../../../engine/recipe/scorer/open-scorer.ts';
import { graphBuilder } from '../../../methods/onnx/graph-builder.ts';
import { randomGenerator } from '../../../methods/random/random-generator.ts';
import { askOnnxFile, askOnnxInPython } from '../../../test/support/ask-onnx.ts';
import { Workshop, type FinishedRun } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
  for (let i = 0; i < 60; i++) await draw(`photos/${i % 2 === 0 ? 'left' : 'right'}/${i}.png`, i, i % 2 === 0);
  await writeEncoder('encoder.onnx');
});
afterAll(() => shop[Symbol.asyncDispose]());

/** Brighter on one side. */
async function draw(path: string, seed: number, isLeft: boolean): Promise<void> {
  const random = randomGenerator(seed);
  const pixels = Buffer.from(
    Array.from({ length: 8 * 8 * 3 }, (_, at) => {
      const x = Math.floor(at / 3) % 8;
      return 60 + random.nextBelow(80) + (x < 4 === isLeft ? 60 : 0);
    }),
  );
  const place = join(shop.folder, path);
  await mkdir(dirname(place), { recursive: true });
  await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
    .png()
    .toFile(place);
}

async function writeEncoder(name: string): Promise<void> {
  const g = graphBuilder('quarters');
  const x = g.input('pixels', 'float', ['n', 3, 8, 8]);
  const pool = { kernel_shape: [4, 4], strides: [4, 4] };
  const kernel = g.constant('float', [2, 6, 1, 1], [1, 0.5, 0, 0.2, 0, 0, 0, -1, 1, 0, 0.3, 0]);
  const both = g.apply('Concat', [g.apply('AveragePool', [x], pool), g.apply('MaxPool', [x], pool)], { axis: 1 });
  const map = g.apply('Relu', [g.apply('Conv', [both, kernel])]);
  g.output('map', map, 'float', ['n', 2, 2, 2]);
  g.output('flat', g.apply('Flatten', [map], { axis: 1 }), 'float', ['n', 8]);
  await writeFile(join(shop.folder, name), g.toBytes());
}

const train = (params: Record<string, unknown> = {}): Promise<FinishedRun> =>
  shop.run(
    {
      read: { kind: 'read.images', params: { folder: 'photos' } },
      split: { kind: 'split.rows', params: { target: 'label', method: 'stratified' } },
      train: {
        kind: 'train.embedding-head',
        params: {
          encoder: 'encoder.onnx',
          output: 'flat',
          device: 'cpu',
          epochs: 60,
          learningRate: 0.05,
          batchSize: 16,
          ...params,
        },
      },
      evaluate: { kind: 'evaluate.model' },
      predict: { kind: 'predict.rows' },
      export: { kind: 'write.onnx', params: { file: 'head.onnx', overwrite: true } },
    },
    [
      'read.rows -> split.rows',
      'split.rows -> train.rows',
      'train.model -> evaluate.model',
      'split.rows -> evaluate.rows',
      'train.model -> predict.model',
      'read.rows -> predict.rows',
      'train.model -> export.model',
    ],
  );

describe('a head on a frozen encoder', () => {
  it.each([
    ['flat numbers', { output: 'flat' }],
    ['the mean of places', { output: 'map', layers: { preset: 'small' } }],
    ['the first place', { output: 'map', pool: 'first' }],
  ])('learns from %s, and gives one answer in a batch, a service and the exported file', async (what, params) => {
    const run = await train(params);
    expect(run.problems).toEqual([]);
    if (what === 'flat numbers') expect(run.metrics['evaluate']?.['accuracy']).toBeGreaterThan(0.9);
    const batch = await run.rows('predict', 'path');
    const files = await Promise.all(batch.map((row) => readFile(join(shop.folder, 'photos', String(row['path'])))));
    const scorer = await openScorer(run.artifact('train').folder);
    const served = await scorer.predictRows(files.map((file) => ({ image: file.toString('base64') })));
    expect(served.map((s) => [s.prediction, s.probabilities?.['left']])).toEqual(
      batch.map((row) => [row['prediction'], row['probability_left']]),
    );
    await scorer.close();
    const raw = await Promise.all(files.map((file) => sharp(file).raw().toBuffer()));
    const values = Float32Array.from(
      raw.flatMap((data) =>
        Array.from({ length: 192 }, (_, at) => (data[(at % 64) * 3 + Math.floor(at / 64)] ?? 0) / 255),
      ),
    );
    const feeds = { image: { type: 'float32', shape: [files.length, 3, 8, 8], values } } as const;
    const path = join(shop.folder, 'head.onnx');
    for (const answers of [await askOnnxFile(path, feeds), await askOnnxInPython(path, feeds)])
      answers?.probabilities?.forEach((p, i) => {
        const row = batch[Math.floor(i / 2)] ?? {};
        expect(Math.abs(p - Number(row[i % 2 === 0 ? 'probability_left' : 'probability_right']))).toBeLessThan(1e-5);
      });
  });

  it('refuses in words what does not fit the encoder', async () => {
    expect((await train({ output: 'nothing' })).problems[0]).toMatchObject({
      code: 'encoder.no-output',
      mend: 'It has map, flat.',
    });
    expect((await train({ encoder: '' })).problems[0]).toMatchObject({ code: 'file.not-chosen', param: 'encoder' });
    await writeFile(join(shop.folder, 'text.onnx'), 'hello');
    expect((await train({ encoder: 'text.onnx' })).problems[0]).toMatchObject({ code: 'encoder.unfit' });
  });
});
