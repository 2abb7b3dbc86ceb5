import type { SqlValue } from '../../shared/sql.ts';
import { fail } from '../../shared/errors.ts';
import type { ChatMessage } from '../../shared/language/language-model.ts';
import { readConversation } from '../language/read-prompt.ts';
import { readChatLog, type LoggedMessage } from '../language/read-chat-log.ts';
import { isLearnt } from './chat-format.ts';

const textOf = (value: SqlValue | undefined): string => (value === null || value === undefined ? '' : String(value));

export interface ReadConversations {
  conversations: LoggedMessage[][];
  /** Where each stands among the cells. */
  places: number[];
  /** Cells without a question, or without an answer to learn. */
  missing: number;
}

/**
 * Two columns as conversations: what is asked (a text, or a conversation that `language.prompt` made) and what should be answered. Rows without one of the
 * two are counted, not learnt.
 */
export function pairConversations(
  questions: readonly SqlValue[],
  answers: readonly SqlValue[],
  system: string,
): ReadConversations {
  const conversations: ChatMessage[][] = [];
  const places: number[] = [];
  let missing = 0;
  for (const [i, question] of questions.entries()) {
    const asked = textOf(question);
    const answer = textOf(answers[i]);
    if (asked.trim() === '' || answer.trim() === '') missing++;
    else {
      const before = readConversation(asked) ?? [{ role: 'user' as const, content: asked }];
      conversations.push([...withSystem(before, system), { role: 'assistant', content: answer }]);
      places.push(i);
    }
  }
  return { conversations, places, missing };
}

/** One column with lists of messages, as JSON. @param isNumbered the cells stand as the rows of the table do @throws `finetune.not-a-conversation` with the first cell that holds none */
export function cellConversations(
  cells: readonly SqlValue[],
  system: string,
  column: string,
  isNumbered = false,
): ReadConversations {
  const conversations: LoggedMessage[][] = [];
  const places: number[] = [];
  let missing = 0;
  for (const [i, cell] of cells.entries()) {
    const text = textOf(cell).trim();
    const read = text === '' ? undefined : readChatLog(text);
    if (text === '') missing++;
    else if (read === undefined || typeof read === 'string')
      throw fail('finetune.not-a-conversation', {
        message: `${isNumbered ? `In row ${i + 1} the` : 'The'} column “${column}” holds a cell that is no conversation${read === undefined ? '' : ` (${read})`}: “${text.slice(0, 60)}”.`,
        mend: 'Give a list of messages with role and content (or from and value) in each cell, or choose two columns.',
        column,
      });
    else if (!read.some(isLearnt)) missing++;
    else {
      conversations.push(withSystem(read, system));
      places.push(i);
    }
  }
  return { conversations, places, missing };
}

const withSystem = <M extends ChatMessage>(messages: readonly M[], system: string): (M | ChatMessage)[] =>
  system.trim() === '' || messages.some(({ role }) => role === 'system')
    ? [...messages]
    : [{ role: 'system', content: system }, ...messages];
