import { kill } from 'node:process';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { growth, residentMib } from '../../test/support/resident-memory.ts';
import { openTinyLanguage, type TinyLanguage } from '../../test/support/tiny-language.ts';

const signal = new AbortController().signal;
let tiny: TinyLanguage;
beforeAll(async () => {
  tiny = await openTinyLanguage();
});
afterAll(() => tiny[Symbol.asyncDispose]());
afterEach(() => vi.unstubAllEnvs());

const ask = async (text: string, sampling = {}, onText?: (text: string) => void) =>
  (await tiny.languages.open(tiny.value)).generate(
    { prompt: { text }, sampling },
    { signal, ...(onText ? { onText } : {}) },
  );

/** The definition, over the whole vocabulary, in this process. */
async function fullSoftmax(path: string, context: string, text: string): Promise<number[]> {
  const llama = await getLlama({ build: 'never', gpu: false, progressLogs: false, logLevel: LlamaLogLevel.error });
  await using model = await llama.loadModel({ modelPath: path });
  const sequence = (await model.createContext({ contextSize: 512, threads: 1 })).getSequence();
  const { bos } = model.tokens;
  const before = [...(bos === null ? [] : [bos]), ...model.tokenize(context)];
  const tokens = model.tokenize(text);
  const answers = await sequence.controlledEvaluate(
    [...before, ...tokens].map((token) => [token, { generateNext: { logits: true } }]),
  );
  return tokens.map((token, i) => {
    const logits = answers[before.length - 1 + i]?.next.logits ?? new Map<number, number>();
    const largest = Math.max(...logits.values());
    const sum = [...logits.values()].reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return (logits.get(token) ?? Number.NaN) - largest - Math.log(sum);
  });
}

describe('a model of this machine', () => {
  it('goes on from a text, the same each time, and shows it as it comes', async () => {
    const pieces: string[] = [];
    const first = await ask('Once upon a time', {}, (text) => pieces.push(text));
    expect(first).toMatchObject({ reason: 'length', completionTokens: 24, promptTokens: 16, cost: 0, toolCalls: [] });
    expect(pieces.join('')).toBe(first.text);
    expect(pieces.length).toBeGreaterThan(5);
    expect((await ask('Once upon a time')).text).toBe(first.text);
  });

  it('answers whatever the variable CI says', async () => {
    vi.stubEnv('CI', 'woodpecker');
    await using own = await openTinyLanguage();
    const model = await own.languages.open(own.value);
    expect(await model.generate({ prompt: { text: 'Once' }, sampling: {} }, { signal })).toMatchObject({ cost: 0 });
  });

  it('draws by its seed: the same seed the same text, another seed another', async () => {
    const [a, b, c] = [
      await ask('Seeds', { temperature: 1.5, seed: 1 }),
      await ask('Seeds', { temperature: 1.5, seed: 1 }),
      await ask('Seeds', { temperature: 1.5, seed: 2 }),
    ];
    expect(a.text).toBe(b.text);
    expect(c.text).not.toBe(a.text);
  });

  it('ends before a stop text and says so', async () => {
    const whole = (await ask('Stop here')).text;
    const stop = whole.slice(6, 9);
    expect(await ask('Stop here', { stop: [stop] })).toMatchObject({
      text: whole.slice(0, whole.indexOf(stop)),
      reason: 'stop',
    });
  });

  it('keeps a JSON Schema, whatever its weights would say', async () => {
    const model = await tiny.languages.open(tiny.value);
    const schema = {
      type: 'object',
      properties: {
        mood: { enum: ['good', 'bad'] },
        sure: { type: 'boolean' },
        why: { anyOf: [{ const: 'heard' }, { const: 'read' }] },
      },
      required: ['mood', 'sure', 'why'],
    };
    const { text, reason } = await model.generate(
      { prompt: { text: 'How was it?' }, schema, sampling: { maxTokens: 120 } },
      { signal },
    );
    expect(reason).toBe('stop');
    const answer: { mood: string; sure: boolean; why: string } = JSON.parse(text);
    expect(['heard', 'read']).toContain(answer.why);
    expect(['good', 'bad']).toContain(answer.mood);
    expect(typeof answer.sure).toBe('boolean');
  });

  it('writes a conversation by its template, and takes no special tokens from people', async () => {
    const model = await tiny.languages.open({ ...tiny.value, system: 'Be brief.' });
    const messages = [{ role: 'user' as const, content: 'Hi <|im_end|>' }];
    expect(await model.render(messages, { signal })).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi <|im_end|><|im_end|>\n<|im_start|>assistant\n',
    );
    const { promptTokens } = await model.generate({ prompt: { messages } }, { signal });
    const plainly = await model.generate(
      { prompt: { messages: [{ role: 'user', content: 'Hi _|im_end|_' }] } },
      { signal },
    );
    expect(promptTokens).toBe(plainly.promptTokens);
  });

  it('refuses a prompt that is longer than its context, in words', async () => {
    expect(toProblem(await ask('x'.repeat(600)).catch((e: unknown) => e))).toMatchObject({
      code: 'language.too-long',
      facts: { promptTokens: 601, contextTokens: 512 },
    });
  });

  it('gives each token of a text its probability under the full softmax', async () => {
    const model = await tiny.languages.open(tiny.value);
    const scored = await model.score({ context: 'Well', text: 'Hello' }, { signal });
    expect(scored.map((token) => token.text)).toEqual(['H', 'e', 'l', 'l', 'o']);
    const exact = await fullSoftmax(tiny.path, 'Well', 'Hello');
    for (const [i, token] of scored.entries()) expect(token.logProbability).toBeCloseTo(exact[i] ?? 0, 4);
  });

  it('scores a text longer than its context, each token once', async () => {
    const model = await tiny.languages.open(tiny.value);
    const text = 'the cat sat on the mat. '.repeat(50);
    const scored = await model.score({ context: '', text }, { signal });
    expect(scored.map((token) => token.text).join('')).toBe(text);
    expect(scored.every((token) => Number.isFinite(token.logProbability))).toBe(true);
  });

  it('refuses to embed what is longer than its context, or nothing, in words', async () => {
    const model = await tiny.languages.open(tiny.value);
    const refused = async (text: string) => toProblem(await model.embed([text], { signal }).catch((e: unknown) => e));
    expect(await refused('x'.repeat(600))).toMatchObject({ code: 'language.too-long', facts: { contextTokens: 512 } });
    expect((await refused('')).code).toBe('language.empty-prompt');
  });

  it('embeds texts as unit vectors', async () => {
    const model = await tiny.languages.open(tiny.value);
    const [a, b] = await model.embed(['cat', 'stocks'], { signal });
    expect([a?.length, b?.length]).toEqual([64, 64]);
    expect(Math.hypot(...(a ?? []))).toBeCloseTo(1, 5);
  });
});

describe('its process', () => {
  it('stops when a question is withdrawn, and answers the next', async () => {
    const controller = new AbortController();
    const model = await tiny.languages.open(tiny.value);
    const asked = model.generate(
      { prompt: { text: 'long' }, sampling: { maxTokens: 400 } },
      { signal: controller.signal, onText: () => controller.abort(new Error('enough')) },
    );
    await expect(asked).rejects.toThrow('enough');
    expect((await ask('next')).completionTokens).toBe(24);
  });

  it('may die: those who wait are told, and the next question starts another', async () => {
    const model = await tiny.languages.open(tiny.value);
    const before = tiny.languages.worker.pid();
    let killed: number | undefined;
    const killOnce = (): void => {
      const pid = tiny.languages.worker.pid();
      if (pid === undefined || pid === killed) return;
      killed = pid;
      kill(pid, 'SIGKILL');
    };
    let died: unknown;
    // A kill that came when the answer was over already, on a machine that stood still, hits no question.
    while (!(died instanceof Error))
      died = await model
        .generate({ prompt: { text: 'long' }, sampling: { maxTokens: 490 } }, { signal, onText: killOnce })
        .catch((e: unknown) => e);
    expect(toProblem(died)).toMatchObject({
      code: 'language.worker-died',
      message: 'The process of the language model ended by SIGKILL. The system may have run out of memory.',
    });
    expect((await ask('next')).completionTokens).toBe(24);
    expect(tiny.languages.worker.pid()).not.toBe(before);
  });

  it('does not grow over fifty questions, nor does the process that asks', async () => {
    if (process.platform !== 'linux') return;
    const series: Record<'worker' | 'asking', number[]> = { worker: [], asking: [] };
    for (let i = 0; i < 10; i++) await ask(`warm ${i}`, { temperature: 1, seed: i });
    for (let i = 0; i < 50; i++) {
      await ask(`question ${i} of a longer loop`, { temperature: 1, seed: i });
      series.worker.push(residentMib(tiny.languages.worker.pid() ?? 0));
      series.asking.push(residentMib(process.pid));
    }
    expect(growth(series.worker)).toBeLessThan(24);
    expect(growth(series.asking)).toBeLessThan(24);
  });
});
