import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTinyGguf } from '../support/tiny-gguf.ts';
import { tinyConversations, tinyModelFile } from '../support/trained-tiny-model.ts';
import { Workshop } from '../support/workshop.ts';

let here: Workshop;
beforeAll(async () => {
  here = await Workshop.open();
  mkdirSync(join(here.folder, 'models'));
  writeTinyGguf(join(here.folder, 'models', 'tiny.gguf'));
  copyFileSync(await tinyModelFile(), join(here.folder, 'models', 'taught.gguf'));
  await here.write('reviews.csv', 'id,review,stars\n1,I loved it,5\n2,Dull and long,1\n3,I loved it,4\n4,,3\n');
  await here.write('shots.csv', 'review,answer\nGreat,good\nPoor,bad\n');
});
afterAll(() => here[Symbol.asyncDispose]());

const nodes = {
  model: {
    kind: 'language.model',
    params: { file: 'models/tiny.gguf', name: 'tiny', contextTokens: 512, maxTokens: 40, gpuLayers: 0, threads: 1 },
  },
  reviews: { kind: 'read.csv', params: { file: 'reviews.csv' } },
  prompt: { kind: 'language.prompt', params: { template: 'Good or bad? {{review}}', system: 'Be brief.' } },
};
const wires = ['reviews.rows -> prompt.rows', 'prompt.rows -> ask.rows', 'model.llm -> ask.llm'];

describe('a language model in a pipeline', () => {
  it('answers each row, equal questions once, and from memory in the next run', async () => {
    const ask = { kind: 'language.generate', params: { prompt: 'prompt' } };
    const made = await here.run({ ...nodes, ask }, wires);
    expect(made.problems).toEqual([]);
    const rows = await made.rows('ask');
    expect(rows.map((row) => row['prompt'])).toEqual([
      '[{"role":"system","content":"Be brief."},{"role":"user","content":"Good or bad? I loved it"}]',
      '[{"role":"system","content":"Be brief."},{"role":"user","content":"Good or bad? Dull and long"}]',
      '[{"role":"system","content":"Be brief."},{"role":"user","content":"Good or bad? I loved it"}]',
      '[{"role":"system","content":"Be brief."},{"role":"user","content":"Good or bad? "}]',
    ]);
    expect(rows.every((row) => Number(row['answer_tokens']) > 0 && row['answer_error'] === null)).toBe(true);
    expect(rows[3]).toMatchObject({ answer_tokens: 40, answer_end: 'length' });
    expect(rows[0]?.['answer']).toBe(rows[2]?.['answer']);
    expect(made.metrics['ask']).toMatchObject({ questions: 3, answered: 3, failed: 0, remembered: 0, cost: 0 });

    const again = await here.run({ ...nodes, ask: { ...ask, params: { ...ask.params, output: 'said' } } }, wires);
    expect(again.metrics['ask']).toMatchObject({ questions: 3, remembered: 3 });
    expect((await again.rows('ask', 'id')).map((row) => row['said'])).toEqual(rows.map((row) => row['answer']));
  });

  it('keeps the form that was asked, a column for each field, and a failure in its row', async () => {
    const fields = [
      { name: 'mood', type: 'choice', choices: 'good, bad' },
      { name: 'sure', type: 'boolean' },
    ];
    const ask = { kind: 'language.generate', params: { prompt: 'prompt', fields, maxTokens: 200 } };
    const made = await here.run({ ...nodes, ask }, wires);
    const rows = await made.rows('ask', 'id');
    expect(rows.every((row) => ['good', 'bad'].includes(String(row['mood'])) && typeof row['sure'] === 'boolean')).toBe(
      true,
    );

    const short = { ...ask.params, maxTokens: 3 };
    expect((await here.run({ ...nodes, ask: { ...ask, params: short } }, wires)).problems).toMatchObject([
      { code: 'rows.failed', message: 'All 4 rows failed: The answer was cut before its form was whole.' },
    ]);
    const cut = await here.run({ ...nodes, ask: { ...ask, params: { ...short, failShare: null } } }, wires);
    expect(cut.status).toBe('done');
    expect((await cut.rows('ask', 'id')).map((row) => [row['mood'], row['answer_error']])).toEqual(
      rows.map(() => [null, 'The answer was cut before its form was whole.']),
    );
    expect(cut.metrics['ask']).toMatchObject({ failed: 3, answered: 0 });
  });

  it('a template in the model’s own file that fills the memory fails its node alone, in words', async () => {
    const bomb = '{% for i in range(1000000000) %}{% endfor %}';
    writeTinyGguf(join(here.folder, 'models', 'hostile.gguf'), { template: bomb });
    const hostile = { kind: 'language.model', params: { ...nodes.model.params, file: 'models/hostile.gguf' } };
    const ask = { kind: 'language.generate', params: { prompt: 'prompt' } };
    const made = await here.run({ ...nodes, model: hostile, ask, beside: { kind: 'clean.select' } }, [
      ...wires,
      'reviews.rows -> beside.rows',
    ]);
    expect(made.problems).toMatchObject([
      {
        code: 'rows.failed',
        node: 'ask',
        message: 'All 4 rows failed: The model’s chat template took more than 400 MB, and was ended.',
      },
    ]);
    expect(await made.rows('beside')).toHaveLength(4);
  });

  it('gives several answers a row, and examples before each question', async () => {
    const shots = { kind: 'read.csv', params: { file: 'shots.csv' } };
    const prompt = { kind: 'language.prompt', params: { template: '{{review}}', answer: 'answer', shots: 2 } };
    const ask = { kind: 'language.generate', params: { prompt: 'prompt', samples: 2, temperature: 1.2, maxTokens: 8 } };
    const made = await here.run({ ...nodes, prompt, shots, ask }, [...wires, 'shots.rows -> prompt.examples']);
    expect(made.problems).toEqual([]);
    const rows = await made.rows('ask', 'id');
    expect(rows.map((row) => [row['id'], row['answer_sample']])).toEqual(
      [1n, 1n, 2n, 2n, 3n, 3n, 4n, 4n].map((id, i) => [id, (i % 2) + 1]),
    );
    const messages: { role: string; content: string }[] = JSON.parse(String(rows[0]?.['prompt']));
    expect(messages.map((m) => m.role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
    expect(messages.at(-1)?.content).toBe('I loved it');
  });

  it('scores, chooses, answers with sources and judges, with the real engine', async () => {
    await here.write('questions.csv', 'q,a,b,right\nCapital?,Paris,Rome,a\nColour?,red,blue,b\n');
    await here.write('found.csv', 'question,context,gold\nWhen?,"[1] At noon.",pass\nWhere?,"[1] Here. ",fail\n');
    const { model } = nodes;
    const made = await here.run(
      {
        model,
        questions: { kind: 'read.csv', params: { file: 'questions.csv' } },
        found: { kind: 'read.csv', params: { file: 'found.csv' } },
        score: { kind: 'language.score', params: { text: 'a', context: 'q' } },
        choose: {
          kind: 'language.choices',
          params: { question: 'q', choices: { by: 'names', names: ['a', 'b'] }, answer: 'right' },
        },
        answer: { kind: 'language.answer', params: { question: 'question', context: 'context', maxTokens: 20 } },
        judge: {
          kind: 'evaluate.judge',
          params: { question: 'question', answer: 'answer', label: 'gold', repeats: 2, maxTokens: 400 },
        },
      },
      [
        'answer.rows -> judge.rows',
        'found.rows -> answer.rows',
        'model.llm -> answer.llm',
        'model.llm -> choose.llm',
        'model.llm -> judge.llm',
        'model.llm -> score.llm',
        'questions.rows -> choose.rows',
        'questions.rows -> score.rows',
      ],
    );
    expect(made.problems).toEqual([]);
    const scored = await made.rows('score', 'q');
    expect(scored.every((row) => Number(row['score_log_probability']) < 0 && Number(row['score_perplexity']) > 1)).toBe(
      true,
    );
    expect((await made.rows('choose', 'q')).every((row) => ['a', 'b'].includes(String(row['choice'])))).toBe(true);
    expect(made.metrics['choose']?.['chance']).toBe(0.5);
    expect((await made.rows('answer', 'question')).map((row) => row['answer_error'])).toEqual([null, null]);
    // Nonsense weights, and yet every verdict is of the form, or counted as none.
    const judged = await made.rows('judge', 'question');
    expect(judged.every((row) => ['pass', 'fail', null].includes(row['verdict'] as string | null))).toBe(true);
    expect(made.metrics['judge']).toHaveProperty('not_judged');
  });
});

describe('a model that was taught ten answers', () => {
  it('gives them, and the evaluation of its texts says so', async () => {
    await here.write(
      'taught.csv',
      ['question,own', ...tinyConversations.map((pair) => pair.map((text) => JSON.stringify(text)).join())].join('\n'),
    );
    const run = await here.run(
      {
        model: {
          kind: 'language.model',
          params: { ...nodes.model.params, file: 'models/taught.gguf', temperature: 0 },
        },
        taught: { kind: 'read.csv', params: { file: 'taught.csv' } },
        prompt: { kind: 'language.prompt', params: { template: '{{question}}' } },
        ask: { kind: 'language.generate', params: { prompt: 'prompt' } },
        evaluate: { kind: 'evaluate.text', params: { candidate: 'answer', reference: 'own' } },
      },
      ['taught.rows -> prompt.rows', 'prompt.rows -> ask.rows', 'model.llm -> ask.llm', 'ask.rows -> evaluate.rows'],
    );
    expect(run.problems).toEqual([]);
    const rows = await run.rows('ask', 'question');
    expect(rows.map((row) => [row['answer'], row['answer_end']])).toEqual(rows.map((row) => [row['own'], 'stop']));
    expect(run.metrics['evaluate']).toMatchObject({ exact_match: 1, bleu: expect.closeTo(100, 6) });
  });
});
