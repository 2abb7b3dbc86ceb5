import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTinyLanguage, type TinyLanguage, tinyValue } from '../../../test/support/tiny-language.ts';
import { tinyConversations, tinyModelFile } from '../../../test/support/trained-tiny-model.ts';
import type { ServedRequest } from '../service-process.ts';
import { startLanguageServer, type LanguageServer } from './language-server.ts';

let tiny: TinyLanguage;
let server: LanguageServer;
let client: OpenAI;
const served: ServedRequest[] = [];
beforeAll(async () => {
  tiny = await openTinyLanguage();
  const model = await tiny.languages.open(tiny.value, 4);
  const guarded = await tiny.languages.open({ ...tiny.value, guardrails: { blocked: ['Launch Code'] } }, 4);
  const base = await tiny.languages.open({ ...tiny.value, base: withoutTemplate(tiny) }, 4);
  const taught = await tiny.languages.open(await tinyValue(tiny.languages, await tinyModelFile()), 4);
  server = await startLanguageServer({
    models: [
      { name: 'taught', model: taught },
      { name: 'tiny', model },
      { name: 'guarded', model: guarded },
      { name: 'base', model: base },
    ],
    port: 0,
    keys: new Map([
      ['token', 'right'],
      ['shop', 'of the shop'],
    ]),
    parallel: 4,
    longestQueue: 60,
    onRequest: (request) => served.push(request),
  });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'right', maxRetries: 0 });
});
afterAll(async () => {
  await server.close();
  await tiny[Symbol.asyncDispose]();
});
const withoutTemplate = ({ value: { base } }: TinyLanguage) =>
  base.from === 'file' ? { ...base, facts: { ...base.facts, template: null } } : base;

const another = { type: 'function' as const, function: { name: 'gone' } };
const say = (content: string) => [{ role: 'user' as const, content }];
const chat = (content: string, more = {}) =>
  client.chat.completions.create({ model: 'tiny', messages: say(content), max_tokens: 20, ...more });

describe('the client of OpenAI', () => {
  it('gets an answer, whole and in pieces, the same', async () => {
    const whole = await chat('Tell me');
    expect(whole).toMatchObject({
      object: 'chat.completion',
      model: 'tiny',
      choices: [{ index: 0, message: { role: 'assistant' } }],
    });
    expect(whole.usage?.completion_tokens).toBeGreaterThan(0);
    const stream = await client.chat.completions.create({
      model: 'tiny',
      messages: say('Tell me'),
      max_tokens: 20,
      stream: true,
      stream_options: { include_usage: true },
    });
    let [text, usage, finish] = ['', 0, ''];
    for await (const piece of stream) {
      text += piece.choices[0]?.delta.content ?? '';
      finish = piece.choices[0]?.finish_reason ?? finish;
      usage = piece.usage?.completion_tokens ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect([finish, usage]).toEqual([whole.choices[0]?.finish_reason, whole.usage?.completion_tokens]);
  });

  it('goes on from a text, embeds texts, lists models', async () => {
    const completion = await client.completions.create({ model: 'tiny', prompt: 'Once', max_tokens: 12 });
    const stream = await client.completions.create({ model: 'tiny', prompt: 'Once', max_tokens: 12, stream: true });
    let text = '';
    for await (const piece of stream) text += piece.choices[0]?.text ?? '';
    expect(text).toBe(completion.choices[0]?.text);
    const { data } = await client.embeddings.create({ model: 'tiny', input: ['cat', 'stocks'] });
    expect(data.map((one) => one.embedding.length)).toEqual([64, 64]);
    const listed: string[] = [];
    for await (const one of client.models.list()) listed.push(one.id);
    expect(listed).toEqual(['taught', 'tiny', 'guarded', 'base']);
    expect((await client.models.retrieve('tiny')).id).toBe('tiny');
  });

  it('gets JSON in the form that it asked for, and calls of tools', async () => {
    const schema = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
    const formed = await chat('JSON', {
      max_tokens: 60,
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
    });
    const parsed: { ok: boolean } = JSON.parse(formed.choices[0]?.message.content ?? '');
    expect(typeof parsed.ok).toBe('boolean');
    const called = await client.chat.completions.create({
      model: 'tiny',
      messages: say('Weather?'),
      max_tokens: 100,
      tool_choice: 'required',
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            parameters: { type: 'object', properties: { day: { enum: ['today', 'tomorrow'] } }, required: ['day'] },
          },
        },
      ],
    });
    const [call] = called.choices[0]?.message.tool_calls ?? [];
    expect(called.choices[0]?.finish_reason).toBe('tool_calls');
    expect(call?.type === 'function' && call.function.name).toBe('weather');
  });

  it.each([
    ['another key', 401, { apiKey: 'wrong' }, { model: 'tiny', messages: say('x') }],
    ['another model', 404, {}, { model: 'none', messages: say('x') }],
    ['no messages', 400, {}, { model: 'tiny', messages: [] }],
    ['two answers', 400, {}, { model: 'tiny', messages: say('x'), n: 2 }],
    ['probabilities', 400, {}, { model: 'tiny', messages: say('x'), logprobs: true }],
    ['a tool that is not given', 400, {}, { model: 'tiny', messages: say('x'), tool_choice: another }],
    ['a prompt too long', 400, {}, { model: 'tiny', messages: say('x'.repeat(2000)) }],
    ['something forbidden', 400, {}, { model: 'guarded', messages: say('the launch code') }],
    ['a conversation with a base model', 400, {}, { model: 'base', messages: say('x') }],
  ])('is refused in words: %s', async (_what, status, options, body) => {
    const asking = client.withOptions(options).chat.completions.create(body);
    await expect(asking).rejects.toMatchObject({ status, error: { message: expect.stringMatching(/\w.*\./) } });
  });
});

describe('what is asked for', () => {
  it('is read, or refused by its name as OpenAI does, never left aside', async () => {
    const quiet = { logprobs: false, top_logprobs: 0, logit_bias: {}, user: 'me', store: false, metadata: {} };
    expect((await chat('Tell me', quiet)).choices).toHaveLength(1);
    const refused = async (more: object) =>
      chat('x', more).then(
        () => 'answered',
        (error: unknown) => (error instanceof OpenAI.APIError ? [error.status, error.code, error.param] : error),
      );
    expect(await refused({ logit_bias: { 5: 100 } })).toEqual([400, 'unsupported_parameter', 'logit_bias']);
    expect(await refused({ reasoning_effort: 'high' })).toEqual([400, 'unsupported_parameter', 'reasoning_effort']);
    const schema = { type: 'object', properties: { age: { type: 'integer', minimum: 0 } } };
    const form = (strict: boolean) => ({
      response_format: { type: 'json_schema', json_schema: { name: 'a', strict, schema } },
      max_tokens: 60,
    });
    expect(await refused(form(true))).toEqual([400, 'unsupported_parameter', 'response_format']);
    expect(await refused(form(false))).toBe('answered');
    expect(await refused({ temprature: 1 })).toEqual([400, 'unknown_parameter', 'temprature']);
    await expect(client.embeddings.create({ model: 'tiny', input: 'a', dimensions: 8 })).rejects.toMatchObject({
      status: 400,
      param: 'dimensions',
    });
    await expect(client.completions.create({ model: 'tiny', prompt: ['a', 'b'] })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('one text at a time'),
    });
  });

  it('penalties below nothing make an answer repeat itself', async () => {
    const kinds = async (more: object): Promise<number> => {
      const { choices } = await client.completions.create({ model: 'tiny', prompt: 'aaaa', max_tokens: 60, ...more });
      return new Set(choices[0]?.text).size;
    };
    const plain = await kinds({});
    expect(await kinds({ frequency_penalty: -2, presence_penalty: -2 })).toBeLessThan(plain / 2);
  });

  it('a seed gives one answer, and none another each time, where answers are drawn', async () => {
    const drawn = async (seed?: number) =>
      (await chat('Tell me', { temperature: 2, ...(seed === undefined ? {} : { seed }) })).choices[0]?.message.content;
    expect(await drawn(-7)).toBe(await drawn(-7));
    expect(new Set([await drawn(), await drawn(), await drawn(), await drawn()]).size).toBeGreaterThan(1);
  });
});

describe('many callers', () => {
  it('32 chats with cancels and broken connections: none hangs, none gets the text of another', async () => {
    const questions = Array.from({ length: 32 }, (_, i) => `Question number ${i}: ${'ab'.repeat(i % 5)}`);
    const alone: string[] = [];
    for (const question of questions) alone.push((await chat(question)).choices[0]?.message.content ?? '');
    expect(new Set(alone).size).toBeGreaterThan(24);

    const ask = async (question: string, i: number): Promise<string> => {
      if (i % 8 === 3) return breakOff(question);
      const controller = new AbortController();
      const stream = await client.chat.completions.create(
        { model: 'tiny', messages: say(question), max_tokens: 20, stream: true },
        { signal: controller.signal },
      );
      let text = '';
      for await (const piece of stream) {
        text += piece.choices[0]?.delta.content ?? '';
        if (i % 8 === 5 && text !== '') {
          controller.abort();
          return 'cancelled';
        }
      }
      return text;
    };
    const together = await Promise.all(questions.map(ask));
    const heard = together.map((text, i) =>
      ['cancelled', 'broken'].includes(text) ? text : text === alone[i] ? 'own' : `other: ${text}`,
    );
    expect(heard).toEqual(questions.map((_, i) => (i % 8 === 3 ? 'broken' : i % 8 === 5 ? 'cancelled' : 'own')));
    // Those who went away are let go of.
    while (server.busy() > 0) await sleep(20);
    expect((await chat('And now?')).choices).toHaveLength(1);
  });

  it('each of 30 who ask at once what the model was taught hears the answer to its own question', async () => {
    const questions = Array.from({ length: 30 }, (_, i) => tinyConversations[(i * 7) % tinyConversations.length]);
    const heard = await Promise.all(
      questions.map(async (pair) => {
        const answer = await client.chat.completions.create({
          model: 'taught',
          messages: say(pair?.[0] ?? ''),
          max_tokens: 40,
          temperature: 0,
        });
        return [answer.choices[0]?.message.content, answer.choices[0]?.finish_reason];
      }),
    );
    expect(heard).toEqual(questions.map((pair) => [pair?.[1], 'stop']));
  });

  it('who comes when too many wait is told so, and the log knows each', async () => {
    const model = await tiny.languages.open(tiny.value, 4);
    // No answer is over before all have come.
    let goOn = (): void => undefined;
    const turnedAway = new Promise<void>((done) => (goOn = done));
    const generate: typeof model.generate = async (...asked) => {
      await turnedAway;
      return model.generate(...asked);
    };
    const small = await startLanguageServer({
      models: [{ name: 'tiny', model: { ...model, generate } }],
      port: 0,
      keys: new Map([['shop', 'of the shop']]),
      parallel: 1,
      longestQueue: 1,
      onRequest: (request) => served.push(request),
    });
    const shop = new OpenAI({ baseURL: `${small.url}/v1`, apiKey: 'of the shop', maxRetries: 0 });
    const before = served.length;
    let refused = 0;
    const asked = Array.from({ length: 6 }, () =>
      shop.chat.completions.create({ model: 'tiny', messages: say('hello'), max_tokens: 200 }).then(
        () => 200,
        (error: unknown) => {
          if ((refused += 1) === 4) goOn();
          return error instanceof OpenAI.APIError ? error.status : 0;
        },
      ),
    );
    const statuses = await Promise.all(asked);
    expect(statuses.filter((status) => status === 200)).toHaveLength(2);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
    expect(
      served
        .slice(before)
        .map((request) => request.status)
        .sort((a, b) => a - b),
    ).toEqual([200, 200, 429, 429, 429, 429]);
    expect(served.at(-1)?.input).toMatchObject({ key: 'shop' });
    await small.close();
  });

  it('a template that never ends is refused in words, and holds up neither other models nor the list of them', async () => {
    const loop = '{% for i in range(100000) %}'.repeat(4) + '{% endfor %}'.repeat(4);
    await using hurried = await openTinyLanguage({ templateMs: 3000 });
    const models = [
      { name: 'endless', model: await hurried.languages.open({ ...hurried.value, template: loop }, 2) },
      { name: 'tiny', model: await hurried.languages.open(hurried.value, 2) },
    ];
    const other = await startLanguageServer({ models, port: 0, keys: new Map(), parallel: 4, longestQueue: 8 });
    const asking = new OpenAI({ baseURL: `${other.url}/v1`, apiKey: 'none', maxRetries: 0 });
    // Loaded first: what is timed is the other's template.
    await asking.chat.completions.create({ model: 'tiny', messages: say('Hi'), max_tokens: 4 });
    let isOver = false;
    const refused = asking.chat.completions
      .create({ model: 'endless', messages: say('Hi'), max_tokens: 4 })
      .catch((error: unknown) => error)
      .finally(() => (isOver = true));
    const answers: string[] = [];
    while (!isOver) {
      const { choices } = await asking.chat.completions.create({ model: 'tiny', messages: say('Hi'), max_tokens: 4 });
      answers.push(choices[0]?.message.content ?? '');
      expect((await fetch(`${other.url}/health`)).status).toBe(200);
    }
    expect(answers.length).toBeGreaterThan(3);
    expect(await refused).toMatchObject({ status: 500, code: 'language.template-limit' });
    await other.close();
  });

  it('a schema or a body that is made to stall is refused before anybody works on it', async () => {
    const form = (schema: unknown) =>
      chat('x', { response_format: { type: 'json_schema', json_schema: { name: 'a', schema } } }).catch(
        (e: unknown) => e,
      );
    expect(await form({ enum: Array.from({ length: 100_000 }, (_, i) => `v${i}`) })).toMatchObject({
      status: 400,
      code: 'language.bad-schema',
    });
    expect(await chat('x', { stop: Array.from({ length: 100 }, () => 'a') }).catch((e: unknown) => e)).toMatchObject({
      status: 400,
      param: 'stop',
    });
    const deep = `{"model":"tiny","messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const headers = { 'content-type': 'application/json', authorization: 'Bearer right' };
    const refused = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', headers, body: deep });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('deeper than 200 levels')]);
    const empty = Array.from({ length: 5000 }, () => ({ role: 'user' as const, content: '' }));
    expect(
      await client.chat.completions.create({ model: 'tiny', messages: empty }).catch((e: unknown) => e),
    ).toMatchObject({ status: 400, code: 'context_length_exceeded' });
  });

  it('an answer whose worker dies before its first word is asked again; the next stream works', async () => {
    const pid = tiny.languages.worker.pid() ?? expect.fail('no worker');
    // Standing still, it says no word before it dies.
    process.kill(pid, 'SIGSTOP');
    const asked = client.completions.create({ model: 'tiny', prompt: 'a', max_tokens: 400 });
    while (server.busy() === 0) await sleep(5);
    process.kill(pid, 'SIGKILL');
    expect((await asked).choices).toHaveLength(1);
    expect((await chat('Still there?')).choices).toHaveLength(1);
  });
});

/** Sends a question and breaks the connection when the answer begins. */
function breakOff(question: string): Promise<'broken'> {
  const body = JSON.stringify({ model: 'tiny', messages: say(question), max_tokens: 200, stream: true });
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer right\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
    socket.once('data', () => {
      socket.destroy();
      resolve('broken');
    });
    socket.once('error', reject);
  });
}
