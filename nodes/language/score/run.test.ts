import { expect, it } from 'vitest';
import { fail } from '../../../shared/errors.ts';
import { openBench } from '../../../test/support/node-bench.ts';
import { spokenModel } from '../../../test/support/spoken-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const score = async (of: (text: { context: string; text: string }) => { text: string; logProbability: number }[]) => {
  const bench = await openBench();
  try {
    const rows = await bench.table(
      'rows',
      "SELECT * FROM (VALUES ('q', 'a b'), ('q', 'c'), ('q', 'a b'), ('q', NULL)) t(before, said)",
    );
    const llm = spokenModel(() => '', { score: async (text) => of(text) });
    return await tryTask(spec, run, { text: 'said', context: 'before' }, { tables: { rows }, llms: { llm } });
  } finally {
    bench.close();
  }
};

it('scores each different text after what stands before it, and sums before it divides', async () => {
  const made = await score(({ context, text }) =>
    text.split('').map((letter) => ({ text: letter, logProbability: context === 'q' ? -1 : 0 })),
  );
  expect(made.staged[0]?.rows.map((row) => row.slice(0, 5))).toEqual([
    ['q', 'a b', -3, 3, Math.E],
    ['q', 'c', -1, 1, Math.E],
  ]);
  expect(made.metrics['perplexity']).toBeCloseTo(Math.E, 12);
  expect(made.metrics['word_perplexity']).toBeCloseTo(Math.exp(4 / 3), 12);
  expect(made.isProvisional).toBe(false);
});

it('keeps a failure in its row; that an endpoint has no scores is told by the node', async () => {
  const made = await score(({ text }) => {
    if (text === 'c') throw fail('language.too-long', { message: 'Too long.', mend: '' });
    return [{ text, logProbability: -1 }];
  });
  expect(made.staged[0]?.rows.map((row) => row.at(-1))).toEqual([null, 'Too long.']);
  expect(made.isProvisional).toBe(true);
  expect(made.findings).toMatchObject([
    { code: 'rows.failed', message: expect.stringMatching(/^\d of \d rows .*Too long/) },
  ]);
  expect(made.reports['report']?.blocks.at(-1)).toMatchObject({ title: 'Failures' });
  await expect(
    score(() => {
      throw fail('language.too-long', { message: 'Too long.', mend: '' });
    }),
  ).rejects.toThrow(/^All \d rows failed: Too long\./);
  await expect(
    score(() => {
      throw fail('language.not-at-endpoint', { message: 'No.', mend: '' });
    }),
  ).rejects.toThrow('No.');
});
