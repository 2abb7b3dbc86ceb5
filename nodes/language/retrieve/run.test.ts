/** Retrieve, Rerank and Evaluate retrieval together, over a few sentences and a tiny encoder. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report } from '../../../shared/report.ts';
import { writeTinyCrossEncoder, writeTinyEncoder } from '../../../test/support/tiny-encoder.ts';
import { Workshop, type FinishedRun, type SketchedNode } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await writeTinyEncoder(join(shop.folder, 'encoder'));
  await writeTinyCrossEncoder(join(shop.folder, 'cross'));
  const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join('\n');
  await shop.write(
    'passages.jsonl',
    lines([
      { path: 'a', text: 'the cat and the dog' },
      { path: 'b', text: 'soup and bread' },
      { path: 'c', text: 'a loan of the bank' },
      { path: 'a', text: 'a horse' },
      { path: 'd', text: null },
    ]),
  );
  await shop.write(
    'questions.jsonl',
    lines([
      { id: 1, question: 'puppy', about: ['a'] },
      { id: 2, question: 'bank money', about: ['c', 'z'] },
      { id: 3, question: 'nothing of it', about: ['b'] },
    ]),
  );
});
afterEach(() => shop[Symbol.asyncDispose]());

const file = (name: string): SketchedNode => ({ kind: 'read.jsonl', params: { file: `${name}.jsonl` } });
const embed = (column: string): SketchedNode => ({
  kind: 'prepare.embed-text',
  params: { column, encoder: 'encoder', as: 'vector' },
});
const find = (
  params: Record<string, unknown>,
  more: Record<string, SketchedNode> = {},
  wires: readonly string[] = [],
): Promise<FinishedRun> =>
  shop.run(
    {
      questions: file('questions'),
      passages: file('passages'),
      q: embed('question'),
      p: embed('text'),
      find: { kind: 'language.retrieve', params: { question: 'question', passage: 'text', source: 'path', ...params } },
      ...more,
    },
    [
      'questions.rows -> q.rows',
      'passages.rows -> p.rows',
      'q.rows -> find.questions',
      'p.rows -> find.passages',
      ...wires,
    ],
  );
const hits = async (run: FinishedRun): Promise<unknown[]> => {
  expect([run.problems, run.status]).toEqual([[], 'done']);
  return (await run.rows('find', 'rank'))
    .map((row) => `${String(row['id'])}:${String(row['rank'])}:${String(row['path'])}`)
    .sort();
};

describe('passages', () => {
  it('are found by words, by meaning, or both', async () => {
    expect(await hits(await find({ most: 2 }))).toEqual(['2:1:c', '3:1:c']);
    expect(await hits(await find({ method: 'vectors', most: 1 }))).toEqual(['1:1:a', '2:1:c']);
    expect((await hits(await find({ method: 'both', most: 1 }))).slice(0, 2)).toEqual(['1:1:a', '2:1:c']);
  });

  it('stand in one text with numbers and sources for a prompt', async () => {
    const run = await find({ give: 'contexts', method: 'words', most: 2 });
    expect([run.problems, run.status]).toEqual([[], 'done']);
    const rows = await run.rows('find', 'id');
    expect(rows.map((row) => row['context'])).toEqual(['', '[1] (c) a loan of the bank', '[1] (c) a loan of the bank']);
  });

  it('are searched in clusters when there are many, and what that finds is said', async () => {
    const many = Array.from({ length: 1200 }, (_, i) =>
      JSON.stringify({ path: `p${i}`, text: ['the cat', 'bread soup', 'bank loan', 'rain storm'][i % 4] }),
    );
    await shop.write('passages.jsonl', many.join('\n'));
    const run = await find({ method: 'vectors', most: 3, exactUpTo: 1000 });
    expect(run.problems).toEqual([]);
    expect(run.metrics['find']?.['recall_of_clusters']).toBeGreaterThan(0.3);
    const found = (await run.rows('find', 'rank')).filter((row) => Number(row['id']) === 1);
    expect(found.map((row) => row['text'])).toEqual(['the cat', 'the cat', 'the cat']);
  });

  it('keep the marks of the questions', async () => {
    const run = await shop.run(
      {
        questions: file('questions'),
        split: { kind: 'split.rows', params: { testFraction: 0.4 } },
        passages: file('passages'),
        find: { kind: 'language.retrieve', params: { question: 'question', passage: 'text' } },
      },
      ['questions.rows -> split.rows', 'split.rows -> find.questions', 'passages.rows -> find.passages'],
    );
    expect([run.problems, run.status]).toEqual([[], 'done']);
    expect((await run.rows('find', '__row')).every((row) => typeof row['__partition'] === 'string')).toBe(true);
  });
});

describe('found passages', () => {
  it('are put into a better order by a cross-encoder or an encoder', async () => {
    for (const by of ['cross', 'encoder'])
      for (const fuse of [false, true]) {
        const run = await find(
          { method: 'vectors', most: 4 },
          {
            again: {
              kind: 'language.rerank',
              params: {
                question: 'question',
                passage: 'text',
                rank: 'rank',
                by,
                encoder: by === 'cross' ? 'cross' : 'encoder',
                most: 1,
                fuse,
              },
            },
          },
          ['find.rows -> again.rows'],
        );
        expect([run.problems, run.status]).toEqual([[], 'done']);
        const rows = await run.rows('again', 'id');
        expect(rows.slice(0, 2).map((row) => [row['path'], Number(row['rank'])])).toEqual([
          ['a', 1],
          ['c', 1],
        ]);
      }
  });

  it('are measured: a question that found nothing counts where all questions are wired', async () => {
    const measure = { kind: 'evaluate.retrieval', params: { question: 'id', found: 'path', relevant: 'about', k: 2 } };
    const all = await find({ most: 2 }, { measure }, [
      'find.rows -> measure.rows',
      'questions.rows -> measure.questions',
    ]);
    expect([all.problems, all.metrics['measure']]).toEqual([
      [],
      {
        'recall@2': 0.5 / 3,
        'hit@2': 1 / 3,
        'precision@2': 0.5 / 3,
        mrr: 1 / 3,
        'ndcg@2': expect.closeTo(1 / (1 + 1 / Math.log2(3)) / 3, 9),
        map: 0.5 / 3,
      },
    ]);
    const reported = report.parse(JSON.parse(await all.text('measure', 'report.report.json')));
    expect(JSON.stringify(reported)).toContain('["1","a",""]');
    const some = await find({ most: 2 }, { measure }, ['find.rows -> measure.rows']);
    expect([some.metrics['measure']?.['hit@2'], some.warnings.map((w) => w.code)]).toEqual([
      0.5,
      ['evaluate.found-only'],
    ]);
  });
});
