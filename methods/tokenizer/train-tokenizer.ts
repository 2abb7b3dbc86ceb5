import { byteCharacters, toByteCharacters } from './byte-alphabet.ts';
import { splitWords } from './split-words.ts';
import { tokenKinds, type Vocabulary } from './tokenizer.ts';

export interface TokenizerSettings {
  /** Tokens in all, the special ones and the 256 bytes among them. Fewer come out where the text has no pair twice. */
  readonly tokens: number;
  /** Control tokens, first in the vocabulary. */
  readonly specials: readonly string[];
  readonly begin: string;
  readonly end: string;
}

/**
 * Learns a byte-level byte-pair vocabulary (Gage 1994; Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units", 2016):
 * again and again the commonest pair of neighbours within words becomes a token. Ties go to the pair that is first in the order of its characters, so that
 * equal texts give equal vocabularies. Words are cut as GPT-2 cuts them.
 */
export function trainTokenizer(texts: Iterable<string>, settings: TokenizerSettings): Vocabulary {
  const words = countWords(texts);
  const most = Math.max(0, settings.tokens - settings.specials.length - byteCharacters.length);
  const { merges, pieces } = learnMerges(words, most);
  const tokens = [...settings.specials, ...byteCharacters, ...pieces];
  return {
    form: 'bytes',
    tokens,
    kinds: tokens.map((_, id) => (id < settings.specials.length ? tokenKinds.control : tokenKinds.normal)),
    merges,
    scores: [],
    family: 'gpt-2',
    spaceBefore: false,
    begin: settings.specials.indexOf(settings.begin),
    end: settings.specials.indexOf(settings.end),
    addBegin: true,
  };
}

interface Word {
  pieces: string[];
  count: number;
}

function countWords(texts: Iterable<string>): Word[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of splitWords(text, 'gpt-2')) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => ({ pieces: Array.from(toByteCharacters(word)), count }));
}

interface Pair {
  count: number;
  words: Set<Word>;
}

function learnMerges(words: readonly Word[], most: number): { merges: string[]; pieces: Set<string> } {
  const pairs = new Map<string, Pair>();
  const change = (word: Word, sign: 1 | -1): void => {
    for (let i = 0; i + 1 < word.pieces.length; i++) {
      const pair = `${word.pieces[i]} ${word.pieces[i + 1]}`;
      const found: Pair = pairs.get(pair) ?? { count: 0, words: new Set() };
      found.count += sign * word.count;
      if (sign === 1) found.words.add(word);
      pairs.set(pair, found);
    }
  };
  for (const word of words) change(word, 1);
  const merges: string[] = [];
  // Two pairs may make the same piece: both are merges, and the piece has one place in the vocabulary.
  const pieces = new Set<string>();
  while (pieces.size < most) {
    const best = commonest(pairs);
    if (best === undefined) break;
    const [pair, { words: holders }] = best;
    merges.push(pair);
    pieces.add(pair.replace(' ', ''));
    const [left = '', right = ''] = pair.split(' ');
    for (const word of holders) {
      change(word, -1);
      word.pieces = mergedPieces(word.pieces, left, right);
      change(word, 1);
    }
    pairs.delete(pair);
  }
  return { merges, pieces };
}

function commonest(pairs: ReadonlyMap<string, Pair>): [string, Pair] | undefined {
  let best: [string, Pair] | undefined;
  for (const entry of pairs) {
    const [pair, { count }] = entry;
    if (count < 2) continue;
    if (best === undefined || count > best[1].count || (count === best[1].count && pair < best[0])) best = entry;
  }
  return best;
}

function mergedPieces(pieces: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i] ?? '';
    if (piece === left && pieces[i + 1] === right) {
      merged.push(left + right);
      i++;
    } else merged.push(piece);
  }
  return merged;
}
