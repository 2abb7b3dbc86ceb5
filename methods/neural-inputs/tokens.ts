/**
 * Words of a text: runs of letters and digits, and every other sign by itself. The same expression is carried out by the exported file (onnxruntime's Tokenizer),
 * so nothing here depends on a language; spellings are folded by the vocabulary, which knows each that training saw.
 */
export const tokenPattern = String.raw`[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]`;

/** The first `most` tokens. */
export function tokensOf(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const tokens: string[] = [];
  for (const [token] of text.matchAll(new RegExp(tokenPattern, 'gu'))) {
    if (tokens.length >= most) break;
    tokens.push(token);
  }
  return tokens;
}

export interface VocabularyOptions {
  /** Codes at most, the two for filling and for other words included. */
  size: number;
  /** A word that training saw less often is not learnt. */
  leastOften: number;
}

/**
 * Words by how often they occur, the more frequent first, equal ones by code point. Spellings that differ in case alone share a code.
 * Codes: 0 fills up, 1 is for other words.
 */
export function fitVocabulary(
  texts: readonly (string | null)[],
  { size, leastOften }: VocabularyOptions,
): { words: [string, number][]; vocabulary: number } {
  const counts = new Map<string, number>();
  const spellings = new Map<string, Set<string>>();
  for (const text of texts)
    for (const token of tokensOf(text ?? '')) {
      const word = token.toLowerCase();
      counts.set(word, (counts.get(word) ?? 0) + 1);
      let own = spellings.get(word);
      if (own === undefined) spellings.set(word, (own = new Set([word])));
      own.add(token);
    }
  const chosen = [...counts]
    .filter(([, count]) => count >= leastOften)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, Math.max(0, size - 2));
  // A spelling that is another word's own (ẞ and ß) keeps that word's code.
  const words = new Map<string, number>();
  chosen.forEach(([word], i) => words.set(word, i + 2));
  chosen.forEach(([word], i) => {
    for (const spelling of [...(spellings.get(word) ?? [])].sort())
      if (!words.has(spelling)) words.set(spelling, i + 2);
  });
  return { words: [...words], vocabulary: chosen.length + 2 };
}
