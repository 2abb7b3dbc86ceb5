import type { PartitionName, TableInput } from '../../shared/capabilities.ts';
import type { TokenRow } from '../../shared/decoder.ts';
import { fail, FlowyardError } from '../../shared/errors.ts';
import type { PromptPart, RenderJob } from '../../shared/language/language-model.ts';
import type { LoggedMessage } from '../language/read-chat-log.ts';
import { id, raw, sql, type SqlValue } from '../../shared/sql.ts';
import { partitionColumn, rowColumn, typeFamily } from '../../shared/wires.ts';
import { textRows } from '../decoder/text-rows.ts';
import { type ChatFormat, isLearnt, promptJobs, roundTrips, rowOf } from './chat-format.ts';
import { cellConversations, pairConversations } from './read-examples.ts';

export interface ExampleSettings {
  readonly examples: 'pair' | 'conversation';
  readonly question: string;
  readonly answer: string;
  readonly conversation: string;
  readonly system: string;
  readonly learn: 'answers' | 'all';
}

export interface Examples {
  readonly conversations: readonly (readonly LoggedMessage[])[];
  readonly rows: readonly TokenRow[];
  /** What a person finds an example by. */
  readonly names: readonly string[];
  /** Rows of the table without a question, or without an answer to learn. */
  readonly missing: number;
  /** Answers within the examples that are empty, or told not to be learnt. */
  readonly unlearnt: number;
}

/** Conversations as the model's template writes them. */
export type RenderPrompts = (jobs: readonly RenderJob[]) => Promise<PromptPart[][]>;

/** The examples of one partition as tokens. @throws `finetune.no-examples`, and as `conversationRow` */
export async function readExamples(
  table: TableInput,
  partition: PartitionName,
  p: ExampleSettings,
  format: ChatFormat,
  render: RenderPrompts,
): Promise<Examples> {
  const column = (name: string) => table.values({ column: name, partition });
  // Split ranks rows by their hash: their numbers say nothing there.
  const isNumbered = !table.schema.split;
  const {
    conversations: read,
    places,
    missing,
  } = p.examples === 'pair'
    ? pairConversations(await column(p.question), await column(p.answer), p.system)
    : cellConversations(
        await conversationCells(table, p.conversation, partition),
        p.system,
        p.conversation,
        isNumbered,
      );
  const conversations = format.template.includes('tool_calls') ? read : read.map((one) => one.map(callsAsText));
  const names = conversations.map((messages, i) => {
    const [first] = messages.filter(({ role }) => role !== 'system');
    const quoted = `“${(first?.content ?? '').slice(0, 60)}”`;
    return isNumbered ? `row ${(places[i] ?? 0) + 1} (${quoted})` : quoted;
  });
  const rows: TokenRow[] = [];
  for (const [i, messages] of conversations.entries()) {
    const row = await named(names[i] ?? '', async () =>
      rowOf(messages, format, await render(promptJobs(messages, format))),
    );
    rows.push(p.learn === 'all' ? { ...row, trained: row.ids.map((_, at) => at > 0) } : row);
  }
  const answers = conversations.flat().filter(({ role }) => role === 'assistant');
  const unlearnt = answers.filter((answer) => !isLearnt(answer)).length;
  return { conversations, rows, names, missing, unlearnt };
}

/** Says which example it was. */
async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FlowyardError)) throw error;
    const message = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}: ${error.problem.message}`;
    throw new FlowyardError({ ...error.problem, message }, { cause: error });
  }
}

/** A template that knows no calls would leave them out, and an empty answer would be learnt: they are written as they are read from an answer (`tool-calls.ts`). */
function callsAsText({ toolCalls = [], ...message }: LoggedMessage): LoggedMessage {
  if (toolCalls.length === 0) return message;
  const calls = toolCalls.map(
    (call) => `<tool_call>{"name": ${JSON.stringify(call.name)}, "arguments": ${call.arguments}}</tool_call>`,
  );
  return { ...message, content: [message.content, ...calls].filter((text) => text !== '').join('\n') };
}

/** A list of structures, as JSON files with conversations give it, becomes JSON again. */
async function conversationCells(table: TableInput, name: string, partition: PartitionName): Promise<SqlValue[]> {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined || typeFamily(column.type) !== 'other') return table.values({ column: name, partition });
  const { split } = table.schema;
  const some = split && partition !== 'all' ? sql` WHERE ${id(partitionColumn)} = ${partition}` : raw('');
  const order = split ? sql` ORDER BY ${id(rowColumn)}` : raw('');
  const rows = await table.query(
    sql`SELECT CAST(to_json(${id(name)}) AS VARCHAR) AS chat FROM ${table.ref}${some}${order}`,
  );
  return rows.map((row) => row['chat'] ?? null);
}

/** Texts that are learnt, or measured, whole. */
export async function readTexts(
  table: TableInput,
  column: string,
  format: ChatFormat,
  length: number,
): Promise<TokenRow[]> {
  const cells = await table.values({ column, partition: 'all' });
  const texts = cells.flatMap((cell) => (cell === null || String(cell).trim() === '' ? [] : [String(cell)]));
  // A text goes on in life: its end is not taught.
  const { vocabulary } = format.tokenizer;
  return textRows(texts, { ...format.tokenizer, vocabulary: { ...vocabulary, end: null } }, length);
}

/** How many of the conversations come back from their tokens as the template wrote them. @throws `finetune.round-trip` when none does */
export async function provenRoundTrips(
  { conversations, rows }: Examples,
  format: ChatFormat,
  render: RenderPrompts,
): Promise<{ same: number; tried: number }> {
  const tried = Math.min(50, rows.length);
  const options = { bos: format.bos, eos: format.eos, addGenerationPrompt: false };
  const whole = await render(conversations.slice(0, tried).map((messages) => ({ messages, options })));
  let same = 0;
  for (let i = 0; i < tried; i++) {
    const [row, written] = [rows[i], whole[i]];
    if (row && written && roundTrips(row, written, format)) same++;
  }
  if (tried > 0 && same === 0)
    throw fail('finetune.round-trip', {
      message: 'The tokens of the examples do not give back the text that the chat template writes.',
      mend: 'Use another conversion of the model, or give a chat template that fits it.',
      port: 'llm',
    });
  return { same, tried };
}
