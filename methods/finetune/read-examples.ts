import type { SqlValue } from '../../shared/sql.ts';
import { fail } from '../../shared/errors.ts';
import type { ChatMessage } from '../../shared/language-model.ts';
import { readConversation } from '../language/read-prompt.ts';
import { readChatLog } from './read-chat-log.ts';

const textOf = (value: SqlValue | undefined): string => (value === null || value === undefined ? '' : String(value));

/**
 * Two columns as conversations: what is asked (a text, or a conversation that `language.prompt` made) and what should be answered. Rows without one of the
 * two are counted, not learnt.
 */
export function pairConversations(
  questions: readonly SqlValue[],
  answers: readonly SqlValue[],
  system: string,
): { conversations: ChatMessage[][]; missing: number } {
  const conversations: ChatMessage[][] = [];
  let missing = 0;
  for (const [i, question] of questions.entries()) {
    const asked = textOf(question);
    const answer = textOf(answers[i]);
    if (asked.trim() === '' || answer.trim() === '') missing++;
    else {
      const before = readConversation(asked) ?? [{ role: 'user' as const, content: asked }];
      conversations.push([...withSystem(before, system), { role: 'assistant', content: answer }]);
    }
  }
  return { conversations, missing };
}

/** One column with lists of messages, as JSON. @throws `finetune.not-a-conversation` with the first cell that holds none */
export function cellConversations(
  cells: readonly SqlValue[],
  system: string,
  column: string,
): { conversations: ChatMessage[][]; missing: number } {
  const conversations: ChatMessage[][] = [];
  let missing = 0;
  for (const cell of cells) {
    const text = textOf(cell).trim();
    const read = text === '' ? undefined : readChatLog(text);
    if (text === '') missing++;
    else if (read === undefined || typeof read === 'string')
      throw fail('finetune.not-a-conversation', {
        message: `The column “${column}” holds a cell that is no conversation${read === undefined ? '' : ` (${read})`}: “${text.slice(0, 60)}”.`,
        mend: 'Give a list of messages with role and content (or from and value) in each cell, or choose two columns.',
        column,
      });
    else conversations.push(withSystem(read, system));
  }
  return { conversations, missing };
}

const withSystem = (messages: readonly ChatMessage[], system: string): ChatMessage[] =>
  system.trim() === '' || messages.some(({ role }) => role === 'system')
    ? [...messages]
    : [{ role: 'system', content: system }, ...messages];
