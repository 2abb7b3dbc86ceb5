/** Evaluations of texts on no rows at all: each says that nothing was measured, and ends well; what is wired behind it goes on. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Workshop } from '../support/workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await Workshop.open();
  await shop.write('none.csv', 'said,wanted,pair,variant,rank\n');
});
afterAll(() => shop[Symbol.asyncDispose]());

it.each([
  ['evaluate.text', { candidate: 'said', reference: 'wanted' }, true],
  ['evaluate.labels', { answer: 'said', truth: 'wanted' }, false],
  ['evaluate.safety', { column: 'said' }, false],
  ['evaluate.retrieval', { question: 'said', found: 'wanted', relevant: 'pair', rank: 'rank' }, false],
  ['evaluate.groundedness', { answer: 'said', sources: 'wanted', by: 'words' }, true],
  ['evaluate.bias', { pair: 'pair', variant: 'variant', score: 'wanted' }, false],
])('%s says on 0 rows that nothing was measured, and fails nothing', async (kind, params, givesRows) => {
  const nodes = {
    rows: { kind: 'read.csv', params: { file: 'none.csv', types: { rank: 'BIGINT' } } },
    it: { kind, params },
  };
  const run = await shop.run(nodes, ['rows.rows -> it.rows']);
  expect([run.problems, run.status]).toEqual([[], 'done']);
  expect(run.warnings.map((w) => [w.code, w.message])).toContainEqual([
    'evaluate.no-rows',
    expect.stringMatching(/^There are no .* to measure: 0 came in\.$/),
  ]);
  expect(await run.text('it', 'report.report.json')).toContain('0 rows');
  if (givesRows) expect(await run.rows('it')).toEqual([]);
});
