import { describe, expect, it } from 'vitest';
import { openBench } from '../../../test/support/node-bench.ts';
import { lastWords, spokenModel } from '../../../test/support/spoken-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const judge = async (params: object, answer: (asked: string, call: number) => string) => {
  const bench = await openBench();
  try {
    const rows = await bench.table(
      'rows',
      "SELECT * FROM (VALUES ('q1', 'right', 'wrong', 'pass'), ('q2', 'wrong', 'right', 'fail'), ('q3', 'odd', 'odd', 'pass')) t(q, a, b, human)",
    );
    const llm = spokenModel((request, call) => answer(lastWords(request), call));
    return {
      llm,
      made: await tryTask(
        spec,
        run,
        { question: 'q', answer: 'a', remember: false, ...params },
        { tables: { rows }, llms: { llm } },
      ),
    };
  } finally {
    bench.close();
  }
};
const verdict = (word: string): string => JSON.stringify({ reason: `it is ${word}`, verdict: word });

describe('evaluate.judge', () => {
  it('judges each several times, and counts what it could not judge', async () => {
    const { llm, made } = await judge({ label: 'human', repeats: 2 }, (asked) =>
      asked.includes('odd') ? verdict('cannot_judge') : verdict(asked.includes('Answer:\nright') ? 'pass' : 'fail'),
    );
    expect(llm.asked).toHaveLength(6);
    expect(llm.asked.slice(0, 2).map((request) => request.sampling?.seed)).toEqual([1000, 1001]);
    expect(made.staged[0]?.rows.map((row) => row.slice(1))).toEqual([
      ['pass', 'it is pass', 1, 0],
      ['fail', 'it is fail', 1, 0],
      [null, null, null, 2],
    ]);
    expect(made.metrics).toMatchObject({ pass_rate: 0.5, not_judged: 1, noise: 0, agreement: 1, kappa: 1 });
  });

  it('asks both orders of a pair: a judge that always takes the first has no opinion', async () => {
    const { made } = await judge({ scale: 'pairwise', other: 'b', repeats: 1 }, () => verdict('first'));
    expect(made.staged[0]?.rows.map((row) => row[1])).toEqual(['tie', 'tie', 'tie']);
    expect(made.metrics).toMatchObject({ win_rate: 0, ties: 1, order_changed: 1 });
  });

  it('takes a verdict that both orders give', async () => {
    const { made } = await judge({ scale: 'pairwise', other: 'b', repeats: 1 }, (asked) =>
      verdict(
        asked.includes('First answer:\nright') ? 'first' : asked.includes('Second answer:\nright') ? 'second' : 'tie',
      ),
    );
    expect(made.staged[0]?.rows.map((row) => row[1])).toEqual(['first', 'second', 'tie']);
    expect(made.metrics).toMatchObject({ order_changed: 0 });
  });

  it('shows how noisy it is', async () => {
    const { made } = await judge({ repeats: 2 }, (_asked, call) => verdict(call % 2 === 0 ? 'pass' : 'fail'));
    expect(made.metrics).toMatchObject({ noise: 1 });
  });
});
