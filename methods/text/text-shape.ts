/** What a text is like without any reference: variety, repetition, readability. */
import { countNgrams, totalOf } from './count-ngrams.ts';

/** Runs of letters, marks and digits in lower case, with apostrophes and hyphens inside: don't, well-known. */
export const plainWords = (text: string): string[] =>
  text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*/gu) ?? [];

/**
 * distinct-n (Li et al., 2016): different n-grams over all n-grams of all texts together, 0 to 1; NaN where there are none. n-grams do not reach from a text into
 * the next.
 */
export function distinctNgrams(texts: readonly string[], order: number): number {
  const all = new Map<string, number>();
  for (const text of texts)
    for (const [gram, count] of countNgrams(plainWords(text), order, ' ')) all.set(gram, (all.get(gram) ?? 0) + count);
  return all.size === 0 ? NaN : all.size / totalOf(all);
}

/** The share of a text's n-grams that stood in it before: 0 for a text that never says anything twice, near 1 for a loop. 0 where there are none. */
export function repetition(text: string, order = 4): number {
  const counts = countNgrams(plainWords(text), order, ' ');
  const total = totalOf(counts);
  return total === 0 ? 0 : 1 - counts.size / total;
}

export interface Readability {
  words: number;
  sentences: number;
  syllables: number;
  /** Flesch (1948): 206.835 − 1.015 words/sentence − 84.6 syllables/word; higher is easier. NaN without words. */
  readingEase: number;
  /** Kincaid et al. (1975): 0.39 words/sentence + 11.8 syllables/word − 15.59; years of school in the United States. NaN without words. */
  gradeLevel: number;
  /** Coleman and Liau (1975): 0.0588 letters per 100 words − 0.296 sentences per 100 words − 15.8; needs no syllables. NaN without words. */
  colemanLiau: number;
}

/** English: syllables are counted by its spelling. */
export function readability(text: string): Readability {
  const words = plainWords(text);
  const sentences = Math.max(1, splitSentences(text).length);
  const syllables = words.reduce((sum, word) => sum + countSyllables(word), 0);
  const letters = words.reduce((sum, word) => sum + (word.match(/[\p{L}\p{N}]/gu)?.length ?? 0), 0);
  const [length, load] = [words.length / sentences, syllables / words.length];
  if (words.length === 0)
    return { words: 0, sentences: 0, syllables: 0, readingEase: NaN, gradeLevel: NaN, colemanLiau: NaN };
  return {
    words: words.length,
    sentences,
    syllables,
    readingEase: 206.835 - 1.015 * length - 84.6 * load,
    gradeLevel: 0.39 * length + 11.8 * load - 15.59,
    colemanLiau: (0.0588 * letters * 100) / words.length - (0.296 * sentences * 100) / words.length - 15.8,
  };
}

/**
 * By rule: each run of vowels is a syllable, a silent e at the end is none (but -le behind a consonant is), -ed is one only behind t and d, -es only behind a hissing
 * sound; at least one. About one word in ten of a dictionary is counted otherwise.
 */
export function countSyllables(word: string): number {
  const plain = word
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z]/g, '');
  if (plain.length <= 2) return 1;
  const spoken = plain
    .replace(/(?<![td])ed$/, 'd')
    .replace(/(?<!s|x|z|ch|sh|c|g)es$/, 's')
    .replace(/(?<![^aeiouy]l)e$/, '');
  const runs = spoken.match(/[aeiouy]+/g)?.length ?? 0;
  const split = spoken.match(/(?:ia(?!n$|l$)|io(?!n|u)|(?<!p)eo(?!u)|ua(?!r)|iu|ying)/g)?.length ?? 0;
  return Math.max(1, runs + split);
}

/** Abbreviations behind which a full stop ends no sentence. */
const abbreviations =
  /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|vs|etc|e\.g|i\.e|cf|no|fig|approx|inc|ltd|u\.s|u\.k|bzw|z\.b|usw|ca|nr|[a-z])\.$/i;

export interface Span {
  text: string;
  /** Places in the text, in UTF-16 units: `text.slice(start, end)`. */
  start: number;
  end: number;
}

/** Sentences with their places: they end at . ! ? … and their like in other scripts (with quotes and brackets behind), or at an empty line. Abbreviations and numbers end none. */
export function splitSentences(text: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  const add = (to: number): void => {
    const piece = text.slice(from, to);
    const start = from + (piece.length - piece.trimStart().length);
    const kept = piece.trim();
    if (kept !== '') spans.push({ text: kept, start, end: start + kept.length });
    from = to;
  };
  for (const match of text.matchAll(/[.!?…]+["'”’»)\]]*(?=\s|$)|[。！？｡]+["'”’」』）]*|\n\s*\n/g)) {
    const end = match.index + match[0].length;
    if (
      match[0].startsWith('.') &&
      abbreviations.test(text.slice(Math.max(from, end - 12), end).trim()) &&
      end < text.length
    )
      continue;
    add(end);
  }
  add(text.length);
  return spans;
}
