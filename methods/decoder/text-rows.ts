import type { TokenRow } from '../../shared/decoder.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/**
 * Texts as rows that are learnt whole: each text begins with the token that begins a text and ends with the one that ends it; a text that is longer than a
 * row goes on in the next, with its last token again at the beginning, so that every token but a text's first is predicted once.
 *
 * @param length tokens a row at most
 */
export function textRows(texts: Iterable<string>, { encode, vocabulary }: Tokenizer, length: number): TokenRow[] {
  const rows: TokenRow[] = [];
  for (const text of texts) {
    const ids = [...(vocabulary.begin === null ? [] : [vocabulary.begin]), ...encode(text)];
    if (vocabulary.end !== null) ids.push(vocabulary.end);
    for (let from = 0; from + 1 < ids.length; from += length - 1) {
      const part = ids.slice(from, from + length);
      rows.push({ ids: part, trained: part.map((_, i) => i > 0) });
    }
  }
  return rows;
}
