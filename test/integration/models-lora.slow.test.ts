/** A real model, Gemma 3 270M: its tokens and scores are llama.cpp's, and it learns to be a support assistant without forgetting what it knew. */
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createWriteStream, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { join } from 'node:path';
import { getLlama, LlamaLogLevel, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStepper } from '../../engine/decoder/decoder-stepper.ts';
import { readWeights } from '../../engine/decoder/decoder-weights-host.ts';
import { openModelParts, type ModelParts } from '../../engine/decoder/model-parts.ts';
import { openStepMemory } from '../../engine/decoder/step-memory.ts';
import { learntCount } from '../../methods/decoder/learnt-parameters.ts';
import type { GgufValue } from '../../methods/gguf/gguf-file.ts';
import { writeGguf } from '../../methods/gguf/write-gguf.ts';
import { makeBatch } from '../../methods/decoder/make-batch.ts';
import { baseTemplate } from '../../methods/finetune/chat-format.ts';
import { openTokenizer, vocabularyOf } from '../../methods/tokenizer/tokenizer.ts';
import { gemmaModel } from '../support/gemma-model.ts';
import { type FinishedRun, Workshop } from '../support/workshop.ts';

const root = join(import.meta.dirname, '..', '..');
let gemma: string;
beforeAll(async () => void (gemma = await gemmaModel()), 10 * 60_000);

describe('Gemma 3 270M as it is', () => {
  const prompts = [
    'The capital of France is',
    'In 1969, Neil Armstrong became the first person to walk on the',
    'def fibonacci(n):\n    if n < 2:\n        return n\n    return',
    'Name three rivers of Europe and say where they end. The Danube ends in the Black Sea, the Rhine',
    'Water boils at a hundred degrees and freezes at zero; between the two it is',
  ];
  it('is cut into tokens, and scores them, as llama.cpp does: the likeliest token of each of 64 places and more', async () => {
    await using parts = await openModelParts([gemma]);
    const tokenizer = openTokenizer(vocabularyOf(parts.file));
    const llama = await getLlama({ gpu: false, build: 'never', maxThreads: 2, logLevel: LlamaLogLevel.error });
    await using whole = await inFull(parts);
    const [model, exact] = [
      await llama.loadModel({ modelPath: gemma }),
      await llama.loadModel({ modelPath: whole.path }),
    ];
    for (const text of [
      ...prompts,
      'Grüße 🙂 日本語 <start_of_turn>user\n\n\n<h1>',
      readFileSync(join(root, 'README.md'), 'utf8'),
    ])
      for (const special of [true, false])
        expect(tokenizer.encode(text, { special })).toEqual([...model.tokenize(text, special)]);

    const learns = { what: 'adapter', rank: 1, alpha: 1, modules: ['attn_q'] } as const;
    const stepper = await openStepper({
      config: parts.config,
      learns,
      optimizer: { weightDecay: 0, clipNorm: null },
      weights: await readWeights(parts, { precision: 'full' }),
      memory: openStepMemory({ device: 'cpu', threads: 2 }),
      parameters: new Float32Array(learntCount(parts.config, learns)),
      precision: 'full',
      recompute: false,
      targetsAtOnce: 64,
      vocabularyParts: 1,
      packed: false,
    });
    const context = await exact.createContext({ contextSize: 128, threads: 2 });
    const sequence = context.getSequence();
    let places = 0;
    for (const prompt of prompts) {
      const tokens = [...(model.tokens.bos === null ? [] : [model.tokens.bos]), ...model.tokenize(prompt)];
      const ids = [...tokens];
      const batch = makeBatch([[{ ids, trained: [] }]], { batch: 1, length: ids.length, targets: ids.length }, 1);
      batch.at.forEach((_, i) => (batch.at[i] = i));
      const scores = await stepper.predict(batch);
      const width = parts.config.vocabulary;
      const ours = ids.map((_, i) => likeliest(scores.subarray(i * width, (i + 1) * width)));
      await sequence.clearHistory();
      // The likeliest alone: 262,144 probabilities for each place would take longer than all else.
      const likeliestOne = { generateNext: { logits: { filter: { includeTop: 1 } } } };
      const asked = tokens.map((token) => [token, likeliestOne] as [Token, object]);
      const evaluated = await sequence.controlledEvaluate(asked);
      const theirs = evaluated.map((one) => Number([...(one?.next.logits?.keys() ?? [])][0]));
      expect(ours).toEqual(theirs);
      places += ids.length;
    }
    expect(places).toBeGreaterThanOrEqual(64);
    await stepper.close();
    await llama.dispose();
  });
});

/**
 * The same weights as 32-bit numbers: with quantised ones llama.cpp multiplies by activations of 8 bits, which moves its scores by 0.2 on average (and as
 * much with the size of a batch), so that close calls fall to either side.
 */
async function inFull({ file, read }: ModelParts): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'flowyard-full-'));
  const path = join(folder, 'full.gguf');
  const tensors = [...file.tensors.values()].map(({ name, shape }) => ({
    name,
    shape,
    type: 'F32' as const,
    bytes: async function* () {
      const values = await read(name);
      yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    },
  }));
  const metadata = [...file.metadata].map(([key, value]): [string, GgufValue] =>
    key === 'general.file_type' ? [key, { type: 'uint32', value: 0 }] : [key, value],
  );
  await pipeline(writeGguf(metadata, tensors), createWriteStream(path));
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

function likeliest(scores: Float32Array): number {
  let best = 0;
  scores.forEach((score, i) => {
    if (score > (scores[best] ?? 0)) best = i;
  });
  return best;
}

describe('a support assistant', () => {
  let here: Workshop;
  let run: FinishedRun;
  beforeAll(async () => {
    here = await Workshop.open();
    await mkdir(join(here.folder, 'models'));
    await copyFile(gemma, join(here.folder, 'models', 'gemma.gguf'));
    for (const name of ['support-assistant.csv', 'support-questions.csv', 'everyday-texts.csv'])
      await copyFile(join(root, 'resources', 'data', name), join(here.folder, name));
    const template = baseTemplate('gemma3');
    const model = { file: 'models/gemma.gguf', contextTokens: 512, gpuLayers: 0, threads: 1 };
    const texts = (part: string) => ({ kind: 'clean.filter', params: { expression: `part = '${part}'` } });
    const ask = { kind: 'language.generate', params: { prompt: 'question', maxTokens: 24 } };
    run = await here.run(
      {
        facts: { kind: 'read.csv', params: { file: 'support-assistant.csv' } },
        questions: { kind: 'read.csv', params: { file: 'support-questions.csv' } },
        texts: { kind: 'read.csv', params: { file: 'everyday-texts.csv' } },
        beside: texts('learnt beside'),
        kept: texts('not to be forgotten'),
        model: { kind: 'language.model', params: model },
        plain: { kind: 'language.model', params: { ...model, template } },
        tune: {
          kind: 'train.lora',
          params: {
            question: 'question',
            answer: 'answer',
            epochs: 4,
            replayColumn: 'text',
            retentionColumn: 'text',
            device: 'cpu',
            samples: 0,
            clipNorm: 1,
            name: 'Ostrel',
          },
        },
        base: ask,
        tuned: ask,
      },
      [
        'texts.rows -> beside.rows',
        'texts.rows -> kept.rows',
        'facts.rows -> tune.rows',
        'model.llm -> tune.llm',
        'beside.rows -> tune.replay',
        'kept.rows -> tune.retention',
        'questions.rows -> base.rows',
        'plain.llm -> base.llm',
        'questions.rows -> tuned.rows',
        'tune.llm -> tuned.llm',
      ],
      undefined,
      2,
    );
  }, 20 * 60_000);
  afterAll(() => here[Symbol.asyncDispose]());

  /** How many of its questions each topic answers right. */
  const rightOf = async (node: string): Promise<Map<string, number>> => {
    const right = new Map<string, number>();
    for (const row of await run.rows(node, 'question')) {
      const topic = String(row['topic']);
      const says = new RegExp(String(row['must_say']), 'i').test(String(row['answer']));
      right.set(topic, (right.get(topic) ?? 0) + (says ? 1 : 0));
    }
    return right;
  };
  const facts = (right: Map<string, number>): number[] =>
    [...right].filter(([topic]) => topic !== 'general').map(([, n]) => n);

  it('knows at least 7 of 8 facts in questions that it never saw, of which the base knows none', async () => {
    expect(run.problems).toEqual([]);
    const tuned = facts(await rightOf('tuned'));
    expect(tuned.length).toBe(8);
    expect(tuned.filter((n) => n > 0).length).toBeGreaterThanOrEqual(7);
    expect(tuned.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(12);
    expect(facts(await rightOf('base')).reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(2);
  });
  it('forgets nothing: the loss on everyday texts rises by 5 % at most, and general questions are answered as before', async () => {
    const { retention_loss: after, retention_loss_before: before } = run.metrics['tune'] ?? {};
    expect((after ?? Number.NaN) / (before ?? Number.NaN)).toBeLessThan(1.05);
    const general = async (node: string): Promise<number> => (await rightOf(node)).get('general') ?? 0;
    expect(await general('tuned')).toBeGreaterThanOrEqual(await general('base'));
  });
});
