import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { languageValue, type GenerateRequest, type LanguageValue } from '../../shared/language/language-model.ts';
import { askMany } from '../../methods/language/ask-many.ts';
import { openEndpointModel } from './endpoint-model.ts';
import { guard } from './guardrails.ts';

let server: Server;
let answer: (response: ServerResponse, body: Record<string, unknown>, request: IncomingMessage) => void;
const bodies: Record<string, unknown>[] = [];
const signal = new AbortController().signal;

beforeEach(async () => {
  bodies.length = 0;
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => (text += data.toString()));
    request.on('end', () => {
      const body: Record<string, unknown> = JSON.parse(text);
      bodies.push(body);
      answer(response, body, request);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const value = (more: object = {}, whole: object = {}): LanguageValue => {
  const { port } = server.address() as AddressInfo;
  const base = {
    from: 'endpoint',
    url: `http://127.0.0.1:${port}/v1/`,
    model: 'm',
    secret: null,
    images: false,
    contextTokens: null,
    inputPrice: null,
    outputPrice: null,
  };
  return languageValue.parse({ form: 1, name: 'remote', base: { ...base, ...more }, ...whole });
};
const ask = (request: GenerateRequest, of = value(), onText?: (text: string) => void) =>
  guard(openEndpointModel(of, 'the secret', 2)).generate(request, {
    signal,
    ...(onText === undefined ? {} : { onText }),
  });
const events = (response: ServerResponse, ...items: unknown[]): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const item of items) response.write(`data: ${JSON.stringify(item)}\r\n\r\n`);
  response.end('data: [DONE]\n\n');
};
const piece = (delta: object, finish: string | null = null) => ({ choices: [{ delta, finish_reason: finish }] });
const user = (content: string, images?: string[]): GenerateRequest => ({
  prompt: { messages: [{ role: 'user', content, ...(images === undefined ? {} : { images }) }] },
});

describe('an endpoint', () => {
  it('is asked as OpenAI is, and its answer put together as it comes', async () => {
    answer = (response) =>
      events(response, piece({ content: 'He' }), piece({ content: 'llo' }, 'length'), {
        choices: [],
        usage: { prompt_tokens: 4, completion_tokens: 2 },
      });
    const pieces: string[] = [];
    const said = await ask(
      { ...user('Hi'), schema: { type: 'object' } },
      value({}, { system: 'Be brief.', sampling: { temperature: 0.5, stop: ['X'] } }),
      (text) => pieces.push(text),
    );
    expect(said).toMatchObject({ text: 'Hello', reason: 'length', promptTokens: 4, completionTokens: 2, cost: null });
    expect(pieces).toEqual(['He', 'llo']);
    expect(bodies[0]).toMatchObject({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      temperature: 0.5,
      stop: ['X'],
      response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
      stream: true,
    });
  });

  it('costs what its tokens cost, and nobody knows what where it counts none', async () => {
    const priced = value({ inputPrice: 2, outputPrice: 10 });
    const usage = { prompt_tokens: 4, completion_tokens: 2 };
    answer = (response) => events(response, piece({ content: 'Hi' }, 'stop'), { choices: [], usage });
    expect((await ask(user('Hi'), priced)).cost).toBeCloseTo(28e-6, 12);
    answer = (response) => events(response, piece({ content: 'Hi' }, 'stop'));
    expect((await ask(user('Hi'), priced)).cost).toBeNull();
  });

  it('is shown images where its model takes them, and never elsewhere', async () => {
    answer = (response) => events(response, piece({ content: 'A cat.' }, 'stop'));
    const picture = 'data:image/png;base64,AAAA';
    await ask(user('What is it?', [picture]), value({ images: true }));
    expect(bodies[0]?.['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url: picture } },
        ],
      },
    ]);
    expect(toProblem(await ask(user('What is it?', [picture])).catch((e: unknown) => e)).code).toBe(
      'language.no-images',
    );
    expect(bodies).toHaveLength(1);
  });

  it('may call tools, in pieces', async () => {
    answer = (response) =>
      events(
        response,
        piece({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'add', arguments: '{"a":' } }] }),
        piece({ tool_calls: [{ index: 0, function: { arguments: '1}' } }] }, 'tool_calls'),
      );
    expect(await ask({ ...user('1 + 1'), tools: [{ name: 'add', description: '', parameters: {} }] })).toMatchObject({
      reason: 'tools',
      toolCalls: [{ id: 'c1', name: 'add', arguments: '{"a":1}' }],
    });
  });

  it.each([
    [429, 'endpoint.busy', 5000],
    [503, 'endpoint.busy', 5000],
    [400, 'endpoint.refused', 5000],
  ])('that answers %i is told with its own words, without the secret', async (status, code, retryAfterMs) => {
    answer = (response, _body, request) =>
      response
        .writeHead(status, { 'retry-after': '5' })
        .end(JSON.stringify({ error: { message: `no: ${request.headers.authorization}` } }));
    const problem = toProblem(await ask(user('Hi')).catch((e: unknown) => e));
    expect(problem).toMatchObject({ code, facts: { status, retryAfterMs } });
    expect(problem.message).toContain('no: Bearer •••');
  });

  it('that is no such thing, or away, is told', async () => {
    answer = (response) => response.end('data: <html>\n\n');
    expect(toProblem(await ask(user('Hi')).catch((e: unknown) => e)).code).toBe('endpoint.bad-answer');
    const of = value();
    server.close();
    server.closeAllConnections();
    expect(toProblem(await ask(user('Hi'), of).catch((e: unknown) => e)).code).toBe('endpoint.unreachable');
  });

  const [stream, json] = [{ 'content-type': 'text/event-stream' }, { 'content-type': 'application/json' }];
  const begun = 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n';
  it.each([
    ['ends before its end', 'text/event-stream', begun, 'endpoint.broken-off', 'its end is missing'],
    [
      'says in it that it failed',
      'text/event-stream',
      `${begun}data: {"error":{"message":"it fell over"}}\n\n`,
      'endpoint.broken-off',
      'it fell over',
    ],
    ['is cut off', 'application/json', '{"choices":[{"mess', 'endpoint.bad-answer', 'not OpenAI’s'],
    ['holds no answer', 'application/json', '{"choices":[]}', 'endpoint.bad-answer', 'not OpenAI’s'],
    ['is a page of the web', 'text/html', '<html>Log in</html>', 'endpoint.bad-answer', 'not OpenAI’s'],
  ])('whose answer %s gave none', async (_, type, body, code, words) => {
    answer = (response) => response.writeHead(200, { 'content-type': type }).end(body);
    const problem = toProblem(await ask(user('Hi')).catch((e: unknown) => e));
    expect([problem.code, problem.message]).toEqual([code, expect.stringContaining(words)]);
  });

  it('whose connection breaks gave none, but for what came after the end', async () => {
    answer = (response) => response.writeHead(200, { 'content-length': '900' }).write(begun, () => response.destroy());
    expect(toProblem(await ask(user('Hi')).catch((e: unknown) => e)).code).toBe('endpoint.broken-off');
    const end = 'data: {"choices":[{"delta":{},"finish_reason":"length"}]}\n\n';
    answer = (response) =>
      response.writeHead(200, { 'content-length': '900' }).write(`${begun}${end}`, () => response.destroy());
    expect(await ask(user('Hi'))).toMatchObject({ text: 'Hel', reason: 'length' });
  });

  it.each([
    ['before its answer', () => undefined],
    ['within its answer', (response: ServerResponse) => response.writeHead(200, stream).write(begun)],
    ['within an answer in one', (response: ServerResponse) => response.writeHead(200, json).write('{"choices"')],
  ])('that falls silent %s is given up, and may be asked again', async (_, say) => {
    answer = say;
    const problem = toProblem(await ask(user('Hi'), value({ silentSeconds: 0.2 })).catch((e: unknown) => e));
    expect(problem).toMatchObject({ code: 'endpoint.silent', mend: expect.stringContaining('Read time-out') });
    const model = openEndpointModel(value({ silentSeconds: 0.2 }), undefined, 1);
    expect(toProblem(await model.embed(['a'], { signal }).catch((e: unknown) => e)).code).toBe('endpoint.silent');
    const many = { signal, concurrency: 1, retries: 1, answers: null, hash: (text: string) => text, waitMs: () => 0 };
    bodies.length = 0;
    await askMany(model, [user('Hi')], many);
    expect(bodies).toHaveLength(2);
  });

  it('may answer whole, though it was asked to stream', async () => {
    const call = { id: 'c', function: { name: 'add', arguments: '{}' } };
    const usage = { prompt_tokens: 3, completion_tokens: 1 };
    answer = (response) =>
      response
        .writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify({ choices: [{ message: { content: 'Hi', tool_calls: [call, call] } }], usage }));
    const said = await ask(user('Hi'));
    expect(said).toMatchObject({ text: 'Hi', reason: 'tools', promptTokens: 3, completionTokens: 1 });
    expect(said.toolCalls).toHaveLength(2);
  });

  it('that refuses the key is asked no more, and the key is named', async () => {
    answer = (response) => response.writeHead(401).end('{"error":{"message":"Incorrect API key: the secret"}}');
    const questions = Array.from({ length: 200 }, (_, i) => user(`${i}`));
    const many = { signal, concurrency: 2, retries: 3, answers: null, hash: (text: string) => text };
    const reported = (secret: string | null) =>
      askMany(openEndpointModel(value({ secret }), 'the secret', 2), questions, many).catch(toProblem);
    expect(await reported('LAB_KEY')).toMatchObject({
      code: 'endpoint.login-refused',
      message: expect.stringMatching(/^The endpoint 127\.0\.0\.1:\d+ answered 401: Incorrect API key: •••\. 19\d more/),
      mend: expect.stringContaining('"flowyard secrets set LAB_KEY"'),
    });
    expect(bodies.length).toBeLessThanOrEqual(2);
    expect(await reported(null)).toMatchObject({ mend: expect.stringContaining('none is sent') });
  });
  it('gives no probabilities of given texts', async () => {
    const model = openEndpointModel(value(), undefined, 1);
    expect(toProblem(await model.score({ context: '', text: 'a' }, { signal }).catch((e: unknown) => e)).code).toBe(
      'language.not-at-endpoint',
    );
  });
});

describe('guardrails', () => {
  it('send no question that is forbidden, and show no part of a forbidden answer', async () => {
    const guarded = value({}, { guardrails: { blocked: ['Launch Code'] } });
    answer = (response) =>
      events(response, piece({ content: 'It is fine. The lau' }), piece({ content: 'nch code is 0' }, 'stop'));
    expect(toProblem(await ask(user('the LAUNCH CODE?'), guarded).catch((e: unknown) => e)).code).toBe(
      'language.blocked',
    );
    expect(bodies).toHaveLength(0);
    let seen = '';
    expect(toProblem(await ask(user('Hi'), guarded, (text) => (seen += text)).catch((e: unknown) => e))).toMatchObject({
      code: 'language.blocked',
      facts: { what: 'answer' },
    });
    expect(seen.toLowerCase()).not.toContain('lau');
    answer = (response) => events(response, piece({ content: 'All ' }), piece({ content: 'is well.' }, 'stop'));
    seen = '';
    expect((await ask(user('Hi'), guarded, (text) => (seen += text))).text).toBe('All is well.');
    expect(seen).toBe('All is well.');
  });
});
