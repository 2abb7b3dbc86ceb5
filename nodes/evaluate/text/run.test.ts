import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report } from '../../../shared/report.ts';
import { writeTinyEncoder } from '../../../test/support/tiny-encoder.ts';
import { Workshop, type FinishedRun } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => void (shop = await Workshop.open()));
afterEach(() => shop[Symbol.asyncDispose]());

const measure = (params: Record<string, unknown>, read = 'rows.jsonl'): Promise<FinishedRun> =>
  shop.run(
    {
      rows: { kind: 'read.jsonl', params: { file: read } },
      measure: { kind: 'evaluate.text', params: { candidate: 'said', reference: 'wanted', ...params } },
    },
    ['rows.rows -> measure.rows'],
  );
const rows = [
  { id: 1, said: 'The cat sat on the mat.', wanted: 'The cat sat on the mat.' },
  { id: 2, said: 'A dog barked.', wanted: 'The dog was barking loudly.' },
  { id: 3, said: null, wanted: 'Nothing was said.' },
  { id: 4, said: '', wanted: 'Something.' },
  { id: 5, said: 'A dog barked.', wanted: 'The dog was barking loudly.' },
];
const write = (all: readonly unknown[]): Promise<void> =>
  shop.write('rows.jsonl', all.map((row) => JSON.stringify(row)).join('\n'));

describe('texts against references', () => {
  it('gives every figure with its signature, leaves out what has no text, and the rows with their own figures', async () => {
    await write(rows);
    const run = await measure({});
    expect([run.status, run.problems]).toEqual(['done', []]);
    const values = run.metrics['measure'] ?? {};
    expect(Object.keys(values)).toEqual([
      'bleu',
      'chrf',
      'chrf++',
      'ter',
      'rouge1',
      'rouge2',
      'rougeL',
      'rougeLsum',
      'rouge1_stem',
      'rouge2_stem',
      'rougeL_stem',
      'rougeLsum_stem',
      'exact_match',
      'token_f1',
      'wer',
      'cer',
      'length_ratio',
      'distinct_1',
      'distinct_2',
      'repetition_4',
      'empty_texts',
      'reading_ease',
    ]);
    expect([values['exact_match'], values['empty_texts'], values['rouge1']]).toEqual([
      0.25,
      0.25,
      expect.closeTo((1 + 0.25 + 0.25 + 0) / 4, 9),
    ]);
    const reported = report.parse(JSON.parse(await run.text('measure', 'report.report.json')));
    expect(reported.chips).toEqual(['measured on 4 all rows', '1 rows without a text or a reference left out']);
    expect(JSON.stringify(reported)).toContain(
      'nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0|rows=all|n=4',
    );
    const scored = await run.rows('measure', 'id');
    expect(scored.map((row) => [row['said'], row['exact_match'], row['ter']])).toEqual([
      ['The cat sat on the mat.', 1, 0],
      ['A dog barked.', 0, 80],
      [null, null, null],
      ['', 0, 100],
      ['A dog barked.', 0, 80],
    ]);
  });

  it('takes lists of references, of which the best counts, and measures the test rows of a Split alone', async () => {
    await write(
      Array.from({ length: 40 }, (_, i) => ({
        id: i,
        said: `answer ${i % 5}`,
        wanted: [`answer ${i % 7}`, 'another'],
      })),
    );
    const run = await shop.run(
      {
        rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
        split: { kind: 'split.rows', params: { testFraction: 0.25 } },
        measure: {
          kind: 'evaluate.text',
          params: { candidate: 'said', reference: 'wanted', measures: 'answers', resamples: 50 },
        },
      },
      ['rows.rows -> split.rows', 'split.rows -> measure.rows'],
    );
    expect([run.status, run.problems]).toEqual(['done', []]);
    const reported = report.parse(JSON.parse(await run.text('measure', 'report.report.json')));
    expect([reported.chips[0], JSON.stringify(reported).includes('nrefs:2|norm:squad')]).toEqual([
      'measured on 10 test rows',
      true,
    ]);
    expect((await run.rows('measure', 'id')).filter((row) => row['__partition'] === 'test')).toHaveLength(10);
  });

  it('warns where its words do not fit the script, and says when there is nothing to measure', async () => {
    await write([{ id: 1, said: '猫が座った。', wanted: '猫が座った。' }]);
    const run = await measure({});
    expect(run.warnings.map((w) => w.code)).toEqual(['evaluate.unfit-words', 'evaluate.unfit-words']);
    expect((await measure({ bleuTokens: 'zh', rougeTokens: 'unicode' })).warnings).toEqual([]);
    await write([
      { id: 1, said: null, wanted: 'x' },
      { id: 2, said: 'x', wanted: null },
    ]);
    expect((await measure({})).problems[0]).toMatchObject({ code: 'evaluate.no-rows' });
  });

  it('scores by meaning where an encoder is given: other words for the same are near', async () => {
    await writeTinyEncoder(join(shop.folder, 'encoder'));
    await write([
      { id: 1, said: 'the cat', wanted: 'a kitten' },
      { id: 2, said: 'the cat', wanted: 'bread soup' },
      { id: 3, said: '', wanted: 'bread' },
    ]);
    const run = await measure({ encoder: 'encoder', measures: 'answers' });
    expect([run.problems, run.status]).toEqual([[], 'done']);
    const [same, other, empty] = (await run.rows('measure', 'id')).map((row) => Number(row['bertscore_f1']));
    expect([(same ?? 0) > (other ?? 1), empty]).toEqual([true, 0]);
    expect(await run.text('measure', 'report.report.json')).toContain('@last)|idf:no|rescale:no');
  });

  it('leaves the rows in their order', async () => {
    const many = Array.from({ length: 300 }, (_, id) => ({ id, said: `text ${(id * 7919) % 300}`, wanted: 'text 7' }));
    await write(many);
    const given = await (await measure({ measures: 'answers' })).rows('measure');
    expect(given.map((row) => Number(row['id']))).toEqual(many.map(({ id }) => id));
  });

  it('its example runs', async () => {
    await cp(join(import.meta.dirname, 'summaries.csv'), join(shop.folder, 'summaries.csv'));
    const { nodes, wires } = JSON.parse(await readFile(join(import.meta.dirname, 'example.pipeline.json'), 'utf8'));
    const run = await shop.run(nodes, wires);
    expect([run.status, run.metrics['measure']?.['rouge1']]).toEqual(['done', expect.closeTo(0.5, 0)]);
  });
});
