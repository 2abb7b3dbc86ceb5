import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryTask, modelLike } from '../../../test/support/try-task.ts';
import { themes, writeTinyBert } from '../../../test/support/tiny-encoder.ts';
import { Workshop } from '../../../test/support/workshop.ts';
import run from './run.ts';
import { spec } from './spec.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
  await writeTinyBert(join(shop.folder, 'bert'));
  const rows = Array.from({ length: 24 }, (_, i) => ({
    i,
    first: `the ${themes[i % 4]?.[i % 6] ?? ''} ${themes[i % 4]?.[(i + 1) % 6] ?? ''}`,
    second: `a ${themes[(i * i) % 4]?.[(i + 2) % 6] ?? ''}`,
    alike: (i * i) % 4 === i % 4 ? 1 : 0,
  }));
  await shop.write('pairs.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
});
afterAll(() => shop[Symbol.asyncDispose]());

const pairs = { read: { kind: 'read.jsonl', params: { file: 'pairs.jsonl' } } };

describe('an encoder that was trained', () => {
  it('is a folder by which Embed text gives the vectors that the model compares', async () => {
    const params = { encoder: 'bert', learns: 'similarity', column: 'first', second: 'second', target: 'alike' };
    const trained = await shop.run(
      {
        ...pairs,
        train: {
          kind: 'train.encoder',
          params: { ...params, how: 'lora', learningRate: 0.02, epochs: 3, device: 'cpu' },
        },
        predict: { kind: 'predict.rows' },
        write: { kind: 'write.encoder', params: { folder: 'models/tuned/' } },
      },
      [
        'read.rows -> train.rows',
        'read.rows -> predict.rows',
        'train.model -> predict.model',
        'train.model -> write.model',
      ],
    );
    expect(trained.problems).toEqual([]);
    const cosines = (await trained.rows('predict', 'i')).map((row) => Number(row['prediction']));

    const embed = (column: string) => ({
      kind: 'prepare.embed-text',
      params: { column, encoder: 'models/tuned', as: 'vector', name: `${column}_vector` },
    });
    const embedded = await shop.run(
      {
        ...pairs,
        a: embed('first'),
        b: embed('second'),
      },
      ['read.rows -> a.rows', 'a.rows -> b.rows'],
    );
    expect(embedded.problems).toEqual([]);
    const vectorsOf = (row: Readonly<Record<string, unknown>>): number[][] =>
      ['first_vector', 'second_vector'].map((name) => JSON.parse(String(row[name])));
    const rows = await embedded.rows('b', 'i');
    expect(rows).toHaveLength(cosines.length);
    rows.forEach((row, i) => {
      const [a = [], b = []] = vectorsOf(row);
      const cosine = a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);
      expect(Math.abs(cosine - (cosines[i] ?? Number.NaN))).toBeLessThan(1e-5);
    });
    const config: Record<string, unknown> = JSON.parse(
      await readFile(join(shop.folder, 'models', 'tuned', 'config.json'), 'utf8'),
    );
    expect(config).toMatchObject({
      model_type: 'bert',
      hidden_size: 16,
      max_position_embeddings: 8,
      type_vocab_size: 1,
    });
  });

  it('is not in every model', async () => {
    const trained = await shop.run(
      {
        ...pairs,
        train: { kind: 'train.baseline', params: { target: 'alike' } },
        write: { kind: 'write.encoder', params: { folder: 'models/none' } },
      },
      ['read.rows -> train.rows', 'train.model -> write.model'],
    );
    expect(trained.problems).toMatchObject([{ code: 'model.no-encoder', node: 'write' }]);
  });

  it('is written file by file', async () => {
    const files = ['config.json', 'model.safetensors'].map((name) => ({ name, bytes: Uint8Array.of(1, 2) }));
    const made = await tryTask(
      spec,
      run,
      { folder: 'a/b', overwrite: true },
      { models: { model: modelLike({ toEncoder: async () => files }) } },
    );
    expect(made.files.map(([path, , overwrite]) => [path, overwrite])).toEqual([
      ['a/b/config.json', true],
      ['a/b/model.safetensors', true],
    ]);
  });
});
