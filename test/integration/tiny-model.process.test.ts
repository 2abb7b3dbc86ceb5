/** The suite's own model: trained by the engine, written by the program, run by llama.cpp. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStepper } from '../../engine/decoder/decoder-stepper.ts';
import { readWeights } from '../../engine/decoder/decoder-weights-host.ts';
import { type ModelParts, openModelParts } from '../../engine/decoder/model-parts.ts';
import { openStepMemory } from '../../engine/decoder/step-memory.ts';
import { learntCount } from '../../methods/decoder/learnt-parameters.ts';
import { makeBatch } from '../../methods/decoder/make-batch.ts';
import { openTokenizer, vocabularyOf } from '../../methods/tokenizer/tokenizer.ts';
import { tinyConversations, type TinyTraining, trainTinyModel } from '../support/trained-tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'tiny-model-'));
let llama: Llama;
let model: LlamaModel;
let parts: ModelParts;
let training: TinyTraining;

beforeAll(async () => {
  training = await trainTinyModel(join(folder, 'tiny.gguf'));
  llama = await getLlama({ gpu: false, build: 'never', maxThreads: 1, logLevel: LlamaLogLevel.error });
  model = await llama.loadModel({ modelPath: training.path });
  parts = await openModelParts([training.path]);
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
  await llama.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const withBegin = (text: string): Token[] => [
  ...(model.tokens.bos === null ? [] : [model.tokens.bos]),
  ...model.tokenize(text, true),
];
const prompt = (question: string): string => `<|im_start|>user\n${question}<|im_end|>\n<|im_start|>assistant\n`;

describe('a tiny model from nothing', () => {
  it('learns: its loss falls from that of chance to almost none', () => {
    const first = training.steps[0]?.loss ?? 0;
    expect(first).toBeGreaterThan(5);
    expect(training.steps.at(-1)?.loss).toBeLessThan(0.1);
  });

  it('says in llama.cpp what it was taught, and ends its turn', async () => {
    const context = await model.createContext({ contextSize: 256, threads: 1 });
    const sequence = context.getSequence();
    const answers: string[] = [];
    for (const [question] of tinyConversations) {
      await sequence.clearHistory();
      const said: Token[] = [];
      for await (const token of sequence.evaluate(withBegin(prompt(question)), { temperature: 0 })) {
        said.push(token);
        if (said.length > 40) break;
      }
      answers.push(model.detokenize(said));
    }
    expect(answers).toEqual(tinyConversations.map(([, answer]) => answer));
    await context.dispose();
  });

  it('has a tokenizer with which llama.cpp cuts texts as we do', () => {
    const tokenizer = openTokenizer(vocabularyOf(parts.file));
    const texts = [
      ...tinyConversations.flat().map(prompt),
      ' two  spaces\n\n\nnew lines\t\ttabs   ',
      "it's we'll 12345 3.14 — “quotes”",
      'Grüße 🙂 日本語 \u{1F9D1}\u200D\u{1F680}',
      readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8').slice(0, 4000),
    ];
    for (const text of texts)
      for (const special of [true, false])
        expect(tokenizer.encode(text, { special })).toEqual([...model.tokenize(text, special)]);
  });

  it('has the same scores in both: the likeliest token of every place', async () => {
    const { config, file } = parts;
    const tokenizer = openTokenizer(vocabularyOf(file));
    const text = prompt(tinyConversations.flat().join(' '));
    const ids = [0, ...tokenizer.encode(text, { special: true })];
    const learns = { what: 'adapter', rank: 1, alpha: 1, modules: ['attn_q'] } as const;
    const stepper = await openStepper({
      config,
      learns,
      optimizer: { weightDecay: 0, clipNorm: null },
      weights: await readWeights(parts, { precision: 'full' }),
      memory: openStepMemory({ device: 'cpu', threads: 1 }),
      parameters: new Float32Array(learntCount(config, learns)),
      precision: 'full',
      recompute: false,
      targetsAtOnce: 1024,
      vocabularyParts: 1,
      packed: false,
    });
    const size = { batch: 1, length: ids.length, targets: ids.length };
    const batch = makeBatch([[{ ids, trained: [] }]], size, 1);
    batch.at.forEach((_, i) => (batch.at[i] = i));
    const scores = await stepper.predict(batch);
    const ours = ids.map((_, i) => {
      const row = [...scores.subarray(i * config.vocabulary, (i + 1) * config.vocabulary)];
      return row.indexOf(Math.max(...row));
    });
    await stepper.close();

    const context = await model.createContext({ contextSize: 512, threads: 1 });
    const tokens = withBegin(text);
    expect([...tokens]).toEqual(ids);
    const asked = tokens.map((token) => [token, { generateNext: { probabilities: true } }] as [Token, object]);
    const evaluated = await context.getSequence().controlledEvaluate(asked);
    const theirs = evaluated.map((one) => Number([...(one?.next.probabilities ?? [])][0]?.[0]));
    expect(ids.length).toBeGreaterThan(64);
    expect(ours).toEqual(theirs);
    await context.dispose();
  });
});
