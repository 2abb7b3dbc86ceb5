import { afterEach, beforeEach, expect, it } from 'vitest';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await shop.write(
    'rows.jsonl',
    ['The harbour is quiet in the morning.', 'HOME HELP CART LOGIN NEWS', null, 'short']
      .map((text, id) => JSON.stringify({ id, text }))
      .join('\n'),
  );
});
afterEach(() => shop[Symbol.asyncDispose]());

it('keeps running text, or marks the rest with what is wrong', async () => {
  const judge = async (params: Record<string, unknown>) => {
    const run = await shop.run(
      {
        rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
        judge: { kind: 'language.quality-filter', params },
      },
      ['rows.rows -> judge.rows'],
    );
    expect([run.problems, run.status, run.metrics['judge']]).toEqual([[], 'done', { failed: 3 }]);
    return run.rows('judge', 'id');
  };
  expect((await judge({})).map((row) => Number(row['id']))).toEqual([0]);
  expect((await judge({ action: 'mark' })).map((row) => row['quality_problems'])).toEqual([
    null,
    'capitals',
    null,
    'too short',
  ]);
});
