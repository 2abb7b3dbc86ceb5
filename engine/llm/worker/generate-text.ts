/** Generation: the prompt's tokens, what of them a sequence knows already, and tokens until the model, a stop text, a grammar or a limit ends it. */
import {
  LlamaGrammarEvaluationState,
  type Llama,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import type * as z from 'zod';
import { grammarSchema } from '../../../methods/language/grammar-schema.ts';
import { fail } from '../../../shared/errors.ts';
import type { PromptPart } from '../../../shared/language/language-model.ts';
import type { generated, WorkerRequest } from '../worker-protocol.ts';
import type { Slots } from './loaded-models.ts';
import { watchStopTexts } from './stop-texts.ts';
import type { TokenReader, TokenText } from './read-tokens.ts';
import { readTokens } from './token-text.ts';

type GenerateAsk = Extract<WorkerRequest, { ask: 'generate' }>;
type Generated = z.output<typeof generated>;

/** What people wrote is read without special tokens: nobody ends a turn by writing the name of its end. */
const asTexts = (parts: readonly PromptPart[]): TokenText[] =>
  parts.map(({ text, plain }) => ({ text, special: !plain }));

const beginOf = ({ tokens: { bos, shouldPrependBosToken } }: LlamaModel): Token[] =>
  shouldPrependBosToken && bos !== null ? [bos] : [];
const withBegin = (begin: Token[], tokens: Token[]): Token[] =>
  begin.length === 0 || tokens[0] === begin[0] ? tokens : [...begin, ...tokens];

export async function generateText(
  { llama, slots, reader }: { llama: Llama; slots: Slots; reader: TokenReader },
  ask: GenerateAsk,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<Generated> {
  const { model, context } = slots;
  const { each, count } = await reader.read(model, ask.load.model, asTexts(ask.prompt), context.contextSize, signal);
  const begin = beginOf(model);
  const prompt = withBegin(begin, (each ?? []).flat());
  const promptTokens = each === null ? count + begin.length : prompt.length;
  const room = context.contextSize - promptTokens;
  if (promptTokens === 0)
    throw fail('language.empty-prompt', { message: 'The prompt is empty.', mend: 'Give the model something to read.' });
  if (room < 1)
    throw fail('language.too-long', {
      message: `The prompt has ${promptTokens} tokens, the context holds ${context.contextSize}.`,
      mend: 'Shorten the prompt, or give the model a longer context.',
      facts: { promptTokens, contextTokens: context.contextSize },
    });
  const grammar = ask.schema === null ? undefined : await grammarFor(llama, ask.schema);
  const started = performance.now();
  return slots.use(prompt, signal, async (sequence) => {
    const begun = performance.now();
    const rest = await reuseState(sequence, prompt);
    const limit = Math.min(ask.sampling.maxTokens, room);
    const made = await run(sequence, rest, { model, ask, limit, signal, onText, grammar });
    return {
      ...made,
      promptTokens,
      firstTokenMs: (made.firstMs || performance.now()) - begun + (begun - started),
      ms: performance.now() - started,
    };
  });
}

/** What the sequence has of this prompt stays; the last token is asked anew, since its answer is what is wanted. */
async function reuseState(sequence: LlamaContextSequence, prompt: Token[]): Promise<Token[]> {
  await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
  return prompt.slice(sequence.nextTokenIndex);
}

async function grammarFor(llama: Llama, schema: unknown) {
  const known = grammarSchema(schema);
  try {
    return await llama.createGrammarForJsonSchema(known as never);
  } catch (cause) {
    throw fail(
      'language.bad-schema',
      {
        message: `The JSON Schema cannot be made a grammar: ${cause instanceof Error ? cause.message : String(cause)}.`,
        mend: 'Use objects, arrays, strings, numbers, integers, booleans, enums, $ref, oneOf and anyOf.',
      },
      { cause },
    );
  }
}

interface Running {
  model: LlamaModel;
  ask: GenerateAsk;
  limit: number;
  signal: AbortSignal;
  onText: (text: string) => void;
  grammar: Awaited<ReturnType<typeof grammarFor>> | undefined;
}

async function run(
  sequence: LlamaContextSequence,
  tokens: Token[],
  { model, ask, limit, signal, onText, grammar }: Running,
): Promise<{ text: string; reason: 'stop' | 'length'; completionTokens: number; firstMs: number }> {
  const { temperature, topP, topK, minP, seed, stop } = ask.sampling;
  const recent: Token[] = [];
  const reader = readTokens(model);
  const stops = watchStopTexts(grammar === undefined ? stop : [...stop, '\n\n\n\n']);
  let [text, count, firstMs, ended]: [string, number, number, boolean] = ['', 0, 0, true];
  const show = (more: string): void => {
    if (more === '') return;
    text += more;
    onText(more);
  };
  const evaluation = sequence.evaluate(tokens, {
    temperature,
    topP,
    topK,
    minP,
    seed,
    ...penaltiesOf(ask.sampling, recent),
    ...(grammar === undefined ? {} : { grammarEvaluationState: new LlamaGrammarEvaluationState({ model, grammar }) }),
  });
  for await (const token of evaluation) {
    if (count === 0) firstMs = performance.now();
    count += 1;
    recent.push(token);
    const { shown, stopped } = stops.push(reader.push(token));
    show(shown);
    if (signal.aborted) throw signal.reason;
    if (stopped || (grammar !== undefined && isWholeJson(text)))
      return { text, reason: 'stop', completionTokens: count, firstMs };
    if (count >= limit) {
      ended = false;
      break;
    }
  }
  const { shown, stopped } = stops.push(reader.rest());
  show(stopped ? shown : shown + stops.rest());
  return { text, reason: ended || stopped ? 'stop' : 'length', completionTokens: count, firstMs };
}

/** OpenAI's penalties count the whole answer, llama.cpp's own looks at its last 64 tokens. */
function penaltiesOf(
  { repeatPenalty, presencePenalty = 0, frequencyPenalty = 0 }: GenerateAsk['sampling'],
  answer: readonly Token[],
) {
  if (presencePenalty === 0 && frequencyPenalty === 0)
    return repeatPenalty === 1
      ? {}
      : { repeatPenalty: { punishTokens: () => answer.slice(-64), penalty: repeatPenalty } };
  return {
    repeatPenalty: { punishTokens: () => [...answer], penalty: repeatPenalty, presencePenalty, frequencyPenalty },
  };
}

/** A value that closes itself: after it a grammar allows nothing but space. */
function isWholeJson(text: string): boolean {
  if (!/[}\]"]$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
