import { afterEach, beforeEach, expect, it } from 'vitest';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  const texts = ['Mail a@b.org and a@b.org', null, 'nothing', 'call +44 20 7946 0958'];
  await shop.write('rows.jsonl', texts.map((text, id) => JSON.stringify({ id, text, note: 'x@y.org' })).join('\n'));
});
afterEach(() => shop[Symbol.asyncDispose]());

const mask = async (params: Record<string, unknown>) => {
  const run = await shop.run(
    {
      rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
      mask: { kind: 'language.mask-pii', params: { column: 'text', ...params } },
    },
    ['rows.rows -> mask.rows'],
  );
  expect([run.problems, run.status]).toEqual([[], 'done']);
  return {
    run,
    rows: (await run.rows('mask', 'id')).map((row) => [
      row['text'],
      row['note'],
      row['personal_data'] === null ? null : Number(row['personal_data']),
    ]),
  };
};

it('masks the column in its place and counts; the report does not show what was found', async () => {
  const { rows, run } = await mask({});
  expect(rows).toEqual([
    ['Mail [EMAIL] and [EMAIL]', 'x@y.org', 2],
    [null, 'x@y.org', null],
    ['nothing', 'x@y.org', 0],
    ['call [PHONE]', 'x@y.org', 1],
  ]);
  expect(run.metrics['mask']).toEqual({ rows_with_personal_data: 2, personal_data: 3 });
  expect(await run.text('mask', 'report.report.json')).not.toContain('a@b.org');
});
it('only counts where asked, and only what is asked', async () => {
  expect((await mask({ style: 'none', email: false })).rows.map(([text, , count]) => [text, count])).toEqual([
    ['Mail a@b.org and a@b.org', 0],
    [null, null],
    ['nothing', 0],
    ['call +44 20 7946 0958', 1],
  ]);
});
it('leaves the rows in their order', async () => {
  const many = Array.from({ length: 300 }, (_, id) => ({ id, text: `text ${(id * 7919) % 300} of a@b.org` }));
  await shop.write('rows.jsonl', many.map((row) => JSON.stringify(row)).join('\n'));
  const run = await shop.run(
    {
      rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
      mask: { kind: 'language.mask-pii', params: { column: 'text' } },
    },
    ['rows.rows -> mask.rows'],
  );
  expect((await run.rows('mask')).map((row) => Number(row['id']))).toEqual(many.map(({ id }) => id));
});
