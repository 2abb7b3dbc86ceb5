/** A real language model, whole: what it says, how probable it finds texts, forms that it cannot break, vectors, and the service. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { perplexity, scoreOf } from '../../methods/language/perplexity.ts';
import { languageValue, memoryEstimate, type LanguageValue } from '../../shared/language/language-model.ts';
import { gemmaModel, gemmaTemplate } from '../../test/support/gemma-model.ts';
import { languageCommand } from '../../test/support/tiny-language.ts';
import { noSecrets, openLanguages, type Languages } from './open-languages.ts';
import { startLanguageServer } from '../serve/language/language-server.ts';

const signal = new AbortController().signal;
let path: string;
let folder: string;
let languages: Languages;
let value: LanguageValue;

beforeAll(async () => {
  path = await gemmaModel();
  folder = mkdtempSync(join(tmpdir(), 'flowyard-gemma-'));
  languages = openLanguages({
    command: languageCommand,
    folder: join(folder, '.flowyard'),
    placeOfResult: () => undefined,
    secret: noSecrets,
  });
  const { sha256, name, bytes, facts } = await languages.files.remember(path);
  if (facts === null) throw new Error('the model has no facts');
  value = languageValue.parse({
    form: 1,
    name: 'gemma',
    base: { from: 'file', files: [{ sha256, name, bytes }], facts, contextTokens: 1024, threads: 1, gpuLayers: 0 },
    sampling: { maxTokens: 24 },
  });
}, 10 * 60_000);
afterAll(async () => {
  await languages.close();
  rmSync(folder, { recursive: true, force: true });
});

it('is what its head says', () => {
  expect(value.base).toMatchObject({
    facts: {
      architecture: 'gemma3',
      quantisation: 'Q4_K_M',
      layers: 18,
      width: 640,
      vocabulary: 262_144,
      contextTokens: 32_768,
      bos: '<bos>',
      template: null,
    },
  });
  const facts = value.base.from === 'file' ? value.base.facts : undefined;
  expect((facts?.parameters ?? 0) / 1e6).toBeCloseTo(268.1, 0);
  expect(memoryEstimate(value.base) / 2 ** 20).toBeLessThan(700);
});

it('goes on from a text as a model does that knows the world', async () => {
  const model = await languages.open(value);
  const { text } = await model.generate(
    { prompt: { text: 'The capital of France is the city of' }, sampling: { maxTokens: 8 } },
    { signal },
  );
  expect(text).toContain('Paris');
  await expect(
    model.generate({ prompt: { messages: [{ role: 'user', content: 'Hi' }] } }, { signal }),
  ).rejects.toMatchObject({ problem: { code: 'language.no-template' } });
});

it('finds sense more probable than nonsense, exactly as the full softmax does', async () => {
  const model = await languages.open(value);
  const text = 'The cat sat on the mat and looked out of the window.';
  const scored = await model.score({ context: '', text }, { signal });
  const nonsense = await model.score(
    { context: '', text: 'mat the window on cat of looked and out sat the The.' },
    { signal },
  );
  const of = (tokens: typeof scored): number => perplexity(scoreOf('', tokens), tokens.length) ?? Number.NaN;
  expect(of(scored)).toBeLessThan(of(nonsense) / 5);

  const llama = await getLlama({ build: 'never', gpu: false, progressLogs: false, logLevel: LlamaLogLevel.error });
  await using whole = await llama.loadModel({ modelPath: path });
  const sequence = (await whole.createContext({ contextSize: 256, threads: 1 })).getSequence();
  const tokens = whole.tokenize(text);
  const bos = whole.tokens.bos;
  if (bos === null) throw new Error('no token to begin with');
  // The same batch: sums over other shapes differ in the second digit with weights of four bits.
  const answers = await sequence.controlledEvaluate(
    [bos, ...tokens].slice(0, -1).map((token) => [token, { generateNext: { logits: true } }]),
  );
  for (let i = 0; i < 5; i++) {
    const logits = answers[i]?.next.logits ?? new Map<number, number>();
    // 262,144 of them: too many for the arguments of one call.
    let largest = Number.NEGATIVE_INFINITY;
    for (const logit of logits.values()) largest = Math.max(largest, logit);
    let sum = 0;
    for (const logit of logits.values()) sum += Math.exp(logit - largest);
    const exact = (logits.get(tokens[i] ?? -1) ?? Number.NaN) - largest - Math.log(sum);
    expect(scored[i]?.logProbability).toBeCloseTo(exact, 2);
  }
});

it('keeps a JSON Schema', async () => {
  const model = await languages.open(value);
  const schema = {
    type: 'object',
    properties: { mood: { enum: ['good', 'bad'] }, stars: { type: 'integer', minimum: 1, maximum: 5 } },
    required: ['mood', 'stars'],
  };
  const { text, reason } = await model.generate(
    { prompt: { text: 'Review: I loved it.\nAs JSON:' }, schema, sampling: { maxTokens: 60 } },
    { signal },
  );
  expect(reason).toBe('stop');
  expect(['good', 'bad']).toContain((JSON.parse(text) as { mood: string }).mood);
});

it('puts related texts nearer to each other than unrelated ones', async () => {
  const model = await languages.open(value);
  const [cat, kitten, stocks] = await model.embed(
    ['A cat sleeps on the sofa.', 'A kitten naps on the couch.', 'Stocks fell sharply on Monday.'],
    { signal },
  );
  const cosine = (a: Float32Array = new Float32Array(), b: Float32Array = new Float32Array()): number =>
    a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  expect(cosine(cat, kitten)).toBeGreaterThan(cosine(cat, stocks));
});

it('answers OpenAI’s client, several at a time, each its own', async () => {
  const model = await languages.open({ ...value, template: gemmaTemplate }, 4);
  const server = await startLanguageServer({
    models: [{ name: 'gemma', model }],
    port: 0,
    keys: new Map([['token', 'key']]),
    parallel: 4,
    longestQueue: 16,
  });
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'key', maxRetries: 0 });
  const capitals = { France: 'Paris', Italy: 'Rome', Japan: 'Tokyo', Spain: 'Madrid' };
  const ask = (country: string) =>
    client.completions.create({ model: 'gemma', prompt: `The capital of ${country} is the city of`, max_tokens: 6 });
  const answers = await Promise.all(Object.keys(capitals).map(ask));
  for (const [i, city] of Object.values(capitals).entries()) expect(answers[i]?.choices[0]?.text).toContain(city);
  const stream = await client.chat.completions.create({
    model: 'gemma',
    messages: [{ role: 'user', content: 'Say hello.' }],
    max_tokens: 16,
    stream: true,
  });
  let pieces = 0;
  for await (const piece of stream) pieces += piece.choices.length;
  expect(pieces).toBeGreaterThan(2);
  await server.close();
});
