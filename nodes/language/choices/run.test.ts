import { expect, it } from 'vitest';
import { openBench } from '../../../test/support/node-bench.ts';
import { spokenModel } from '../../../test/support/spoken-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

it('chooses what is most probable after the question, and measures where the right answer is known', async () => {
  const bench = await openBench();
  const rows = await bench.table(
    'rows',
    "SELECT * FROM (VALUES ('France?', 'Paris', 'Oslo', 'A'), ('Norway?', 'Paris', 'Oslo', 'Oslo'), ('Italy?', 'Paris', 'Oslo', NULL)) t(question, a, b, answer)",
  );
  const contexts: string[] = [];
  const llm = spokenModel(() => '', {
    score: async ({ context, text }) => {
      contexts.push(context);
      return [{ text, logProbability: text === ' Paris' ? -1 : -2 }];
    },
  });
  const params = { question: 'question', choices: { by: 'names', names: ['a', 'b'] }, answer: 'answer' };
  const made = await tryTask(spec, run, params, { tables: { rows }, llms: { llm } });
  bench.close();
  expect(contexts[0]).toBe('Question: France?\nAnswer:');
  expect(made.metrics).toEqual({ accuracy: 0.5, accuracy_by_length: 0.5, chance: 0.5 });
  expect(made.staged[0]?.rows.map((row) => [row[1], row[3], row[4]])).toEqual([
    ['a', 1, true],
    ['a', 1, null],
    ['a', 1, false],
  ]);
});

it('wants at least two choices', () => {
  const check = (params: object) =>
    (spec.check?.({ node: 'it', params: spec.params.parse(params), inputs: {}, wired: new Set() }) ?? []).map(
      (f) => f.code,
    );
  expect(check({ question: 'q', choices: { by: 'names', names: ['a'] } })).toEqual(['choices.too-few']);
  expect(check({ question: 'q', choices: { by: 'names', names: ['a', 'b'] } })).toEqual([]);
});
