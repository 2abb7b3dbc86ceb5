/** Conversations as chat logs and files for fine-tuning have them: OpenAI's messages (`role`, `content`) and ShareGPT's turns (`from`, `value`). */
import * as z from 'zod';
import type { ChatMessage } from '../../shared/language/language-model.ts';

const part = z.object({ type: z.string(), text: z.string().nullish() });
/** As JSON text, or as the object itself; of one in a column of structures, what it lacks is null. */
const callArguments = z
  .union([z.string(), z.record(z.string(), z.json())])
  .transform((given) =>
    typeof given === 'string'
      ? given
      : JSON.stringify(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null))),
  );
const called = z.object({ name: z.string(), arguments: callArguments });
const call = z.object({ id: z.string().nullish(), function: called });
/** What a column of structures lacks in one row is null there. Other keys are left aside. */
const turn = z.object({
  role: z.string().nullish(),
  from: z.string().nullish(),
  content: z.union([z.string(), z.array(part)]).nullish(),
  value: z.string().nullish(),
  name: z.string().nullish(),
  tool_calls: z.array(call).nullish(),
  /** As OpenAI wrote calls before tools. */
  function_call: called.nullish(),
  /** OpenAI's: 0 for an answer that stands in the conversation and is not to be learnt. */
  weight: z.number().nullish(),
  toolCalls: z.array(z.object({ id: z.string(), name: z.string(), arguments: z.string() })).nullish(),
  tool_call_id: z.string().nullish(),
  toolCallId: z.string().nullish(),
});
const turns = z.array(turn).min(1);
const log = z.union([
  turns,
  z.object({ messages: turns }).transform(({ messages }) => messages),
  z.object({ conversations: turns }).transform(({ conversations }) => conversations),
]);

/** A message, and whether it is told not to learn it. */
export type LoggedMessage = ChatMessage & { unlearnt?: true };

/** The names that makers of chat logs have for the four. */
const roles: Readonly<Record<string, ChatMessage['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  gpt: 'assistant',
  bot: 'assistant',
  model: 'assistant',
  chatgpt: 'assistant',
  tool: 'tool',
  function: 'tool',
  function_response: 'tool',
  observation: 'tool',
};

/** @returns `undefined` where the text is no list of messages, words where one of them cannot be learnt from */
export function readChatLog(json: string): LoggedMessage[] | string | undefined {
  const read = log.safeParse(parsed(json));
  if (!read.success) return undefined;
  const messages: LoggedMessage[] = [];
  for (const said of read.data) {
    const message = messageOf(said);
    if (typeof message === 'string') return message;
    messages.push(message);
  }
  return messages;
}

function messageOf(said: z.output<typeof turn>): LoggedMessage | string {
  const speaker = said.role ?? said.from ?? '';
  const role = roles[speaker.trim().toLowerCase()];
  if (role === undefined) return speaker === '' ? 'a message has no role' : `nobody knows the role “${speaker}”`;
  const written = said.content ?? said.value ?? '';
  if (typeof written !== 'string' && written.some(({ text }) => typeof text !== 'string'))
    return 'a message has parts that are no text';
  const calls =
    said.toolCalls ??
    said.tool_calls?.map((one, i) => ({ id: one.id ?? `call_${i}`, ...one.function })) ??
    (said.function_call ? [{ id: 'call_0', ...said.function_call }] : undefined);
  const answers = said.toolCallId ?? said.tool_call_id;
  return {
    role,
    content: typeof written === 'string' ? written : written.map(({ text }) => text ?? '').join(''),
    ...(said.name ? { name: said.name } : {}),
    ...(calls === undefined || calls.length === 0 ? {} : { toolCalls: calls }),
    ...(answers ? { toolCallId: answers } : {}),
    ...(said.weight === 0 ? { unlearnt: true } : {}),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
