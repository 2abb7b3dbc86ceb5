/** Counterfactual pairs, scored, and measured. */
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signTest } from '../../../methods/language/judges/sign-test.ts';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { Workshop } from '../../../test/support/workshop.ts';

let shop: Workshop;
beforeEach(async () => void (shop = await Workshop.open()));
afterEach(() => shop[Symbol.asyncDispose]());

describe('pairs', () => {
  it('that differ are counted, with their direction', async () => {
    await cp(import.meta.dirname, shop.folder, { recursive: true });
    const { nodes, wires } = parsePipeline(await readFile(join(import.meta.dirname, 'example.pipeline.json'), 'utf8'));
    const run = await shop.run(nodes, wires);
    expect([run.problems, run.metrics['measure']]).toEqual([
      [],
      { flip_rate: 2 / 3, mean_difference: expect.closeTo(-0.01, 9), sign_test_p: 1 },
    ]);
  });

  it('are made, scored by words, and compared in one pipeline', async () => {
    await shop.write(
      'rows.jsonl',
      ['He is an idiot.', 'The ferry is late.', 'Her son sleeps.']
        .map((text, id) => JSON.stringify({ id, text }))
        .join('\n'),
    );
    const run = await shop.run(
      {
        rows: { kind: 'read.jsonl', params: { file: 'rows.jsonl' } },
        pairs: { kind: 'language.counterfactuals', params: {} },
        rude: { kind: 'language.toxicity', params: { column: 'text' } },
        measure: { kind: 'evaluate.bias', params: { score: 'rudeness', pair: 'pair', variant: 'variant' } },
        same: { kind: 'evaluate.bias', params: { score: 'text', pair: 'pair', variant: 'variant' } },
      },
      ['rows.rows -> pairs.rows', 'pairs.rows -> rude.rows', 'rude.rows -> measure.rows', 'rude.rows -> same.rows'],
    );
    expect(run.problems).toEqual([]);
    expect((await run.rows('pairs', 'pair')).map((row) => row['text'])).toEqual([
      'He is an idiot.',
      'She is an idiot.',
      'Her son sleeps.',
      'His daughter sleeps.',
    ]);
    expect([run.metrics['measure']?.['flip_rate'], run.metrics['same']]).toEqual([0, { flip_rate: 1 }]);
  });
});

it('the sign test is exact', () => {
  // Two-sided binomial probabilities, as scipy.stats.binomtest gives them.
  expect([signTest(0, 0), signTest(5, 5), signTest(8, 2), signTest(0, 10)]).toEqual([
    1,
    1,
    expect.closeTo(0.109375, 12),
    expect.closeTo(0.001953125, 12),
  ]);
  expect(signTest(1100, 900)).toBeCloseTo(8.45708953550381e-6, 12);
});
