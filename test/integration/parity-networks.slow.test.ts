/** A trained network gives one answer: in a batch, from a service, by the command, and as ONNX in another runtime; rows of tables, images, texts and series. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScorer } from '../../engine/recipe/scorer/open-scorer.ts';
import { randomGenerator } from '../../methods/random/random-generator.ts';
import { askCommand } from '../support/asked-model.ts';
import type { OnnxFeeds } from '../support/ask-onnx.ts';
import {
  expectExported,
  expectServed,
  fewEpochs,
  onlyAnswers,
  predictAndExport,
  tail,
} from '../support/network-parity.ts';
import { toCsv, Workshop, type SketchedNode } from '../support/workshop.ts';
import { houseNames, houseTypes, makeHouses } from './houses.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
});
afterAll(() => shop[Symbol.asyncDispose]());

describe('tables with gaps, dates, categories and values that training never saw', () => {
  const trained = makeHouses(400, 21, false);
  const asked = makeHouses(300, 22, true);
  beforeAll(async () => {
    await shop.write('houses.csv', toCsv(houseNames, trained));
    await shop.write('new.csv', toCsv(houseNames, asked));
  });
  const reader = (file: string): SketchedNode => ({ kind: 'read.csv', params: { file, types: houseTypes } });
  const feed = (name: string, type: string): OnnxFeeds[string] => {
    const cells = asked.map((row) => row[name] ?? null);
    const shape = [asked.length, 1];
    if (type === 'text') return { type: 'string', shape, values: cells.map((c) => (c === null ? '' : String(c))) };
    const numbers = cells.map((cell) => {
      if (cell === null) return Number.NaN;
      if (type === 'date') return Date.parse(String(cell)) / 86_400_000;
      if (type === 'timestamp') return Date.parse(`${String(cell).replace(' ', 'T')}Z`) * 1000;
      return Number(cell);
    });
    return { type: 'float64', shape, values: Float64Array.from(numbers) };
  };

  test.each([
    ['kind', 'price', { layers: { preset: 'large' } }],
    ['price', 'kind', { layers: { preset: 'medium' } }],
    // Texts alone: no number goes in.
    ['price', 'kind', { columns: { by: 'names', names: ['città', 'kind'] } }],
  ])('a network that predicts the %s (%s, %j)', async (target, other, params) => {
    const run = await shop.run(
      {
        read: reader('houses.csv'),
        split: { kind: 'split.rows', params: { target, id: 'id', testFraction: 0.1 } },
        train: {
          kind: 'train.neural-network',
          params: { ...fewEpochs, columns: { by: 'all', except: ['note', other] }, ...params },
        },
        new: reader('new.csv'),
        ...predictAndExport,
      },
      ['read.rows -> split.rows', 'split.rows -> train.rows', 'new.rows -> predict.rows', ...tail],
    );
    const batch = await expectServed(run, asked, 'id');
    const printed = await askCommand(shop.folder, run.artifact('train').key, 'new.csv');
    expect(printed.map(onlyAnswers)).toEqual(batch);
    const types: Record<string, string> = houseTypes;
    await expectExported(
      shop.folder,
      batch,
      Object.fromEntries(houseNames.map((name) => [name, feed(name, types[name] ?? 'text')])),
    );
  });

  test('an autoencoder: the score of the rows output is what its model predicts', async () => {
    const run = await shop.run(
      {
        read: reader('houses.csv'),
        train: {
          kind: 'train.autoencoder',
          params: { ...fewEpochs, codes: true, columns: { by: 'all', except: ['note', 'id', 'serial'] } },
        },
        new: reader('new.csv'),
        again: { kind: 'predict.rows' },
        ...predictAndExport,
      },
      [
        'read.rows -> train.rows',
        'new.rows -> predict.rows',
        'train.rows -> again.rows',
        'train.model -> again.model',
        ...tail,
      ],
    );
    const batch = await expectServed(run, asked, 'id');
    const types: Record<string, string> = houseTypes;
    await expectExported(
      shop.folder,
      batch,
      Object.fromEntries(houseNames.map((name) => [name, feed(name, types[name] ?? 'text')])),
    );
    const again = await run.rows('again', 'id');
    expect(again.map((row) => row['id'])).toEqual(trained.map((row) => row['id']));
    for (const row of again)
      expect(Math.abs(Number(row['anomaly_score']) - Number(row['prediction']))).toBeLessThan(
        1e-5 * Math.max(1, Number(row['prediction'])),
      );
    expect(Object.keys(again[0] ?? {})).toContain('code_2');
  });
});

describe('images', () => {
  /** A bright bar across or down, in colour, of other sizes. */
  async function draw(path: string, seed: number, isAcross: boolean): Promise<void> {
    const random = randomGenerator(seed);
    const [width, height] = [14 + random.nextBelow(6), 14 + random.nextBelow(6)];
    const pixels = Buffer.alloc(width * height * 3);
    const at = 4 + random.nextBelow(8);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let c = 0; c < 3; c++)
          pixels[(y * width + x) * 3 + c] = random.nextBelow(60) + ((isAcross ? y : x) === at ? 120 + 20 * c : 0);
    const place = join(shop.folder, path);
    await mkdir(dirname(place), { recursive: true });
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .png()
      .toFile(place);
  }
  const names = (folder: string, count: number): string[] =>
    Array.from(
      { length: count },
      (_, i) => `${folder}/${i % 2 === 0 ? 'across' : 'down'}/${String(i).padStart(3, '0')}.png`,
    );
  beforeAll(async () => {
    for (const [i, name] of names('bars', 60).entries()) await draw(name, i, i % 2 === 0);
    for (const [i, name] of names('other', 20).entries()) await draw(name, 500 + i, i % 2 === 0);
  });

  test('in a batch, as bytes to a service, as a folder and a list of files to the command, as pixels in the file', async () => {
    const run = await shop.run(
      {
        read: { kind: 'read.images', params: { folder: 'bars' } },
        split: { kind: 'split.rows', params: { target: 'label' } },
        prepare: {
          kind: 'prepare.images',
          params: { channels: 'grey', fit: 'stretch', width: 12, height: 12, normalise: 'training' },
        },
        train: {
          kind: 'train.image-network',
          params: { ...fewEpochs, layers: { preset: 'small' }, shift: 0.1, flip: true },
        },
        evaluate: { kind: 'evaluate.model' },
        new: { kind: 'read.images', params: { folder: 'other' } },
        ...predictAndExport,
      },
      [
        'read.rows -> split.rows',
        'split.rows -> prepare.rows',
        'prepare.rows -> train.rows',
        'new.rows -> predict.rows',
        'train.model -> evaluate.model',
        'prepare.rows -> evaluate.rows',
        ...tail,
      ],
    );
    const files = names('other', 20).sort();
    const bytes = await Promise.all(files.map((file) => readFile(join(shop.folder, file))));
    const asked = bytes.map((file, i) => ({
      image: i % 2 === 0 ? file.toString('base64') : `data:image/png;base64,${file.toString('base64')}`,
    }));
    const batch = await expectServed(run, asked, 'path');
    const printed = await askCommand(shop.folder, run.artifact('train').key, 'other');
    expect(printed.map(onlyAnswers)).toEqual(batch);
    expect(printed[3]).toMatchObject({
      path: files[3]?.slice('other/'.length),
      image: files[3]?.slice('other/'.length),
    });
    await shop.write(
      'list.csv',
      toCsv(
        ['image', 'who'],
        files.map((image) => ({ image, who: 'me' })),
      ),
    );
    expect((await askCommand(shop.folder, run.artifact('train').key, 'list.csv')).map(onlyAnswers)).toEqual(batch);

    const report: { blocks: { type: string }[] } = JSON.parse(await run.text('evaluate', 'report.report.json'));
    expect(report.blocks.map((b) => b.type)).toContain('images');
    // One file at a time: they have other sizes.
    for (const [i, file] of bytes.entries()) {
      const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      const area = info.width * info.height;
      const pixels = Float32Array.from(
        { length: area * 3 },
        (_, at) => (data[(at % area) * 3 + Math.floor(at / area)] ?? 0) / 255,
      );
      await expectExported(shop.folder, batch.slice(i, i + 1), {
        image: { type: 'float32', shape: [1, 3, info.height, info.width], values: pixels },
      });
    }
  });

  test('what a service cannot read is said with the row and the mend', async () => {
    const run = await shop.run(
      {
        read: { kind: 'read.images', params: { folder: 'bars' } },
        split: { kind: 'split.rows', params: { target: 'label' } },
        prepare: { kind: 'prepare.images', params: { fit: 'stretch', width: 8, height: 8 } },
        train: { kind: 'train.image-network', params: { ...fewEpochs, epochs: 1, layers: { preset: 'small' } } },
      },
      ['read.rows -> split.rows', 'split.rows -> prepare.rows', 'prepare.rows -> train.rows'],
    );
    const scorer = await openScorer(run.artifact('train').folder);
    const grey = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#777' } })
      .greyscale()
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const good = await readFile(join(shop.folder, names('bars', 1)[0] ?? ''));
    const ask = (...images: (Buffer | string | null)[]) =>
      scorer.predictRows(images.map((image) => ({ image: Buffer.isBuffer(image) ? image.toString('base64') : image })));
    await expect(ask(good, good.subarray(0, good.length - 40))).rejects.toMatchObject({
      code: 'predict.bad-image',
      problem: { message: expect.stringMatching(/^Row 2: the image in the column "image" is (cut off|damaged)/) },
    });
    await expect(ask('not base64 at all!')).rejects.toMatchObject({
      code: 'predict.bad-image',
      problem: { column: 'image' },
    });
    await expect(ask(grey)).rejects.toMatchObject({
      code: 'predict.image-channels',
      problem: { message: 'The image "row 1" is grey; the network was trained on images that are colour.' },
    });
    expect(await ask(null)).toEqual([{ prediction: null, probabilities: { across: Number.NaN, down: Number.NaN } }]);
    await scorer.close();
  });
});

describe('texts and series', () => {
  const random = randomGenerator(5);
  const words = ['good', 'Great', 'fine', 'bad', 'poor', 'AWFUL'];
  const rowOf = (i: number) => {
    const isGood = i % 2 === 0;
    const text = Array.from(
      { length: 1 + random.nextBelow(12) },
      () => words[random.nextBelow(3) + (isGood ? 0 : 3)] ?? '',
    );
    const phase = random.nextFloat() * 6;
    const series = Object.fromEntries(
      Array.from({ length: 12 }, (_, t) => [
        `t${t}`,
        random.nextFloat() < 0.05 ? null : Math.sin(phase + t * (isGood ? 0.6 : 1.9)),
      ]),
    );
    return {
      id: i,
      text: i % 17 === 3 ? null : `${text.join(' ')}, größe ${i % 3}!`,
      ...series,
      verdict: isGood ? 'yes' : 'no',
    };
  };
  const trained = Array.from({ length: 200 }, (_, i) => rowOf(i));
  const asked = Array.from({ length: 60 }, (_, i) => ({
    ...rowOf(i),
    ...(i === 5 ? { text: '' } : i === 6 ? { text: 'Good unseen 日本' } : {}),
  }));
  const columns = Object.keys(trained[0] ?? {});
  beforeAll(async () => {
    await shop.write('verdicts.jsonl', trained.map((row) => JSON.stringify(row)).join('\n'));
    await shop.write('asked.jsonl', asked.map((row) => JSON.stringify(row)).join('\n'));
  });

  test.each([
    ['a text', { reads: 'text', words: 8, leastOften: 1, layers: { preset: 'convolutional' } }],
    ['a text by a transformer', { reads: 'text', words: 6, layers: { preset: 'transformer' } }],
    [
      'a series',
      {
        reads: 'series',
        columns: { by: 'pattern', pattern: 't?*', except: ['text'] },
        layers: { preset: 'convolutional' },
      },
    ],
    [
      'two channels by recurrent cells',
      {
        reads: 'series',
        channels: 2,
        columns: { by: 'pattern', pattern: 't?*', except: ['text'] },
        layers: { preset: 'recurrent' },
      },
    ],
  ])('%s', async (_what, params) => {
    const read = (file: string): SketchedNode => ({ kind: 'read.jsonl', params: { file } });
    const run = await shop.run(
      {
        read: read('verdicts.jsonl'),
        split: { kind: 'split.rows', params: { target: 'verdict', id: 'id' } },
        train: { kind: 'train.sequence-network', params: { ...fewEpochs, ...params } },
        new: read('asked.jsonl'),
        ...predictAndExport,
      },
      ['read.rows -> split.rows', 'split.rows -> train.rows', 'new.rows -> predict.rows', ...tail],
    );
    const batch = await expectServed(
      run,
      asked.map(({ verdict: _v, ...row }) => row),
      'id',
    );
    const feed = (name: string): OnnxFeeds[string] => {
      const cells = asked.map((row): unknown => Object.entries(row).find(([key]) => key === name)?.[1] ?? null);
      return name === 'text'
        ? { type: 'string', shape: [asked.length, 1], values: cells.map((c) => (c === null ? '' : String(c))) }
        : {
            type: 'float64',
            shape: [asked.length, 1],
            values: Float64Array.from(cells, (c) => (c === null ? Number.NaN : Number(c))),
          };
    };
    await expectExported(shop.folder, batch, Object.fromEntries(columns.map((name) => [name, feed(name)])));
  });
});

test('weights stand beside the model, and a changed file is refused', async () => {
  const run = await shop.run(
    {
      read: { kind: 'read.example' },
      split: { kind: 'split.rows', params: { target: 'species' } },
      train: { kind: 'train.neural-network', params: { ...fewEpochs, epochs: 1 } },
    },
    ['read.rows -> split.rows', 'split.rows -> train.rows'],
  );
  const { folder, manifest } = run.artifact('train');
  expect(manifest.ports['model']?.files).toEqual(['model.json', 'model.weights.bin']);
  const weights = await readFile(join(folder, 'model.weights.bin'));
  await writeFile(
    join(folder, 'model.weights.bin'),
    weights.map((byte, i) => (i === 7 ? byte ^ 1 : byte)),
  );
  await expect(openScorer(folder)).rejects.toMatchObject({
    code: 'model.unreadable',
    problem: { message: 'The model\'s file "model.weights.bin" has changed.' },
  });
});
