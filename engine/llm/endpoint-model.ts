/** A language model behind an OpenAI-compatible address: plain `fetch`, so that what leaves the machine can be read here. The secret goes into one header and nowhere else. */
import * as z from 'zod';
import { fail, FlowyardError } from '../../shared/errors.ts';
import {
  type AskOptions,
  type ChatMessage,
  type GenerateRequest,
  type Generation,
  type LanguageBase,
  type LanguageModel,
  type LanguageValue,
  type Sampling,
} from '../../shared/language-model.ts';
import { notOpenAi, readEndpointAnswer } from './endpoint-answer.ts';
import { hashOfValue, withSystem } from './local-model.ts';
import { watchSilence } from './watch-silence.ts';

type Endpoint = Extract<LanguageBase, { from: 'endpoint' }>;

const embeddingAnswer = z.object({ data: z.array(z.object({ index: z.number(), embedding: z.array(z.number()) })) });

export function openEndpointModel(value: LanguageValue, secret: string | undefined, sequences: number): LanguageModel {
  const { base } = value;
  if (base.from !== 'endpoint') throw new Error('not an endpoint');
  const post = (path: string, body: unknown, signal: AbortSignal): Promise<Response> =>
    ask(`${base.url.replace(/\/+$/, '')}${path}`, body, secret, signal);
  const watch = (signal: AbortSignal) =>
    watchSilence(signal, { host: new URL(base.url).host, seconds: base.silentSeconds });
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
        return await generate(value, base, request, { ...options, signal }, { post, hide: hider(secret), heard });
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
        const { data } = embeddingAnswer.parse(await response.json());
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
  post: (path: string, body: unknown, signal: AbortSignal) => Promise<Response>;
  hide: (text: string) => string;
  /** Something came. */
  heard: () => void;
}

async function generate(
  value: LanguageValue,
  base: Endpoint,
  request: GenerateRequest,
  { signal, onText }: AskOptions,
  { post, hide, heard }: Wire,
): Promise<Generation> {
  const started = performance.now();
  const sampling = { ...value.sampling, ...request.sampling };
  const { prompt } = request;
  const isChat = 'messages' in prompt;
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
    signal,
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

/** Takes the secret out of what an endpoint says: some repeat it. */
const hider =
  (secret: string | undefined) =>
  (text: string): string =>
    secret === undefined || secret === '' ? text : text.replaceAll(secret, '•••');

async function ask(url: string, body: unknown, secret: string | undefined, signal: AbortSignal): Promise<Response> {
  const hide = hider(secret);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
    },
    body: JSON.stringify(body),
    signal,
    redirect: 'error',
  }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw fail('endpoint.unreachable', {
      message: `The endpoint ${new URL(url).host} cannot be reached: ${hide(whyUnreachable(cause))}.`,
      mend: 'See whether its address is right and the network is there.',
    });
  });
  if (response.ok) return response;
  const said = hide(await sayError(response));
  const isBusy = response.status === 429 || response.status >= 500;
  const wait = Number(response.headers.get('retry-after'));
  throw fail(isBusy ? 'endpoint.busy' : 'endpoint.refused', {
    message: `The endpoint ${new URL(url).host} answered ${response.status}: ${said}`,
    mend:
      response.status === 401 || response.status === 403
        ? 'See whether the secret is the right one.'
        : isBusy
          ? 'Ask again later, or fewer at a time.'
          : 'See whether the model’s name and the settings suit this endpoint.',
    facts: { status: response.status, ...(wait > 0 ? { retryAfterMs: wait * 1000 } : {}) },
  });
}

const whyUnreachable = (cause: unknown): string =>
  cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);

const errorBody = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });
async function sayError(response: Response): Promise<string> {
  const text = (await response.text().catch(() => '')).slice(0, 2000);
  try {
    const { error } = errorBody.parse(JSON.parse(text));
    return typeof error === 'string' ? error : error.message;
  } catch {
    return text.trim() === '' ? 'no words.' : text.trim().slice(0, 300);
  }
}

function toUnit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}
