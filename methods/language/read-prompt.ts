/** A cell as a prompt: a conversation where it is a JSON list of messages (as `language.prompt` writes it), else one text. */
import { fail } from '../../shared/errors.ts';
import { chatMessage, type ChatMessage, type GenerateRequest } from '../../shared/language/language-model.ts';
import * as z from 'zod';
import { readChatLog } from './read-chat-log.ts';

const conversation = z.array(chatMessage).min(1);

export function readConversation(cell: string): ChatMessage[] | undefined {
  if (!cell.trimStart().startsWith('[{')) return undefined;
  try {
    const parsed = conversation.safeParse(JSON.parse(cell));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param how `answer`: a text is the user's message. `continue`: a text is gone on from as it stands; a conversation is refused.
 * @param isLog the cell was a list of structures, as chat logs are read: it is a conversation or a mistake
 * @throws `language.not-a-text`, `language.not-a-conversation`
 */
export function readPrompt(cell: string, how: 'answer' | 'continue', isLog = false): GenerateRequest['prompt'] {
  const messages = isLog ? messagesOfLog(cell) : readConversation(cell);
  if (how === 'answer') return { messages: messages ?? [{ role: 'user', content: cell }] };
  if (messages !== undefined)
    throw fail('language.not-a-text', {
      message: 'The cell holds a conversation, which cannot be gone on from as a text.',
      mend: 'Let the model answer it, or give the column of the text.',
    });
  return { text: cell };
}

function messagesOfLog(cell: string): ChatMessage[] {
  const read = readChatLog(cell);
  if (Array.isArray(read)) return read.map(({ unlearnt: _unlearnt, ...message }) => message);
  throw fail('language.not-a-conversation', {
    message: `The cell is no conversation${read === undefined ? '' : ` (${read})`}: “${cell.slice(0, 60)}”.`,
    mend: 'Give a list of messages with role and content (or from and value), or a text.',
  });
}
