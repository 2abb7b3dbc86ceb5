import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTinyCrossEncoder, writeTinyEncoder } from '../../../test/support/tiny-encoder.ts';
import { Workshop, type FinishedRun } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await writeTinyEncoder(join(shop.folder, 'encoder'), { longest: 6 });
  await shop.write(
    'rows.jsonl',
    ['the cat', 'kitten', 'bread', null, 'the cat', '', 'rain snow storm sun cloud weather']
      .map((text, i) => JSON.stringify({ id: i, text, about: i % 2 }))
      .join('\n'),
  );
});
afterEach(() => shop[Symbol.asyncDispose]());

const embed = (params: Record<string, unknown> = {}): Promise<FinishedRun> =>
  shop.run(
    {
      rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
      embed: { kind: 'prepare.embed-text', params: { column: 'text', encoder: 'encoder', ...params } },
    },
    ['rows.rows -> embed.rows'],
  );
const vectorsOf = (file: string): Promise<string[]> =>
  readdir(join(shop.folder, '.flowyard', 'vectors', file)).catch(() => []);

describe('texts by an encoder', () => {
  it('gives a number a column, by the mean of the tokens, and counts texts that were cut', async () => {
    const run = await embed({ normalise: false });
    expect([run.status, run.problems]).toEqual(['done', []]);
    const rows = await run.rows('embed', 'id');
    // [CLS] and [SEP] count, as in every encoder of this make.
    expect(rows.slice(0, 4).map((r) => [r['embedding_1'], r['embedding_2'], r['embedding_5']])).toEqual([
      [0.25, 0, 0],
      [expect.closeTo(1 / 3, 6), 0, expect.closeTo(0.1 / 3, 6)],
      [0, expect.closeTo(1 / 3, 6), 0],
      [null, null, null],
    ]);
    expect(rows[4]?.['embedding_1']).toBe(0.25);
    expect(run.warnings).toMatchObject([{ code: 'encoder.cut', message: expect.stringContaining('1 of 5 texts') }]);
  });

  it('gives vectors of length 1 in one column, or the first token alone', async () => {
    const rows = await (await embed({ as: 'vector' })).rows('embed', 'id');
    expect(Object.keys(rows[0] ?? {})).toEqual(['id', 'text', 'about', 'embedding']);
    expect(JSON.stringify(rows[2]?.['embedding'])).toContain('1');
    const first = await (await embed({ pool: 'first', normalise: false })).rows('embed', 'id');
    expect(first[0]?.['embedding_1']).toBe(0);
  });

  it('encodes a text once in a workspace, and again for another encoder', async () => {
    await embed();
    const [encoder = ''] = await vectorsOf('');
    expect(await vectorsOf(encoder)).toHaveLength(1);
    const again = await embed({ name: 'e' });
    expect(await vectorsOf(encoder)).toHaveLength(1);
    expect(again.warnings).toMatchObject([{ code: 'encoder.cut', message: expect.stringContaining('1 of 5 texts') }]);
    await embed({ pool: 'first' });
    expect(await vectorsOf(encoder)).toHaveLength(2);
  });

  it('keeps the marks of Split, and a trainer learns from the numbers', async () => {
    const run = await shop.run(
      {
        rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
        split: { kind: 'split.rows', params: { target: 'about', testFraction: 0 } },
        embed: { kind: 'prepare.embed-text', params: { column: 'text', encoder: 'encoder' } },
        train: { kind: 'train.baseline', params: { columns: { by: 'pattern', pattern: 'embedding_*' } } },
      },
      ['rows.rows -> split.rows', 'split.rows -> embed.rows', 'embed.rows -> train.rows'],
    );
    expect([run.status, run.problems]).toEqual(['done', []]);
    expect((await run.rows('embed', '__row')).every((row) => row['__partition'] === 'train')).toBe(true);
  });
});

it('leaves the rows in their order', async () => {
  const many = Array.from({ length: 300 }, (_, i) => ({ id: i, text: `the cat ${(i * 7919) % 300}` }));
  await shop.write('rows.jsonl', many.map((row) => JSON.stringify(row)).join('\n'));
  // DuckDB takes a filtered table for the smaller one, and joins from the other side.
  const run = await shop.run(
    {
      rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
      filter: { kind: 'clean.filter', params: { rules: [{ column: 'id', operator: 'at-least', value: '0' }] } },
      embed: { kind: 'prepare.embed-text', params: { column: 'text', encoder: 'encoder' } },
    },
    ['rows.rows -> filter.rows', 'filter.rows -> embed.rows'],
  );
  const rows = await run.rows('embed');
  expect(rows.map((row) => Number(row['id']))).toEqual(many.map(({ id }) => id));
});

describe('words', () => {
  it('name what is wrong with a folder', async () => {
    const problem = async (encoder: string) => (await embed({ encoder })).problems[0];
    expect(await problem('gone')).toMatchObject({ param: 'encoder' });
    await writeTinyEncoder(join(shop.folder, 'two'));
    await writeFile(join(shop.folder, 'two', 'other.onnx'), 'x');
    await writeFile(join(shop.folder, 'two', 'tokenizer.json'), '{');
    expect(await problem('two')).toMatchObject({ code: 'encoder.unfit', message: '"tokenizer.json" is not JSON.' });
    await writeTinyCrossEncoder(join(shop.folder, 'broken'));
    await writeFile(join(shop.folder, 'broken', 'model.onnx'), 'no network');
    expect(await problem('broken')).toMatchObject({
      code: 'encoder.unfit',
      mend: 'Choose a folder with an ONNX file.',
    });
  });
});
