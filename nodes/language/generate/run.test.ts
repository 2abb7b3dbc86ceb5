import { describe, expect, it } from 'vitest';
import { fail, toProblem } from '../../../shared/errors.ts';
import { openBench } from '../../../test/support/node-bench.ts';
import { lastWords, spokenModel } from '../../../test/support/spoken-model.ts';
import { tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

const ask = async (
  params: Record<string, unknown>,
  model = spokenModel((request) => lastWords(request).toUpperCase()),
) => {
  const bench = await openBench();
  try {
    const rows = await bench.table('rows', "SELECT * FROM (VALUES ('a'), ('b'), ('a'), (NULL)) t(prompt)");
    return {
      model,
      made: await tryTask(spec, run, { prompt: 'prompt', ...params }, { tables: { rows }, llms: { llm: model } }),
    };
  } finally {
    bench.close();
  }
};

describe('language.generate', () => {
  it('asks equal prompts once and a missing one never', async () => {
    const { model, made } = await ask({});
    expect(model.asked.map(lastWords)).toEqual(['a', 'b']);
    expect(made.staged[0]?.rows.map((row) => [row[0], row[2]])).toEqual([
      ['a', 'A'],
      ['b', 'B'],
    ]);
    expect(made.metrics).toMatchObject({ questions: 2, answered: 2, failed: 0, completion_tokens: 2, cost: null });
  });

  it('asks again with other seeds for several answers', async () => {
    const { model, made } = await ask(
      { samples: 2, temperature: 1, seed: 5 },
      spokenModel((request, call) => (lastWords(request) === 'a' ? ' Yes' : `no ${call}`)),
    );
    expect(model.asked.map((request) => request.sampling?.seed)).toEqual([5, 6, 5, 6]);
    expect(made.metrics['self_consistency']).toBe(0.75);
  });

  it('asks conversations of a chat log as they are read, and tells which are none', async () => {
    const bench = await openBench();
    const log = (value: string) => `SELECT 1 AS id, [{'from': 'human', 'value': '${value}'}] AS prompt`;
    const rows = await bench.table('rows', `${log('a')} UNION ALL ${log('b')} UNION ALL SELECT 3, NULL`);
    const odd = await bench.table('odd', `SELECT [{'by': 'x'}] AS prompt`);
    const model = spokenModel((request) => lastWords(request).toUpperCase());
    const made = await tryTask(spec, run, { prompt: 'prompt' }, { tables: { rows }, llms: { llm: model } });
    const not = tryTask(spec, run, { prompt: 'prompt' }, { tables: { rows: odd }, llms: { llm: model } });
    await expect(not).rejects.toThrow('The only row failed: The cell is no conversation');
    bench.close();
    expect(made.staged[0]?.rows.map((row) => row[2])).toEqual(['A', 'B']);
    expect(model.asked.map((request) => request.prompt)).toEqual([
      { messages: [{ role: 'user', content: 'a' }] },
      { messages: [{ role: 'user', content: 'b' }] },
    ]);
  });

  it('holds an endpoint to the form that it was asked for', async () => {
    const answers = ['{"mood":"good"}', 'Well, good'];
    const { made } = await ask(
      { fields: [{ name: 'mood', type: 'choice', choices: 'good, bad' }] },
      spokenModel((_, call) => answers[call] ?? ''),
    );
    expect(made.staged[0]?.rows.map((row) => [row[3], row[5]])).toEqual([
      ['good', null],
      [null, 'The answer does not keep its form: it is no JSON.'],
    ]);
    expect(made.metrics).toMatchObject({ failed: 1 });
    expect(made.isProvisional).toBe(true);
  });

  const failing = (bad: string) =>
    spokenModel((request) => {
      if (bad.includes(lastWords(request))) throw fail('endpoint.refused', { message: 'Wrong key.', mend: 'Mend it.' });
      return 'fine';
    });
  it('fails when all rows failed, with the first reason, and where more of them failed than may', async () => {
    const all = toProblem(await ask({}, failing('ab')).catch((e: unknown) => e));
    expect(all).toMatchObject({
      code: 'rows.failed',
      message: 'All 3 rows failed: Wrong key.',
      mend: 'Mend it.',
      facts: { failed: 3, rows: 3, reason: 'endpoint.refused' },
    });
    const most = toProblem(await ask({ failShare: 0.5 }, failing('a')).catch((e: unknown) => e));
    expect([most.message, most.mend]).toEqual([
      '2 of 3 rows failed: Wrong key.',
      'At 50 % of failed rows the node fails ("Failing share"). Mend it.',
    ]);
  });

  it('goes on below that, and says on the card and in the report how many failed and why', async () => {
    for (const [params, bad, message] of [
      [{}, 'a', '2 of 3 rows failed: Wrong key.'],
      [{ failShare: 0.5 }, 'b', '1 of 3 rows failed: Wrong key.'],
      [{ failShare: null }, 'ab', 'All 3 rows failed: Wrong key.'],
    ] as const) {
      const { made } = await ask(params, failing(bad));
      expect(made.findings).toMatchObject([{ code: 'rows.failed', severity: 'warning', message }]);
      expect(made.reports['report']?.blocks.at(-1)).toMatchObject({ title: 'Failures' });
      expect(made.isProvisional).toBe(true);
    }
  });

  it.each([
    [{ prompt: '' }, ['param.empty']],
    [{ prompt: 'q' }, ['column.missing']],
    [{ prompt: 'p', output: 'P' }, ['column.taken']],
    [{ prompt: 'p', fields: [{ name: 'x' }, { name: 'X' }] }, ['column.twice']],
    [{ prompt: 'p', fields: [{ name: 'x', type: 'choice' }] }, ['param.empty']],
    [{ prompt: 'p', schema: '{' }, ['language.bad-json']],
    [{ prompt: 'p', samples: 2, temperature: 0 }, ['language.same-samples']],
    [{ prompt: 'p' }, []],
  ])('%j is judged before a run', (params, codes) => {
    const rows = { columns: [{ name: 'p', type: 'VARCHAR' }], split: false };
    const found =
      spec.check?.({
        node: 'it',
        params: spec.params.parse(params),
        inputs: { rows },
        wired: new Set(['rows', 'llm']),
      }) ?? [];
    expect(found.map((f) => f.code)).toEqual(codes);
  });
});
