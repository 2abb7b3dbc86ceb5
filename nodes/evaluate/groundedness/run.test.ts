import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeTinyEncoder } from '../../../test/support/tiny-encoder.ts';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await writeTinyEncoder(join(shop.folder, 'encoder'));
});
afterEach(() => shop[Symbol.asyncDispose]());

const judge = async (params: Record<string, unknown>, rows: readonly object[]) => {
  await shop.write('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  const run = await shop.run(
    {
      rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
      judge: { kind: 'evaluate.groundedness', params: { answer: 'answer', sources: 'sources', ...params } },
    },
    ['rows.rows -> judge.rows'],
  );
  expect([run.problems, run.status]).toEqual([[], 'done']);
  return { run, rows: await run.rows('judge') };
};

it('gives each answer its share, its places and what no source holds', async () => {
  const { run, rows } = await judge({}, [
    {
      id: 1,
      answer: 'The tower has 187 steps. It serves soup.',
      sources: ['A tower of 187 steps.', 'The ferry is late.'],
    },
    { id: 2, answer: 'It is.', sources: ['Anything.'] },
    { id: 3, answer: null, sources: null },
  ]);
  expect(rows.map((row) => [row['groundedness'], row['unsupported']])).toEqual([
    [0.5, 'It serves soup.'],
    [null, null],
    [null, null],
  ]);
  expect(JSON.parse(String(rows[0]?.['grounded_spans']))).toEqual([
    { start: 0, end: 24, supported: true, overlap: 1, similarity: null, source: 0, source_start: 0, source_end: 21 },
    { start: 25, end: 40, supported: false, overlap: 0, similarity: null },
  ]);
  expect(run.metrics['judge']).toEqual({ groundedness: 0.5, fully_grounded: 0, without_claims: 1 });
});

it('knows by an encoder what is said in other words', async () => {
  const rows = [
    { id: 1, answer: 'The puppy.', sources: 'a dog. The loan.' },
    { id: 2, answer: 'The storm.', sources: 'a dog. The loan.' },
  ];
  expect((await judge({}, rows)).rows.map((row) => row['groundedness'])).toEqual([0, 0]);
  expect(
    (await judge({ by: 'both', encoder: 'encoder', leastSimilarity: 0.9 }, rows)).rows.map(
      (row) => row['groundedness'],
    ),
  ).toEqual([1, 0]);
});

it('leaves the rows in their order', async () => {
  const many = Array.from({ length: 300 }, (_, id) => ({
    id,
    answer: `The tower has ${(id * 7919) % 300} steps.`,
    sources: 'A tower of 187 steps.',
  }));
  expect((await judge({}, many)).rows.map((row) => Number(row['id']))).toEqual(many.map(({ id }) => id));
});
