/** OpenAI's questions as ours, and our answers as OpenAI's. */
import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { unheldWord } from '../../../methods/language/grammar-schema.ts';
import { fail } from '../../../shared/errors.ts';
import { refuseNotDone } from './openai-parameters.ts';
import type {
  ChatMessage,
  GenerateRequest,
  Generation,
  Sampling,
  ToolSpec,
} from '../../../shared/language/language-model.ts';

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const imagePart = z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) });
const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [textPart, imagePart]))]).nullish(),
  name: z.string().nullish(),
  tool_call_id: z.string().nullish(),
  tool_calls: z
    .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
    .nullish(),
});
/** Looked for in every piece of an answer. */
const stopText = z.string().max(1000);
const common = {
  model: z.string(),
  temperature: z.number().min(0).max(5).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.int().min(0).nullish(),
  min_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  /** As other servers of open models call it. */
  repeat_penalty: z.number().min(0.5).max(2).nullish(),
  max_tokens: z.int().min(1).nullish(),
  stop: z
    .union([stopText, z.array(stopText).max(64)], { error: 'at most 64 texts of at most 1,000 characters' })
    .nullish(),
  seed: z.int().nullish(),
  n: z.int().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
};
const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: z.string(),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.json()).optional(),
  }),
});

export const chatBody = z.object({
  ...common,
  messages: z.array(message).min(1),
  max_completion_tokens: z.int().min(1).nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ schema: z.json(), strict: z.boolean().nullish() }),
      }),
    ])
    .nullish(),
  tools: z.array(tool).nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.object({ function: z.object({ name: z.string() }) })])
    .nullish(),
});
export type ChatBody = z.output<typeof chatBody>;
export const completionBody = z.object({
  ...common,
  prompt: z.union([z.string(), z.array(z.string()).length(1)], { error: 'one text at a time is continued' }),
});
export type CompletionBody = z.output<typeof completionBody>;
export const embeddingsBody = z.object({
  model: z.string(),
  input: z.union([z.string(), z.array(z.string()).min(1).max(2048)], {
    error: 'a text, or a list of 1 to 2048 texts, is embedded',
  }),
  dimensions: z.int().min(1).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
});

/** @throws `openai.bad-request` with the place of the first fault, and what `refuseNotDone` throws */
export function parseBody<T extends z.ZodObject>(schema: T, body: unknown): z.output<T> {
  refuseNotDone(body, Object.keys(schema.shape));
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw fail('openai.bad-request', {
    message: `${place === '' ? 'The request' : `"${place}"`} is not as it should be: ${issue?.message ?? 'unknown'}.`,
    mend: 'See OpenAI’s API reference for its form.',
    facts: { param: place },
  });
}

/** Seeds are numbers of 32 bits. Who gives none wants another answer each time, where answers are drawn. */
const seeds = 2 ** 32;

type Body = Pick<ChatBody, keyof typeof common>;
function samplingOf(body: Body, maxTokens: number | null | undefined): Partial<Sampling> {
  if ((body.n ?? 1) !== 1)
    throw fail('openai.bad-request', {
      message: 'One answer is given to a question, not several ("n").',
      mend: 'Ask several times, with other seeds.',
      facts: { param: 'n' },
    });
  return {
    ...given('temperature', body.temperature),
    ...given('topP', body.top_p),
    ...given('topK', body.top_k),
    ...given('minP', body.min_p),
    ...given('maxTokens', maxTokens),
    ...given('presencePenalty', body.presence_penalty),
    ...given('frequencyPenalty', body.frequency_penalty),
    ...given('repeatPenalty', body.repeat_penalty),
    seed: body.seed === null || body.seed === undefined ? randomInt(seeds) : ((body.seed % seeds) + seeds) % seeds,
    ...given('stop', body.stop === null || body.stop === undefined ? undefined : [body.stop].flat()),
  };
}
const given = <K extends string, V>(key: K, value: V | null | undefined): Partial<Record<K, V>> =>
  value === null || value === undefined ? {} : ({ [key]: value } as Record<K, V>);

export interface ChatQuestion {
  request: GenerateRequest;
  /** It must be answered by a call of one of these. */
  mustCall: readonly ToolSpec[];
  /** How many calls the answer may have. */
  mostCalls: number;
}

export function readChat(body: ChatBody): ChatQuestion {
  const format = body.response_format;
  const choice = body.tool_choice;
  const all = (body.tools ?? []).map(({ function: f }): ToolSpec => ({
    name: f.name,
    description: f.description ?? '',
    parameters: f.parameters ?? { type: 'object', properties: {} },
  }));
  const named = typeof choice === 'object' && choice !== null ? choice.function.name : undefined;
  if (named !== undefined && all.every((one) => one.name !== named))
    throw noTool(`"tool_choice" names "${named}", which is none of the tools.`);
  if (choice === 'required' && all.length === 0) throw noTool('"tool_choice" asks for a tool, and there is none.');
  const unheld =
    format?.type === 'json_schema' && format.json_schema.strict === true && unheldWord(format.json_schema.schema);
  if (unheld)
    throw fail('openai.not-done', {
      message: `"${unheld}" in the JSON Schema is more than answers are held to here.`,
      mend: 'Take it out and look at the answers yourself; or ask without "strict", and the rest is kept.',
      facts: { param: 'response_format' },
    });
  const tools = choice === 'none' ? [] : named === undefined ? all : all.filter((one) => one.name === named);
  return {
    mostCalls: body.parallel_tool_calls === false ? 1 : Infinity,
    mustCall: choice === 'required' || named !== undefined ? tools : [],
    request: {
      prompt: { messages: body.messages.map(readMessage) },
      sampling: samplingOf(body, body.max_completion_tokens ?? body.max_tokens),
      ...(format?.type === 'json_schema' ? { schema: format.json_schema.schema } : {}),
      ...(format?.type === 'json_object' ? { schema: { type: 'object', additionalProperties: true } } : {}),
      ...(tools.length === 0 ? {} : { tools }),
    },
  };
}

const noTool = (message: string) =>
  fail('openai.bad-request', { message, mend: 'Give it in "tools".', facts: { param: 'tool_choice' } });

function readMessage({ role, content, name, tool_call_id, tool_calls }: z.output<typeof message>): ChatMessage {
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : (content ?? []);
  const images = parts.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : []));
  return {
    role: role === 'developer' ? 'system' : role,
    content: parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    ...(images.length === 0 ? {} : { images }),
    ...given('name', name),
    ...given('toolCallId', tool_call_id),
    ...given(
      'toolCalls',
      tool_calls?.map((call) => ({ id: call.id, name: call.function.name, arguments: call.function.arguments })),
    ),
  };
}

export const readCompletion = (body: CompletionBody): GenerateRequest => ({
  prompt: { text: typeof body.prompt === 'string' ? body.prompt : (body.prompt[0] ?? '') },
  sampling: samplingOf(body, body.max_tokens),
});

export interface AnswerHead {
  id: string;
  created: number;
  model: string;
}
const finish = (answer: Generation): string => (answer.reason === 'tools' ? 'tool_calls' : answer.reason);
export const usageOf = (answer: Generation) => ({
  prompt_tokens: answer.promptTokens,
  completion_tokens: answer.completionTokens,
  total_tokens: answer.promptTokens + answer.completionTokens,
});
const callsOf = (answer: Generation, prefix: string) =>
  answer.toolCalls.map((call, index) => ({
    index,
    id: `${prefix}-${index}`,
    type: 'function' as const,
    function: { name: call.name, arguments: call.arguments },
  }));

/** No part of OpenAI's form, which lets fields be added: what the answer was drawn from. */
const sourcesOf = ({ sources }: Generation) => (sources === undefined ? {} : { sources });

export const writeChat = (head: AnswerHead, answer: Generation) => ({
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: answer.toolCalls.length > 0 && answer.text === '' ? null : answer.text,
        refusal: null,
        ...sourcesOf(answer),
        ...(answer.toolCalls.length === 0
          ? {}
          : { tool_calls: callsOf(answer, head.id).map(({ index: _index, ...call }) => call) }),
      },
      logprobs: null,
      finish_reason: finish(answer),
    },
  ],
  usage: usageOf(answer),
});
export const writeChatPiece = (head: AnswerHead, delta: Record<string, unknown>, reason: string | null = null) => ({
  ...head,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
});
export const writeChatEnd = (head: AnswerHead, answer: Generation) =>
  writeChatPiece(
    head,
    { ...sourcesOf(answer), ...(answer.toolCalls.length === 0 ? {} : { tool_calls: callsOf(answer, head.id) }) },
    finish(answer),
  );

export const writeCompletion = (
  head: AnswerHead,
  text: string,
  reason: string | null,
  usage?: ReturnType<typeof usageOf>,
) => ({
  ...head,
  object: 'text_completion',
  choices: [{ index: 0, text, logprobs: null, finish_reason: reason }],
  ...(usage === undefined ? {} : { usage }),
});

export function writeEmbeddings(model: string, vectors: readonly Float32Array[], base64: boolean, tokens: number) {
  return {
    object: 'list',
    model,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: base64
        ? Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')
        : [...vector],
    })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
