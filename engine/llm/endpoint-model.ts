/** A language model behind an OpenAI-compatible address, asked by hand, so that what leaves the machine can be read here. The secret goes into one header and nowhere else. */
import * as z from 'zod';
import { lengthOf } from '../../shared/append.ts';
import { fail, FlowyardError } from '../../shared/errors.ts';
import {
  loginRefusedCode,
  type AskOptions,
  type ChatMessage,
  type GenerateRequest,
  type Generation,
  type LanguageBase,
  type LanguageModel,
  type LanguageValue,
  type Sampling,
} from '../../shared/language/language-model.ts';
import { ask as askHttp, type HttpAnswer } from '../http/ask.ts';
import { readBeginning, readText } from '../http/read-body.ts';
import { watchSilence } from '../http/watch-silence.ts';
import { notOpenAi, readEndpointAnswer } from './endpoint-answer.ts';
import { hashOfValue, withSystem } from './local-model.ts';
import { checkLength, conversationLength } from './prompt-length.ts';
import { retryAfterMs } from './retry-after.ts';

type Endpoint = Extract<LanguageBase, { from: 'endpoint' }>;

const embeddingAnswer = z.object({ data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })) });

export function openEndpointModel(value: LanguageValue, secret: string | undefined, sequences: number): LanguageModel {
  const { base } = value;
  if (base.from !== 'endpoint') throw new Error('not an endpoint');
  const { host } = new URL(base.url);
  const post: Wire['post'] = (path, body, signal) =>
    ask(`${base.url.replace(/\/+$/, '')}${path}`, body, {
      secret,
      secretName: base.secret,
      signal,
      seconds: base.answerSeconds,
    });
  const watch = (signal: AbortSignal) =>
    watchSilence(signal, { seconds: base.silentSeconds, silent: () => silent(host, base.silentSeconds) });
  const here = (what: string): FlowyardError =>
    fail('language.not-at-endpoint', {
      message: `An endpoint gives no ${what}.`,
      mend: 'Use a model file of this machine.',
    });
  return {
    value,
    hash: hashOfValue(value),
    sequences,
    generate: async (request, options) => {
      const { signal, heard, end } = watch(options.signal);
      try {
        return await generate(
          value,
          base,
          request,
          { ...options, signal },
          { post, hide: hider(secret), heard, asked: options.signal },
        );
      } finally {
        end();
      }
    },
    score: () => Promise.reject(here('probabilities of given texts')),
    tokenize: () => Promise.reject(here('tokens')),
    render: () => Promise.reject(here('text of a prompt: it writes conversations by its own template')),
    embed: async (texts, options) => {
      const { signal, heard, end } = watch(options.signal);
      try {
        const body = { model: base.model, input: texts, encoding_format: 'float' };
        const response = await post('/embeddings', body, signal);
        heard();
        const mostBytes = Math.min(256_000_000, 1_000_000 + texts.length * 512_000);
        const text = await readText(response.body, { mostBytes, tooLarge: () => tooLargeVectors(host, mostBytes) });
        const { data } = embeddingAnswer.parse(JSON.parse(text));
        return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => toUnit(Float32Array.from(embedding)));
      } catch (cause) {
        signal.throwIfAborted();
        throw cause instanceof FlowyardError ? cause : notOpenAi(cause);
      } finally {
        end();
      }
    },
  };
}

interface Wire {
  post: (path: string, body: unknown, signal: AbortSignal) => Promise<HttpAnswer>;
  hide: (text: string) => string;
  /** Something of the answer came. */
  heard: () => void;
  /** Whoever asks goes by it. */
  asked: AbortSignal;
}

async function generate(
  value: LanguageValue,
  base: Endpoint,
  request: GenerateRequest,
  { signal, onText }: AskOptions,
  { post, hide, heard, asked }: Wire,
): Promise<Generation> {
  const started = performance.now();
  const sampling = { ...value.sampling, ...request.sampling };
  const { prompt } = request;
  const isChat = 'messages' in prompt;
  if (base.contextTokens !== null) checkLength(lettersOf(prompt), base.contextTokens);
  const response = await post(
    isChat ? '/chat/completions' : '/completions',
    {
      model: base.model,
      ...(isChat
        ? { messages: withSystem(value, prompt.messages).map((m) => toWire(m, base)) }
        : { prompt: prompt.text }),
      ...wireSampling(sampling),
      ...(request.schema === undefined
        ? {}
        : {
            response_format: {
              type: 'json_schema',
              json_schema: { name: 'answer', strict: true, schema: request.schema },
            },
          }),
      ...(request.tools === undefined || request.tools.length === 0
        ? {}
        : { tools: request.tools.map((tool) => ({ type: 'function', function: tool })) }),
      stream: true,
      stream_options: { include_usage: true },
    },
    signal,
  );
  const { text, reason, calls, sources, prompted, completed, counted, firstAt } = await readEndpointAnswer(response, {
    asked,
    maxTokens: sampling.maxTokens,
    onText,
    heard,
    host: new URL(base.url).host,
    hide,
  });
  return {
    text,
    reason: calls.length > 0 ? 'tools' : reason === 'length' ? 'length' : 'stop',
    toolCalls: calls,
    promptTokens: prompted,
    completionTokens: completed,
    firstTokenMs: firstAt === null ? 0 : firstAt - started,
    ms: performance.now() - started,
    cost:
      base.inputPrice === null || base.outputPrice === null || !counted
        ? null
        : (prompted * base.inputPrice + completed * base.outputPrice) / 1e6,
    ...(sources === undefined ? {} : { sources }),
  };
}

/** What every endpoint knows; what only some know is sent when it was asked for. */
const wireSampling = (s: Sampling): Record<string, unknown> => ({
  temperature: s.temperature,
  top_p: s.topP,
  max_tokens: s.maxTokens,
  seed: s.seed,
  ...(s.stop.length === 0 ? {} : { stop: s.stop }),
  ...(s.topK === 0 ? {} : { top_k: s.topK }),
  ...(s.minP === 0 ? {} : { min_p: s.minP }),
  ...(s.repeatPenalty === 1 ? {} : { repeat_penalty: s.repeatPenalty }),
  ...(s.presencePenalty === undefined ? {} : { presence_penalty: s.presencePenalty }),
  ...(s.frequencyPenalty === undefined ? {} : { frequency_penalty: s.frequencyPenalty }),
});

function toWire(message: ChatMessage, base: Endpoint): Record<string, unknown> {
  const images = message.images ?? [];
  if (images.length > 0 && !base.images)
    throw fail('language.no-images', {
      message: `The endpoint's model "${base.model}" is declared without images.`,
      mend: 'Allow images in the endpoint’s settings, if its model takes them.',
    });
  return {
    role: message.role,
    content:
      images.length === 0
        ? message.content
        : [
            ...(message.content === '' ? [] : [{ type: 'text', text: message.content }]),
            ...images.map((url) => ({ type: 'image_url', image_url: { url } })),
          ],
    ...(message.name === undefined ? {} : { name: message.name }),
    ...(message.toolCallId === undefined ? {} : { tool_call_id: message.toolCallId }),
    ...(message.toolCalls === undefined
      ? {}
      : {
          tool_calls: message.toolCalls.map((call) => ({
            id: call.id,
            type: 'function',
            function: { name: call.name, arguments: call.arguments },
          })),
        }),
  };
}

const lettersOf = (prompt: GenerateRequest['prompt']): number =>
  'text' in prompt ? prompt.text.length : conversationLength(prompt.messages);

/** Takes the secret out of what an endpoint says: some repeat it. */
const hider =
  (secret: string | undefined) =>
  (text: string): string =>
    secret === undefined || secret === '' ? text : text.replaceAll(secret, '•••');

interface Asked {
  secret: string | undefined;
  secretName: string | null;
  signal: AbortSignal;
  seconds: number;
}
async function ask(url: string, body: unknown, { secret, secretName, signal, seconds }: Asked): Promise<HttpAnswer> {
  const hide = hider(secret);
  const { host } = new URL(url);
  const response = await askHttp(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
    },
    body: JSON.stringify(body),
    signal,
    redirect: 'error',
    seconds,
    tooSlow: () => tooSlow(host, seconds),
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    if (cause instanceof FlowyardError) throw cause;
    throw fail('endpoint.unreachable', {
      message: `The endpoint ${host} cannot be reached: ${hide(whyUnreachable(cause))}.`,
      mend: 'See whether its address is right and the network is there.',
    });
  });
  if (response.ok) return response;
  const said = hide(await sayError(response));
  if (response.status === 401 || response.status === 403)
    throw loginRefused(`The endpoint ${host} answered ${response.status}: ${said}`, secretName, response.status);
  const isBusy = response.status === 429 || response.status >= 500;
  const wait = retryAfterMs(response.header('retry-after'), Date.now());
  throw fail(isBusy ? 'endpoint.busy' : 'endpoint.refused', {
    message: `The endpoint ${host} answered ${response.status}: ${said}`,
    mend: isBusy
      ? 'Ask again later, or fewer at a time.'
      : 'See whether the model’s name and the settings suit this endpoint.',
    facts: { status: response.status, ...(wait === null ? {} : { retryAfterMs: wait }) },
  });
}

const loginRefused = (message: string, secretName: string | null, status: number): FlowyardError =>
  fail(loginRefusedCode, {
    message,
    mend:
      secretName === null
        ? 'It wants a key, and none is sent: keep one with "flowyard secrets set NAME", and give that name to Language endpoint.'
        : `See whether the secret "${secretName}" is the right key for it, and may use this model: "flowyard secrets set ${secretName}" keeps another.`,
    facts: { status },
  });

const whyUnreachable = (cause: unknown): string =>
  cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);

const silent = (host: string, seconds: number): FlowyardError =>
  fail('endpoint.silent', {
    message: `The endpoint ${host} said nothing of its answer for ${seconds} seconds, and is waited for no longer.`,
    mend: 'Ask again later, or give it more time: "Read time-out" of Language endpoint.',
  });
const tooSlow = (host: string, seconds: number): FlowyardError =>
  fail('endpoint.too-slow', {
    message: `The endpoint ${host} did not end its answer within ${seconds} seconds, and is waited for no longer.`,
    mend: 'Ask for a shorter answer, or give it more time: "Time-out" of Language endpoint.',
  });
const tooLargeVectors = (host: string, bytes: number): FlowyardError =>
  fail('endpoint.too-long', {
    message: `The endpoint ${host} sends more than ${Math.round(bytes / 1e6)} MB of vectors, and is read no further.`,
    mend: 'See what answers at this address, or send fewer texts at once.',
  });

/** What of an error is read: its words come first. */
const longestError = 65_536;
const errorBody = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });
async function sayError(response: HttpAnswer): Promise<string> {
  const text = await readBeginning(response.body, longestError);
  try {
    const { error } = errorBody.parse(JSON.parse(text));
    return (typeof error === 'string' ? error : error.message).slice(0, 2000);
  } catch {
    return text.trim() === '' ? 'no words.' : text.trim().slice(0, 300);
  }
}

function toUnit(vector: Float32Array): Float32Array {
  const length = lengthOf(vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}
