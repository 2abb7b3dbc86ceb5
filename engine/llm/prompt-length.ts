/** How long a prompt may be before anybody counts its tokens: counting a text of megabytes takes seconds, and its length alone tells that no context holds it. */
import { fail } from '../../shared/errors.ts';
import type { ChatMessage, ToolSpec } from '../../shared/language/language-model.ts';

/** The longest tokens of vocabularies are runs of spaces and dashes; a context full of them is no prompt. */
const charactersPerToken = 32;
/** Of a text that is read window by window: about two thousand pages. */
const mostScored = 4_000_000;

export const mostCharacters = (contextTokens: number): number => contextTokens * charactersPerToken;

/** Of all that a template may write: words, calls, tools. A message costs a token at least, also an empty one. */
export const conversationLength = (messages: readonly ChatMessage[], tools: readonly ToolSpec[] = []): number =>
  messages.reduce(
    (sum, { content, toolCalls = [] }) =>
      sum +
      content.length +
      charactersPerToken +
      toolCalls.reduce((more, call) => more + call.name.length + call.arguments.length, 0),
    tools.length === 0 ? 0 : JSON.stringify(tools).length,
  );

/** @throws `language.too-long` */
export function checkLength(characters: number, contextTokens: number, what = 'prompt'): void {
  const most = mostCharacters(contextTokens);
  if (characters <= most) return;
  throw fail('language.too-long', {
    message: `The ${what} has ${characters.toLocaleString('en-US')} characters; the context of ${contextTokens.toLocaleString('en-US')} tokens takes at most ${most.toLocaleString('en-US')}.`,
    mend: 'Shorten it or cut it into pieces, or give the model a longer context.',
    facts: { characters, mostCharacters: most, contextTokens },
  });
}

/** @throws `language.too-long` */
export function checkScored(characters: number): void {
  if (characters <= mostScored) return;
  throw fail('language.too-long', {
    message: `The text has ${characters.toLocaleString('en-US')} characters; at most ${mostScored.toLocaleString('en-US')} are read at once.`,
    mend: 'Cut it into pieces (Chunk texts).',
    facts: { characters, mostCharacters: mostScored },
  });
}
