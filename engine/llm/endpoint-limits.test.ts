/** Endpoints that behave as badly as they can: each is ended within its limits of size, silence and time, and told in words. */
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { languageValue, type LanguageModel } from '../../shared/language/language-model.ts';
import { residentMib } from '../../test/support/resident-memory.ts';
import { beginEvents, openSpokenEndpoint, type Spoken } from '../../test/support/spoken-endpoint.ts';
import type { HttpAnswer } from '../http/ask.ts';
import { readEndpointAnswer } from './endpoint-answer.ts';
import { openEndpointModel } from './endpoint-model.ts';
import { retryAfterMs } from './retry-after.ts';

const signal = new AbortController().signal;
async function asked<T>(spoken: Spoken, limits: object, ask: (model: LanguageModel) => Promise<T>) {
  await using endpoint = await openSpokenEndpoint(() => spoken);
  const base = {
    from: 'endpoint',
    url: endpoint.url,
    model: 'm',
    secret: null,
    images: false,
    contextTokens: null,
    inputPrice: null,
    outputPrice: null,
    ...limits,
  };
  const value = languageValue.parse({ form: 1, name: 'bad', base, sampling: { maxTokens: 16 } });
  return { said: await ask(openEndpointModel(value, undefined, 1)), asked: endpoint.asked };
}
const generate = (model: LanguageModel) => model.generate({ prompt: { text: 'Hi' } }, { signal });
const problemOf = async (
  spoken: Spoken,
  limits: object = {},
  ask: (model: LanguageModel) => Promise<unknown> = generate,
) => toProblem((await asked(spoken, limits, (model) => ask(model).catch((e: unknown) => e))).said);

/** As fast as it is taken, without an end. */
const pour =
  (headers: Record<string, string>, chunk: string, status = 200): Spoken =>
  (response) => {
    response.writeHead(status, headers);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
const every = (ms: number, response: ServerResponse, say: () => void): void => {
  const timer = setInterval(say, ms);
  response.on('close', () => clearInterval(timer));
};
const stream = { 'content-type': 'text/event-stream' };
const json = { 'content-type': 'application/json' };
const piece = (delta: object, finish: string | null = null) => ({ choices: [{ delta, finish_reason: finish }] });
const megabyte = 'x'.repeat(1 << 20);

describe('a body has a limit', () => {
  it.each<[string, Spoken, string, ((model: LanguageModel) => Promise<unknown>)?]>([
    ['an error without end', pour(json, megabyte, 400), 'endpoint.refused'],
    ['a stream without the end of a line', pour(stream, megabyte), 'endpoint.too-long'],
    ['an answer in one without end', pour(json, megabyte), 'endpoint.too-long'],
    [
      'a stream of words without end',
      pour(stream, `data: ${JSON.stringify(piece({ content: 'word '.repeat(100) }))}\n\n`),
      'endpoint.too-long',
    ],
    [
      'a stream of arguments without end',
      pour(
        stream,
        `data: ${JSON.stringify(piece({ tool_calls: [{ index: 0, function: { arguments: 'x'.repeat(500) } }] }))}\n\n`,
      ),
      'endpoint.too-long',
    ],
    [
      'a stream of nothing as fast as it goes',
      pour(stream, `data: ${JSON.stringify(piece({}))}\n\n`),
      'endpoint.too-long',
    ],
    ['vectors without end', pour(json, megabyte), 'endpoint.too-long', (model) => model.embed(['a'], { signal })],
  ])('%s', async (_, spoken, code, ask) => {
    const before = residentMib(process.pid);
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, residentMib(process.pid))), 5);
    expect((await problemOf(spoken, {}, ask)).code).toBe(code);
    clearInterval(watch);
    // Server and client both stand in this process.
    if (process.platform === 'linux') expect(most - before).toBeLessThan(250);
  });

  it('and the place of a call is no reason to fill a list', async () => {
    const spoken: Spoken = (response) =>
      beginEvents(response)(piece({ tool_calls: [{ index: 1e9, function: { name: 'a', arguments: '' } }] }));
    expect((await problemOf(spoken)).code).toBe('endpoint.bad-answer');
  });
});

describe('silence is what says nothing of the answer', () => {
  it.each<[string, Spoken]>([
    [
      'empty pieces',
      (response) => {
        const say = beginEvents(response);
        every(20, response, () => say(piece({ role: 'assistant', content: '' })));
      },
    ],
    [
      'comments that keep the connection',
      (response) => {
        beginEvents(response);
        every(20, response, () => void response.write(': still here\n\n'));
      },
    ],
    [
      'spaces before an answer in one',
      (response) => {
        response.writeHead(200, json);
        every(20, response, () => void response.write(' \n'));
      },
    ],
  ])('%s are not waited for', async (_, spoken) => {
    expect(await problemOf(spoken, { silentSeconds: 0.5 })).toMatchObject({
      code: 'endpoint.silent',
      message: expect.stringContaining('said nothing of its answer for 0.5 seconds'),
    });
  });

  it('an error that trickles on is told by what came of it', async () => {
    const spoken: Spoken = (response) => {
      response.writeHead(400, json);
      response.write('No such model. ');
      every(20, response, () => void response.write(' '));
    };
    const problem = await problemOf(spoken, { silentSeconds: 0.5 });
    expect([problem.code, problem.message]).toEqual([
      'endpoint.refused',
      expect.stringMatching(/400: No such model\./),
    ]);
  });

  it('thoughts, words and calls are heard, empty pieces are not', async () => {
    const heardIn = async (...pieces: object[]): Promise<number> => {
      let heard = 0;
      const lines = [...pieces, piece({}, 'stop')].map((one) => `data: ${JSON.stringify(one)}\n\n`).join('');
      const answer: HttpAnswer = {
        status: 200,
        ok: true,
        statusText: '',
        header: () => 'text/event-stream',
        body: (async function* () {
          yield Buffer.from(lines);
        })(),
        signal,
        drop: () => undefined,
      };
      await readEndpointAnswer(answer, {
        asked: signal,
        host: 'x',
        maxTokens: 9,
        hide: (t) => t,
        heard: () => (heard += 1),
      });
      return heard;
    };
    expect(await heardIn(piece({ content: 'a' }))).toBe(1);
    expect(await heardIn(piece({ reasoning_content: 'hm' }), piece({ reasoning: 'hm' }))).toBe(2);
    expect(await heardIn(piece({ tool_calls: [{ function: { arguments: '{' } }] }))).toBe(1);
    expect(await heardIn(piece({ content: '' }), piece({ role: 'assistant' }), piece({ content: null }), {})).toBe(0);
  });

  it('an answer whose end was seen is one, whatever its connection does then', async () => {
    const spoken: Spoken = (response) => {
      const say = beginEvents(response);
      say(piece({ content: 'All.' }, 'stop'));
      every(20, response, () => void response.write(': still here\n\n'));
    };
    expect((await asked(spoken, { silentSeconds: 0.5 }, generate)).said).toMatchObject({
      text: 'All.',
      reason: 'stop',
    });
  });
});

it('an answer that goes on and on is ended by its longest time', async () => {
  const spoken: Spoken = (response) => {
    const say = beginEvents(response);
    every(20, response, () => say(piece({ content: '.' })));
  };
  expect(await problemOf(spoken, { answerSeconds: 0.6 })).toMatchObject({
    code: 'endpoint.too-slow',
    mend: expect.stringContaining('Time-out'),
  });
});

it('a prompt beyond the context of an endpoint is not sent', async () => {
  const ask = (model: LanguageModel) =>
    model.generate({ prompt: { text: 'x'.repeat(10_000) } }, { signal }).catch((e: unknown) => e);
  const { said, asked: sent } = await asked('never', { contextTokens: 64 }, ask);
  expect(toProblem(said).message).toBe(
    'The prompt has 10,000 characters; the context of 64 tokens takes at most 2,048.',
  );
  expect(sent).toEqual([]);
});

it.each([
  ['86400', 86_400_000],
  ['Tue, 01 Dec 2026 00:02:00 GMT', 120_000],
  ['Mon, 30 Nov 2026 00:00:00 GMT', null],
  ['soon', null],
  ['', null],
  [null, null],
])('the header Retry-After %j is %j ms', (header, ms) => {
  expect(retryAfterMs(header, Date.UTC(2026, 11, 1))).toBe(ms);
});
