import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workshop } from '../../../test/support/workshop.ts';

const words = Array.from({ length: 40 }, (_, i) => `word${i}`);
const nearly = words.with(20, 'other').join(' ');
let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  const texts = [words.join(' '), 'alone here', nearly, null, words.join('  ').toUpperCase(), null, words.join(' ')];
  await shop.write('rows.jsonl', texts.map((text, id) => JSON.stringify({ id, text })).join('\n'));
});
afterEach(() => shop[Symbol.asyncDispose]());

const rows = { kind: 'read.jsonl', params: { file: 'rows.jsonl' } };
const find = async (params: Record<string, unknown>) => {
  const run = await shop.run({ rows, find: { kind: 'language.duplicates', params } }, ['rows.rows -> find.rows']);
  expect([run.status, run.problems]).toEqual(['done', []]);
  return { rows: await run.rows('find', 'id'), metrics: run.metrics['find'] };
};

describe('duplicates', () => {
  it('leave one row of each group, equal or nearly equal; a missing text is nobody’s', async () => {
    const near = await find({ threshold: 0.7 });
    expect([near.rows.map((row) => Number(row['id'])), near.metrics]).toEqual([
      [0, 1, 3, 5],
      { duplicates: 3, duplicate_groups: 1, groups_across_split: 0 },
    ]);
    expect((await find({ method: 'exact' })).rows.map((row) => Number(row['id']))).toEqual([0, 1, 2, 3, 5]);
  });
  it('are marked where they shall only be marked', async () => {
    const marked = (await find({ threshold: 0.7, action: 'mark' })).rows;
    expect(marked.map((row) => row['is_duplicate'])).toEqual([false, false, true, false, true, false, true]);
    expect(
      new Set(marked.filter((row) => row['duplicate_group'] !== null).map((row) => row['duplicate_group'])).size,
    ).toBe(1);
  });
  it('on both sides of Split are warned of, and the training row goes', async () => {
    await shop.write(
      'rows.jsonl',
      Array.from({ length: 20 }, (_, id) => JSON.stringify({ id, text: words.join(' ') })).join('\n'),
    );
    const run = await shop.run(
      { rows, split: { kind: 'split.rows', params: { testFraction: 0.5 } }, find: { kind: 'language.duplicates' } },
      ['rows.rows -> split.rows', 'split.rows -> find.rows'],
    );
    expect(run.warnings.filter((w) => w.code === 'duplicates.across')).toHaveLength(1);
    expect((await run.rows('find', 'id')).map((row) => row['__partition'])).toEqual(['test']);
  });
});
