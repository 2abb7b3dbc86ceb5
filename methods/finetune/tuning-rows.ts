import type { PartitionName, TableInput } from '../../shared/capabilities.ts';
import type { TokenRow } from '../../shared/decoder.ts';
import { fail } from '../../shared/errors.ts';
import type { ChatMessage } from '../../shared/language-model.ts';
import { textRows } from '../decoder/text-rows.ts';
import { type ChatFormat, conversationRow, roundTrips } from './chat-format.ts';
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
  readonly conversations: readonly (readonly ChatMessage[])[];
  readonly rows: readonly TokenRow[];
  /** Rows of the table without a question or an answer. */
  readonly missing: number;
}

/** The examples of one partition as tokens. @throws `finetune.no-examples`, and as `conversationRow` */
export async function readExamples(
  table: TableInput,
  partition: PartitionName,
  p: ExampleSettings,
  format: ChatFormat,
): Promise<Examples> {
  const column = (name: string) => table.values({ column: name, partition });
  const { conversations, missing } =
    p.examples === 'pair'
      ? pairConversations(await column(p.question), await column(p.answer), p.system)
      : cellConversations(await column(p.conversation), p.system, p.conversation);
  const rows = conversations.map((messages) => {
    const row = conversationRow(messages, format);
    return p.learn === 'all' ? { ...row, trained: row.ids.map((_, i) => i > 0) } : row;
  });
  return { conversations, rows, missing };
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
export function provenRoundTrips(
  { conversations, rows }: Examples,
  format: ChatFormat,
): { same: number; tried: number } {
  const tried = Math.min(50, rows.length);
  let same = 0;
  for (let i = 0; i < tried; i++) {
    const [row, messages] = [rows[i], conversations[i]];
    if (row && messages && roundTrips(row, messages, format)) same++;
  }
  if (tried > 0 && same === 0)
    throw fail('finetune.round-trip', {
      message: 'The tokens of the examples do not give back the text that the chat template writes.',
      mend: 'Use another conversion of the model, or give a chat template that fits it.',
      port: 'llm',
    });
  return { same, tried };
}
