import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import type { Profile, ProfileColumn } from '../text/profile-words.ts';
import { likelyTexts, withTexts } from './likely-texts.ts';

const column = (name: string, values: readonly string[], more: Partial<ProfileColumn> = {}): ProfileColumn => ({
  name,
  type: 'VARCHAR',
  count: 100,
  nulls: 0,
  distinct: 90,
  min: null,
  max: null,
  mean: null,
  sd: null,
  histogram: null,
  top: values.map((value) => ({ value, count: 1 })),
  ...more,
});
const profile = (...columns: ProfileColumn[]): Profile => ({ rows: 100, exact: true, columns, ms: 1 });
const sentences = ['It came late and was wet', 'the box was open', 'Nobody answers the phone there'];

it('sentences of their own in most rows are texts; names, categories and few rows are none', () => {
  const found = likelyTexts(
    profile(
      column('complaint', sentences),
      column('name', ['Ada Lovelace', 'Mary Anning']),
      column('reason', sentences, { distinct: 3 }),
      column('few', sentences, { nulls: 90, distinct: 10 }),
      column('note', sentences),
      column('answer', sentences),
    ),
    ['answer', undefined],
  );
  expect(found).toEqual(['complaint', 'note']);
  expect(likelyTexts(null, [])).toEqual([]);
});

it('their TF-IDF stands between Split and what prepares the other columns', () => {
  const file = parsePipeline(
    readFileSync(join(import.meta.dirname, '../../../resources/examples/quick-start.pipeline.json'), 'utf8'),
  );
  const made = withTexts(file, ['complaint', 'note']);
  expect([made.nodes['words']?.params, made.nodes['words-2']?.params]).toEqual([
    { column: 'complaint', name: 'complaint' },
    { column: 'note', name: 'note' },
  ]);
  expect(made.wires.filter((wire) => /split|words/.test(wire))).toEqual([
    'rows.rows -> split.rows',
    'split.rows -> evaluate-baseline.rows',
    'split.rows -> evaluate-boosting.rows',
    'split.rows -> words.rows',
    'words-2.rows -> codes.rows',
    'words-2.rows -> fill.rows',
    'words.rows -> words-2.rows',
  ]);
  expect(new Set(Object.values(made.layout).map(String)).size).toBe(12);
  expect(withTexts(file, [])).toBe(file);
});
