import type { SqlValue } from '../../shared/sql.ts';
import { fail } from '../../shared/errors.ts';
import type { ChatMessage } from '../../shared/language-model.ts';
import { readConversation } from '../language/read-prompt.ts';

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

/** One column with JSON lists of messages. @throws `finetune.not-a-conversation` with the first such cell */
export function cellConversations(
  cells: readonly SqlValue[],
  system: string,
  column: string,
): { conversations: ChatMessage[][]; missing: number } {
  const conversations: ChatMessage[][] = [];
  let missing = 0;
  for (const cell of cells) {
    const text = textOf(cell);
    const read = text.trim() === '' ? undefined : readConversation(unwrapped(text));
    if (text.trim() === '') missing++;
    else if (read === undefined)
      throw fail('finetune.not-a-conversation', {
        message: `The column “${column}” holds a cell that is no conversation: “${text.slice(0, 60)}”.`,
        mend: 'Give a JSON list of messages with role and content in each cell, or choose two columns.',
        column,
      });
    else conversations.push(withSystem(read, system));
  }
  return { conversations, missing };
}

/** `{"messages": […]}`, as files for fine-tuning have it, or the list itself. */
function unwrapped(text: string): string {
  if (!text.trimStart().startsWith('{')) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && 'messages' in parsed
      ? JSON.stringify(parsed.messages)
      : text;
  } catch {
    return text;
  }
}

const withSystem = (messages: readonly ChatMessage[], system: string): ChatMessage[] =>
  system.trim() === '' || messages.some(({ role }) => role === 'system')
    ? [...messages]
    : [{ role: 'system', content: system }, ...messages];
