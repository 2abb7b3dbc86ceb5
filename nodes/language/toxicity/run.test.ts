import { afterEach, beforeEach, expect, it } from 'vitest';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await shop.write(
    'rows.jsonl',
    ['You stupid idiot', 'damn rain', null, 'You muppet', 'fine']
      .map((text, id) => JSON.stringify({ id, text }))
      .join('\n'),
  );
});
afterEach(() => shop[Symbol.asyncDispose]());

const judge = async (params: Record<string, unknown>) => {
  const run = await shop.run(
    { rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } }, judge: { kind: 'language.toxicity', params } },
    ['rows.rows -> judge.rows'],
  );
  expect([run.problems, run.status]).toEqual([[], 'done']);
  return { run, rows: await run.rows('judge', 'id') };
};

it('scores, marks and names, and says the rate', async () => {
  const { rows, run } = await judge({ own: ['muppet'] });
  expect(rows.map((row) => [row['is_rude'], row['rude_words']])).toEqual([
    [true, 'insult: stupid, insult: idiot'],
    [false, 'swearing: damn'],
    [null, null],
    [true, 'own: muppet'],
    [false, null],
  ]);
  expect(rows[0]?.['rudeness']).toBeCloseTo(1 - 0.4 * 0.4, 12);
  expect(run.metrics['judge']).toEqual({ rude_rate: 0.5 });
});
it('removes what goes too far, where asked; a missing text stays', async () => {
  expect((await judge({ action: 'remove', threshold: 0.3 })).rows.map((row) => Number(row['id']))).toEqual([2, 3, 4]);
});
