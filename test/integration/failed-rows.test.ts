/** Rows that fail alone, through whole runs: a run in which all of them failed is no success, whatever asked for them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSpokenEndpoint, type SpokenEndpoint } from '../support/spoken-endpoint.ts';
import { Workshop, type SketchedNode } from '../support/workshop.ts';

let shop: Workshop;
let endpoint: SpokenEndpoint;
beforeAll(async () => {
  shop = await Workshop.open();
  endpoint = await openSpokenEndpoint((body) => {
    const text = JSON.stringify(body);
    return text.includes('fine') ? 'yes' : { status: 422, body: { error: { message: 'No such words.' } } };
  });
  await shop.write('all.csv', 'q,c\nbad,[1] x\nworse,[1] y\nbad,[1] x\n');
  await shop.write('some.csv', 'q,c\nfine,[1] x\nbad,[1] y\nbad,[1] y\n');
});
afterAll(async () => {
  await endpoint[Symbol.asyncDispose]();
  await shop[Symbol.asyncDispose]();
});

const run = (file: string, ask: SketchedNode) =>
  shop.run(
    {
      rows: { kind: 'read.csv', params: { file } },
      llm: { kind: 'language.endpoint', params: { url: endpoint.url, model: 'm' } },
      ask,
    },
    ['rows.rows -> ask.rows', 'llm.llm -> ask.llm'],
  );

describe.each([
  [{ kind: 'language.generate', params: { prompt: 'q' } }, 3],
  [{ kind: 'language.answer', params: { question: 'q', context: 'c' } }, 3],
  [{ kind: 'evaluate.judge', params: { question: 'q', answer: 'c', repeats: 1 } }, 2],
])('%j', (ask, all) => {
  it('fails a run in which all rows failed, with the first error and the count', async () => {
    const failed = await run('all.csv', ask);
    expect(failed.status).toBe('failed');
    expect(failed.problems).toMatchObject([
      { code: 'rows.failed', node: 'ask', facts: { failed: all, rows: all, reason: 'endpoint.refused' } },
    ]);
    expect(failed.problems[0]?.message).toMatch(
      new RegExp(`^All ${all} \\w+ failed: The endpoint .* answered 422: No such words\\.`),
    );
  });
});

it('tells how many of the rows failed and why, in the warning and in the report', async () => {
  const partly = await run('some.csv', { kind: 'language.generate', params: { prompt: 'q' } });
  expect(partly.status).toBe('done');
  expect(partly.warnings.map((w) => w.message)).toEqual([
    expect.stringMatching(/^2 of 3 rows failed: .*No such words\.$/),
  ]);
  expect(await partly.text('ask', 'report.report.json')).toMatch(/"Failures".*No such words/s);
  const strict = await run('some.csv', { kind: 'language.generate', params: { prompt: 'q', failShare: 0.5 } });
  expect(strict.status).toBe('failed');
});
