/** What an OpenAI-compatible endpoint answers: piece by piece, or whole where it does not stream. An answer that does not come to its end is none. */
import * as z from 'zod';
import { fail, FlowyardError } from '../../shared/errors.ts';
import { answerSource, type Generation, type ToolCall } from '../../shared/language-model.ts';
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
  signal: AbortSignal;
  host: string;
  /** Takes the secret out of what an endpoint says. */
  hide: (text: string) => string;
  onText?: ((text: string) => void) | undefined;
  /** Something came. */
  heard: () => void;
}

export async function readEndpointAnswer(response: Response, reading: Reading): Promise<EndpointAnswer> {
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
  const type = response.headers.get('content-type') ?? '';
  let [isWhole, isEmpty] = [false, true];
  try {
    for await (const data of /\bjson\b/.test(type)
      ? wholeBody(response, reading)
      : readServerEvents(response, reading)) {
      isEmpty = false;
      if (data === '[DONE]') isWhole = true;
      if (data === '[DONE]') break;
      isWhole = addPiece(answer, data, reading) || isWhole;
    }
  } catch (thrown) {
    reading.signal.throwIfAborted();
    if (thrown instanceof FlowyardError) throw thrown;
    if (!isWhole) throw brokenOff(reading, whyBroken(thrown));
  }
  if (isWhole) return answer;
  throw /event-stream/.test(type) || !(isEmpty || /\bjson\b/.test(type))
    ? brokenOff(reading, 'its end is missing')
    : notOpenAi();
}

/** Of an endpoint that does not stream, though it was asked to. */
async function* wholeBody(response: Response, { heard }: Reading): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    heard();
    text += decoder.decode(bytes, { stream: true });
  }
  yield text + decoder.decode();
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
    answer.firstAt ??= performance.now();
    if (more !== '') {
      answer.text += more;
      reading.onText?.(more);
    }
    for (const [i, call] of (delta?.tool_calls ?? message?.tool_calls ?? []).entries())
      addCall(answer.calls, call, message ? i : 0);
    answer.reason = finish_reason ?? answer.reason;
    answer.sources = delta?.sources ?? message?.sources ?? answer.sources;
  }
  if (used) [answer.prompted, answer.completed, answer.counted] = [used.prompt_tokens, used.completion_tokens, true];
  return choices.some((choice) => Boolean(choice.finish_reason) || Boolean(choice.message));
}

const brokenOff = ({ host }: Reading, why: string): FlowyardError =>
  fail('endpoint.broken-off', {
    message: `The endpoint ${host} broke off its answer: ${why}.`,
    mend: 'Ask again; where it happens often, see what stands between here and there, and its own log.',
  });

function addCall(calls: ToolCall[], { index, id, function: named }: z.output<typeof partOfCall>, place: number): void {
  const at = index ?? place;
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
