import { afterEach, beforeEach, expect, it } from 'vitest';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => void (shop = await Workshop.open()));
afterEach(() => shop[Symbol.asyncDispose]());

it('swaps one’s own words, keeps pairs in their partition, and says when there is nothing to swap', async () => {
  await shop.write(
    'rows.jsonl',
    Array.from({ length: 10 }, (_, id) =>
      JSON.stringify({ id, text: `A visit to ${id % 2 === 0 ? 'Leeds' : 'York'}` }),
    ).join('\n'),
  );
  const make = (params: Record<string, unknown>) =>
    shop.run(
      {
        rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
        split: { kind: 'split.rows', params: { testFraction: 0.5 } },
        pairs: { kind: 'language.counterfactuals', params },
      },
      ['rows.rows -> split.rows', 'split.rows -> pairs.rows'],
    );
  const run = await make({ gender: false, swaps: [{ from: 'Leeds', to: 'York' }] });
  expect(run.problems).toEqual([]);
  const rows = await run.rows('pairs', '__row');
  expect(rows.map((row) => Number(row['__row']))).toEqual(Array.from({ length: 20 }, (_, i) => i));
  for (let i = 0; i < rows.length; i += 2) {
    expect([
      rows[i]?.['variant'],
      rows[i + 1]?.['variant'],
      rows[i]?.['pair'] === rows[i + 1]?.['pair'],
      rows[i]?.['__partition'] === rows[i + 1]?.['__partition'],
    ]).toEqual(['original', 'swapped', true, true]);
    expect(new Set([rows[i]?.['text'], rows[i + 1]?.['text']])).toEqual(
      new Set(['A visit to Leeds', 'A visit to York']),
    );
  }
  expect((await make({})).warnings.map((w) => w.code)).toEqual(['counterfactuals.none']);
});
