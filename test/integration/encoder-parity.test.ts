/** A trained encoder gives one answer: in a batch, from a service and as ONNX, for texts of any length, missing ones and tokens 0 and that of filling. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openTokenizer } from '../../engine/text/tokenizer.ts';
import { randomGenerator } from '../../methods/random/random-generator.ts';
import type { OnnxFeeds } from '../support/ask-onnx.ts';
import { expectExported, expectServed, fewEpochs, predictAndExport, tail } from '../support/network-parity.ts';
import { themes, writeTinyBert } from '../support/tiny-encoder.ts';
import { Workshop } from '../support/workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
});
afterAll(() => shop[Symbol.asyncDispose]());

describe('texts through an encoder that was trained', () => {
  const random = randomGenerator(6);
  const text = (theme: number): string =>
    Array.from({ length: 1 + random.nextBelow(5) }, () => themes[theme]?.[random.nextBelow(6)] ?? '').join(' ');
  const rows = Array.from({ length: 90 }, (_, i) => ({
    id: i,
    text: i % 29 === 3 ? null : i % 13 === 5 ? `${text(i % 4)} unheard the a the a the a the a the a` : text(i % 4),
    other: text((i * i) % 4),
    theme: `theme ${i % 4}`,
    alike: (i * i) % 4 === i % 4 ? 1 : 0.25,
  }));
  beforeAll(async () => {
    await shop.write('themes.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    await shop.write('asked.jsonl', rows.map(({ theme: _t, alike: _a, ...row }) => JSON.stringify(row)).join('\n'));
    // Another token than 0 fills up, and texts have token 0 and that one.
    await writeTinyBert(join(shop.folder, 'bert'), { padding: 1 });
  });
  test.each([
    ['classes', 'theme', { column: 'text', tokens: 9 }],
    ['a number', 'alike', { column: 'text', task: 'regression', how: 'lora', pool: 'first' }],
    ['how alike two texts are', 'alike', { column: 'text', second: 'other', learns: 'similarity' }],
  ])('%s', async (_what, target, params) => {
    const run = await shop.run(
      {
        read: { kind: 'read.jsonl', params: { file: 'themes.jsonl' } },
        split: { kind: 'split.rows', params: { target, id: 'id' } },
        train: { kind: 'train.encoder', params: { ...fewEpochs, encoder: 'bert', learningRate: 0.01, ...params } },
        new: { kind: 'read.jsonl', params: { file: 'asked.jsonl' } },
        ...predictAndExport,
      },
      ['read.rows -> split.rows', 'split.rows -> train.rows', 'new.rows -> predict.rows', ...tail],
    );
    const asked = rows.map(({ theme: _t, alike: _a, ...row }) => row);
    const batch = await expectServed(run, asked, 'id');
    const { facts }: { facts: { tokens: number } } = JSON.parse(await run.text('train', 'model.json'));
    const { encode } = await openTokenizer({
      tokenizer: JSON.parse(await readFile(join(shop.folder, 'bert', 'tokenizer.json'), 'utf8')),
      tokenizerConfig: {},
      longest: facts.tokens,
    });
    const tokensOf = (column: 'text' | 'other'): OnnxFeeds[string] => ({
      type: 'int64',
      shape: [asked.length, facts.tokens],
      values: asked.flatMap((row) => {
        const { ids } = encode(row[column] ?? '');
        return [...ids, ...Array.from({ length: facts.tokens - ids.length }, () => 1)];
      }),
    });
    await expectExported(shop.folder, batch, { text: tokensOf('text'), other: tokensOf('other') });
  });
});
