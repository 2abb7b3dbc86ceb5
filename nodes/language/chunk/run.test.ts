import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTinyEncoder } from '../../../test/support/tiny-encoder.ts';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await shop.write(
    'rows.jsonl',
    Array.from({ length: 8 }, (_, i) =>
      JSON.stringify({ id: i, text: i === 7 ? null : `Cat ${i} sat. Dog ${i} ran. Rain ${i} fell.` }),
    ).join('\n'),
  );
});
afterEach(() => shop[Symbol.asyncDispose]());

const rows = { kind: 'read.jsonl', params: { file: 'rows.jsonl' } };

describe('pieces as rows', () => {
  it('stand in the order of their texts with the place that they came from', async () => {
    const run = await shop.run({ rows, chunk: { kind: 'language.chunk', params: { size: 6, overlap: 0 } } }, [
      'rows.rows -> chunk.rows',
    ]);
    expect([run.status, run.problems]).toEqual(['done', []]);
    const found = await run.rows('chunk', 'id');
    expect(found.length).toBe(14);
    expect(found[0]).toEqual({ id: 0n, text: 'Cat 0 sat. Dog 0 ran.', chunk: 0n, chunk_start: 0n, chunk_end: 21n });
  });

  it('are of the text of documents where no column is chosen, not of their titles', async () => {
    const run = await shop.run(
      {
        documents: { kind: 'read.documents', params: { from: 'handbook' } },
        chunk: { kind: 'language.chunk', params: { size: 60 } },
      },
      ['documents.rows -> chunk.rows'],
    );
    const found = await run.rows('chunk', 'path');
    expect([found.length > 18, found.every((row) => String(row['text']).split(/\s+/).length <= 60)]).toEqual([
      true,
      true,
    ]);
  });

  it('stay in the partition of their text, each with a rank of its own', async () => {
    const run = await shop.run(
      {
        rows,
        split: { kind: 'split.rows', params: { testFraction: 0.5 } },
        chunk: { kind: 'language.chunk', params: { size: 3, overlap: 0 } },
      },
      ['rows.rows -> split.rows', 'split.rows -> chunk.rows'],
    );
    const found = await run.rows('chunk', '__row');
    expect(found.map((row) => Number(row['__row']))).toEqual(Array.from({ length: 21 }, (_, i) => i));
    const marks = new Map(found.map((row) => [row['id'], row['__partition']]));
    expect(found.every((row) => marks.get(row['id'] ?? null) === row['__partition'])).toBe(true);
    expect(new Set(marks.values()).size).toBe(2);
  });

  it('are counted in an encoder’s tokens', async () => {
    await writeTinyEncoder(join(shop.folder, 'encoder'));
    const run = await shop.run(
      { rows, chunk: { kind: 'language.chunk', params: { by: 'tokens', encoder: 'encoder', size: 4, overlap: 0 } } },
      ['rows.rows -> chunk.rows'],
    );
    expect((await run.rows('chunk', 'id')).slice(0, 3).map((row) => row['text'])).toEqual([
      'Cat 0 sat.',
      'Dog 0 ran.',
      'Rain 0 fell.',
    ]);
  });
});
