/** What an OpenAI-compatible endpoint answers: piece by piece, or whole where it does not stream. An answer that does not come to its end is none. */
import * as z from 'zod';
import { fail, FlowyardError } from '../../shared/errors.ts';
import { answerSource, type Generation, type ToolCall } from '../../shared/language/language-model.ts';
import type { HttpAnswer } from '../http/ask.ts';
import { readPieces } from '../http/read-body.ts';
import { readServerEvents } from './server-events.ts';

const usage = z.object({ prompt_tokens: z.number().default(0), completion_tokens: z.number().default(0) }).nullish();
const partOfCall = z.object({
  index: z.number().optional(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).optional(),
});
const said = z
  .object({
    content: z.string().nullish(),
    // What a model thinks before it answers is not shown, but is worth waiting for.
    reasoning_content: z.string().nullish().catch(undefined),
    reasoning: z.string().nullish().catch(undefined),
    tool_calls: z.array(partOfCall).nullish(),
    // Of a service of our own; whatever else is called so elsewhere is left aside.
    sources: z.array(answerSource).optional().catch(undefined),
  })
  .nullish();
/** A piece has `delta`, an answer in one `message`, and a text that is continued `text`. */
const piece = z.object({
  choices: z
    .array(z.object({ delta: said, message: said, text: z.string().nullish(), finish_reason: z.string().nullish() }))
    .default([]),
  usage,
  error: z.union([z.string(), z.object({ message: z.string() })]).nullish(),
});

export interface EndpointAnswer {
  text: string;
  reason: string;
  calls: ToolCall[];
  sources: Generation['sources'];
  prompted: number;
  completed: number;
  /** It said how many tokens there were. */
  counted: boolean;
  /** When the first piece came, by `performance.now()`. */
  firstAt: number | null;
}
interface Reading {
  /** Whoever asks goes by it. */
  asked: AbortSignal;
  host: string;
  /** Tokens that were asked for: an answer that is far longer is none. */
  maxTokens: number;
  /** Takes the secret out of what an endpoint says. */
  hide: (text: string) => string;
  onText?: ((text: string) => void) | undefined;
  /** Something of the answer came; what keeps a connection alive is nothing. */
  heard: () => void;
}

/** Of an answer that was asked to have so many tokens: no token has more characters, whatever the endpoint takes for one. */
const mostCharacters = (maxTokens: number): number => 100_000 + 64 * maxTokens;
/** A word of an answer comes with some hundred bytes around it. */
const mostBytes = (maxTokens: number): number => 32_000_000 + 4096 * maxTokens;
const mostWholeBytes = (maxTokens: number): number => 16_000_000 + 256 * maxTokens;
/** Places of calls are told by the endpoint. */
const mostCalls = 128;

export async function readEndpointAnswer(response: HttpAnswer, reading: Reading): Promise<EndpointAnswer> {
  const answer: EndpointAnswer = {
    text: '',
    reason: 'stop',
    calls: [],
    sources: undefined,
    prompted: 0,
    completed: 0,
    counted: false,
    firstAt: null,
  };
  const type = response.header('content-type') ?? '';
  const tooLarge = (what: string) => tooMuch(reading, what);
  let [isWhole, isEmpty] = [false, true];
  try {
    for await (const data of /\bjson\b/.test(type)
      ? wholeBody(response, reading)
      : readServerEvents(response.body, { mostBytes: mostBytes(reading.maxTokens), tooLarge })) {
      isEmpty = false;
      if (data === '[DONE]') isWhole = true;
      if (data === '[DONE]') break;
      isWhole = addPiece(answer, data, reading) || isWhole;
    }
  } catch (thrown) {
    reading.asked.throwIfAborted();
    // Its end was seen: what else the connection did changes nothing.
    if (isWhole) return answer;
    response.signal.throwIfAborted();
    if (thrown instanceof FlowyardError) throw thrown;
    throw brokenOff(reading, whyBroken(thrown));
  }
  if (isWhole) return answer;
  throw /event-stream/.test(type) || !(isEmpty || /\bjson\b/.test(type))
    ? brokenOff(reading, 'its end is missing')
    : notOpenAi();
}

/** Of an endpoint that does not stream, though it was asked to. */
async function* wholeBody({ body }: HttpAnswer, reading: Reading): AsyncGenerator<string> {
  const most = mostWholeBytes(reading.maxTokens);
  const tooLarge = () => tooMuch(reading, `${Math.round(most / 1e6)} MB`);
  const pieces: Uint8Array[] = [];
  for await (const piece of readPieces(body, { mostBytes: most, tooLarge })) {
    // Some send spaces to keep the connection.
    if (piece.some((byte) => byte > 32)) reading.heard();
    pieces.push(piece);
  }
  yield Buffer.concat(pieces).toString('utf8');
}

const whyBroken = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.cause instanceof Error ? thrown.cause.message : thrown.message) : String(thrown);

/** @returns whether the answer ends with it. */
function addPiece(answer: EndpointAnswer, data: string, reading: Reading): boolean {
  const { choices, usage: used, error } = readPiece(data);
  if (error !== undefined && error !== null)
    throw brokenOff(reading, reading.hide(typeof error === 'string' ? error : error.message));
  for (const { delta, message, text, finish_reason } of choices) {
    const more = delta?.content ?? message?.content ?? text ?? '';
    const saying = delta ?? message;
    if (more !== '' || saysMore(saying)) {
      answer.firstAt ??= performance.now();
      reading.heard();
    }
    if (more !== '') {
      answer.text += more;
      reading.onText?.(more);
    }
    for (const [i, call] of (delta?.tool_calls ?? message?.tool_calls ?? []).entries())
      addCall(answer.calls, call, message ? i : 0);
    if (lengthOf(answer) > mostCharacters(reading.maxTokens))
      throw tooMuch(reading, `${mostCharacters(reading.maxTokens).toLocaleString('en-US')} characters`);
    answer.reason = finish_reason ?? answer.reason;
    answer.sources = delta?.sources ?? message?.sources ?? answer.sources;
  }
  if (used) [answer.prompted, answer.completed, answer.counted] = [used.prompt_tokens, used.completion_tokens, true];
  return choices.some((choice) => Boolean(choice.finish_reason) || Boolean(choice.message));
}

type Said = z.output<typeof said>;
/** Something of the answer beside its words. */
const saysMore = (part: Said): boolean =>
  Boolean(part?.reasoning_content) ||
  Boolean(part?.reasoning) ||
  (part?.tool_calls ?? []).some(({ function: f }) => Boolean(f?.name) || Boolean(f?.arguments));
const lengthOf = ({ text, calls }: EndpointAnswer): number =>
  calls.reduce((sum, call) => sum + call.name.length + call.arguments.length, text.length);

const tooMuch = ({ host, maxTokens }: Reading, what: string): FlowyardError =>
  fail('endpoint.too-long', {
    message: `The endpoint ${host} sends more than ${what} for an answer of at most ${maxTokens.toLocaleString('en-US')} tokens, and is read no further.`,
    mend: 'See what answers at this address.',
  });

const brokenOff = ({ host }: Reading, why: string): FlowyardError =>
  fail('endpoint.broken-off', {
    message: `The endpoint ${host} broke off its answer: ${why}.`,
    mend: 'Ask again; where it happens often, see what stands between here and there, and its own log.',
  });

function addCall(calls: ToolCall[], { index, id, function: named }: z.output<typeof partOfCall>, place: number): void {
  const at = index ?? place;
  if (!Number.isInteger(at) || at < 0 || at >= mostCalls) throw notOpenAi();
  const known = calls[at] ?? { id: id ?? `call_${at}`, name: '', arguments: '' };
  calls[at] = {
    id: known.id,
    name: known.name + (named?.name ?? ''),
    arguments: known.arguments + (named?.arguments ?? ''),
  };
}

function readPiece(data: string): z.output<typeof piece> {
  try {
    return piece.parse(JSON.parse(data));
  } catch (cause) {
    throw notOpenAi(cause);
  }
}

export const notOpenAi = (cause?: unknown): FlowyardError =>
  fail(
    'endpoint.bad-answer',
    {
      message: 'The endpoint answered in a form that is not OpenAI’s.',
      mend: 'See whether its address ends with the right path, often /v1.',
    },
    { cause },
  );
