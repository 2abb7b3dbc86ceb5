import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { literal } from '../../../shared/sql.ts';
import { openBench, tryFitted, type NodeBench } from '../../../test/support/node-bench.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const fixture = z
  .object({
    texts: z.array(z.string()),
    train: z.number(),
    cases: z.record(
      z.string(),
      z.object({
        params: z.record(z.string(), z.unknown()),
        words: z.array(z.string()),
        weights: z.array(z.array(z.number())),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('tf-idf.json', import.meta.url), 'utf8')));

let bench: NodeBench;
beforeAll(async () => void (bench = await openBench()));
afterAll(() => bench.close());

const tableOf = (texts: readonly (string | null)[], train: number) =>
  bench.table(
    't',
    texts
      .map(
        (text, i) =>
          `SELECT ${i}::BIGINT AS "__row", '${i < train ? 'train' : 'test'}' AS "__partition", CAST(${literal(text)} AS VARCHAR) AS text`,
      )
      .join(' UNION ALL '),
  );

describe('as scikit-learn', () => {
  it.each(Object.entries(fixture.cases))('%s', async (_name, { params, words, weights }) => {
    const table = await tableOf(fixture.texts, fixture.train);
    const trial = await tryFitted(bench, spec, run, { column: 'text', most: 4000, ...params }, table);
    const rows = await trial.apply(table, false);
    const names = Object.keys(rows[0] ?? {}).filter((name) => name.startsWith('word_'));
    expect(names).toEqual(words.map((word) => `word_${word}`));
    rows.forEach((row, r) => {
      names.forEach((name, c) =>
        expect(Math.abs(Number(row[name]) - (weights[r]?.[c] ?? NaN)), `${name} of text ${r}`).toBeLessThan(1e-12),
      );
    });
  });
});

describe('words', () => {
  it('are the most frequent ones of the training rows; the text stays where it is asked', async () => {
    const table = await tableOf(['red red blue', 'red green', 'blue', null, 'test only words'], 4);
    const trial = await tryFitted(bench, spec, run, { most: 2, fewestRows: 1, keep: true }, table);
    const rows = await trial.apply(table, false);
    expect(Object.keys(rows[0] ?? {}).filter((n) => !n.startsWith('__'))).toEqual(['text', 'word_blue', 'word_red']);
    expect(rows.slice(3).map((row) => [row['word_blue'], row['word_red']])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
