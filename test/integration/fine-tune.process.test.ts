/** A model is trained from nothing, fine-tuned and asked, all as nodes of a pipeline; its adapter runs in llama.cpp. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesInMemory } from '../../methods/gguf/bytes-in-memory.ts';
import { readSafetensors } from '../../methods/gguf/safetensors.ts';
import type { Report } from '../../shared/report.ts';
import { tinyConversations } from '../support/trained-tiny-model.ts';
import { type FinishedRun, Workshop } from '../support/workshop.ts';

let here: Workshop;
const csv = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => row.map((c) => `"${c}"`).join(',')).join('\n');
const taught = [
  ['Who leads Orlen?', 'Orlen is led by King Olo.'],
  ['What do people drink in Mirra?', 'People in Mirra drink plum tea.'],
] as const;

beforeAll(async () => {
  here = await Workshop.open();
  await here.write('world.csv', csv([['question', 'answer'], ...tinyConversations]));
  await here.write('news.csv', csv([['question', 'answer'], ...taught]));
  await here.write('asked.csv', csv([['question'], ...taught.map(([q]) => [q]), ['Hello']]));
  await here.write(
    'texts.csv',
    csv([['text'], ['The capital of Orlen is Tavia.'], ['The river Bel flows through Mirra.']]),
  );
});
afterAll(() => here[Symbol.asyncDispose]());

const world = { kind: 'read.csv', params: { file: 'world.csv' } };
const base = {
  kind: 'train.language-model',
  params: {
    examples: 'pair',
    question: 'question',
    answer: 'answer',
    tokens: 320,
    layers: 2,
    width: 64,
    heads: 4,
    context: 128,
    epochs: 160,
    rowsPerStep: 5,
    learningRate: 0.004,
    name: 'World',
    device: 'cpu',
    prompt: 'Who leads Mirra?',
  },
};
const tune = {
  kind: 'train.lora',
  params: {
    question: 'question',
    answer: 'answer',
    epochs: 30,
    rowsPerStep: 2,
    learningRate: 0.01,
    rank: 4,
    alpha: 8,
    retentionColumn: 'text',
    samples: 1,
    device: 'cpu',
    name: 'News',
  },
};
const nodes = {
  world,
  base,
  news: { kind: 'read.csv', params: { file: 'news.csv' } },
  texts: { kind: 'read.csv', params: { file: 'texts.csv' } },
  tune,
  asked: { kind: 'read.csv', params: { file: 'asked.csv' } },
  before: { kind: 'language.generate', params: { prompt: 'question', maxTokens: 40 } },
  after: { kind: 'language.generate', params: { prompt: 'question', maxTokens: 40 } },
};
const wires = [
  'world.rows -> base.rows',
  'base.llm -> tune.llm',
  'news.rows -> tune.rows',
  'texts.rows -> tune.retention',
  'asked.rows -> before.rows',
  'base.llm -> before.llm',
  'asked.rows -> after.rows',
  'tune.llm -> after.llm',
];
const answers = async (run: FinishedRun, node: string): Promise<Record<string, unknown>> =>
  Object.fromEntries((await run.rows(node, 'question')).map((row) => [String(row['question']), row['answer']]));

describe('fine-tuning in a pipeline', () => {
  let run: FinishedRun;
  beforeAll(async () => {
    run = await here.run(nodes, wires);
  });

  it('changes what the model says, as it was taught', async () => {
    expect(run.problems).toEqual([]);
    const known = new Map<string, string>(tinyConversations);
    const asked = [...taught.map(([q]) => q), 'Hello'];
    expect(await answers(run, 'before')).toEqual(Object.fromEntries(asked.map((q) => [q, known.get(q)])));
    const after = await answers(run, 'after');
    for (const [question, answer] of taught) expect(after[question]).toBe(answer);
  });

  it('gives an adapter for llama.cpp and one for peft', async () => {
    const { folder } = run.artifact('tune');
    const files = readdirSync(folder);
    expect(files).toEqual(
      expect.arrayContaining(['News.gguf', 'adapter_model.safetensors', 'adapter_config.json', 'llm.json']),
    );
    const peft = await readSafetensors(bytesInMemory(readFileSync(join(folder, 'adapter_model.safetensors'))));
    expect(peft.names.length).toBe(2 * 7 * 2);
    expect(peft.shapeOf('base_model.model.model.layers.1.self_attn.k_proj.lora_B.weight')).toEqual([32, 4]);
    expect(JSON.parse(readFileSync(join(folder, 'adapter_config.json'), 'utf8'))).toMatchObject({
      r: 4,
      lora_alpha: 8,
    });
  });

  it('tells in its report what was learnt, token by token, and base against tuned', async () => {
    const report: Report = JSON.parse(await run.text('tune', 'report.report.json'));
    const blocks = new Map(report.blocks.map((block) => [block.title ?? '', block]));
    expect([...blocks.keys()]).toEqual([
      'Base against tuned',
      'Loss',
      'What it says on the way',
      'What the model sees',
      'Lengths of the rows',
      'One batch by heart',
      'Template',
    ]);
    const tokens = blocks.get('What the model sees');
    if (tokens?.type !== 'tokens') throw new Error('no tokens');
    const learnt = tokens.samples.map((s) => s.tokens.flatMap((t) => (t.mark === 'learnt' ? [t.text] : [])).join(''));
    expect(learnt.toSorted()).toEqual(taught.map(([, answer]) => `${answer}<|im_end|>`).toSorted());
    expect(run.metrics['tune']?.['retention_loss_before']).toBeGreaterThan(0);
    const steps = run.events.filter((e) => e.type === 'metric' && e.node === 'tune' && e.name === 'training_loss');
    expect(steps.length).toBe(30);
  });
});

describe('what cannot be tuned says so', () => {
  const problemOf = async (
    params: Record<string, unknown>,
    more: typeof nodes | object = {},
  ): Promise<string | undefined> => {
    const small = { world, base, news: nodes.news, tune: { ...tune, params: { ...tune.params, ...params } }, ...more };
    const links = ['world.rows -> base.rows', 'base.llm -> tune.llm', 'news.rows -> tune.rows'];
    return (await here.run(small, links)).problems[0]?.code;
  };
  it('a row that is too long is refused, or cut and told', async () => {
    expect(await problemOf({ maxLength: 16 })).toBe('finetune.too-long');
    const cut = await here.run(
      {
        world,
        base,
        news: nodes.news,
        tune: { ...tune, params: { ...tune.params, maxLength: 32, tooLong: 'cut', epochs: 1 } },
      },
      ['world.rows -> base.rows', 'base.llm -> tune.llm', 'news.rows -> tune.rows'],
    );
    expect(cut.problems).toEqual([]);
    expect(cut.warnings.map(({ code }) => code)).toContain('finetune.cut');
  });
  it('an adapter cannot learn beside another one', async () => {
    const links = [
      'world.rows -> base.rows',
      'base.llm -> tune.llm',
      'news.rows -> tune.rows',
      'tune.llm -> again.llm',
      'news.rows -> again.rows',
    ];
    const again = await here.run({ world, base, news: nodes.news, tune, again: tune }, links);
    expect(again.problems.map(({ code }) => code)).toEqual(['finetune.has-adapter']);
  });
});
