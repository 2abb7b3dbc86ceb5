/** A cell as a prompt: a conversation where it is a JSON list of messages (as `language.prompt` writes it), else one text. */
import { fail } from '../../shared/errors.ts';
import { chatMessage, type ChatMessage, type GenerateRequest } from '../../shared/language-model.ts';
import * as z from 'zod';

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
 * @throws `language.not-a-text`
 */
export function readPrompt(cell: string, how: 'answer' | 'continue'): GenerateRequest['prompt'] {
  const messages = readConversation(cell);
  if (how === 'answer') return { messages: messages ?? [{ role: 'user', content: cell }] };
  if (messages !== undefined)
    throw fail('language.not-a-text', {
      message: 'The cell holds a conversation, which cannot be gone on from as a text.',
      mend: 'Let the model answer it, or give the column of the text.',
    });
  return { text: cell };
}
