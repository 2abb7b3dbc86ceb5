/** Tokens as they come, as text: a character whose bytes are spread over tokens is shown when it is whole. */
import type { LlamaModel, Token } from 'node-llama-cpp';

export interface TokenText {
  push: (token: Token) => string;
  rest: () => string;
}

/** More tokens than that make no character of UTF-8: what is still broken then is broken for good. */
const longestCharacter = 5;
const broken = '\uFFFD';

export function readTokens(model: Pick<LlamaModel, 'detokenize'>): TokenText {
  let pending: Token[] = [];
  let before: Token[] = [];
  const take = (): string => {
    const text = model.detokenize(pending, false, before);
    before = [...before, ...pending].slice(-4);
    pending = [];
    return text;
  };
  return {
    push: (token) => {
      pending.push(token);
      if (pending.length < longestCharacter && model.detokenize(pending, false, before).endsWith(broken)) return '';
      return take();
    },
    rest: () => (pending.length === 0 ? '' : take()),
  };
}
