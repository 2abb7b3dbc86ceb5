/** Finds things by what people call them: whole phrases before parts of them, and what is misspelt where nothing is called so. */
import MiniSearch from 'minisearch';
import { porterStem } from '../methods/text/porter-stemmer.ts';

export interface Phrase<As extends string> {
  text: string;
  /** What it is: a title, a synonym, … */
  as: As;
  /** From 0 to 1: what a phrase that is the whole query counts. */
  weight: number;
}
export interface PhraseHit<T, As extends string> {
  item: T;
  /** From 0 to 1; 1: the query is its title. */
  score: number;
  /** The phrase that tells most of the query. */
  by: Phrase<As>;
}
export interface PhraseFinder<T, As extends string> {
  /** All that have at least half of what was asked, best first. */
  find: (text: string) => PhraseHit<T, As>[];
  /** Somebody calls something so: it is not misspelt. */
  isNamed: (word: string) => boolean;
}

/** Words that say little where others stand beside them. */
const littleWords = new Set(
  'a all an and any are as at be by can data do for from how i in into is it its make my node of on one or please some that the them then these this to use using want what with'.split(
    ' ',
  ),
);

const isLittle = (word: string): boolean => littleWords.has(word) || /^\d+$/.test(word);

/** `StandardScaler`, `drop_duplicates`, `k-fold` and `R²` as their words. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}|['’]/gu, '')
    .replaceAll(/(\p{Ll})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** British and American spellings as one, without endings. Marked, so that it never meets a word that somebody typed. */
const stemOf = (word: string): string =>
  `=${porterStem(
    word
      .replace(/([iy])s(?=(e|ed|er|es|ing|ation|ations)$)/, '$1z')
      .replace(/our(?=(s|ed|ing)?$)/, 'or')
      .replace(/ll(?=(ed|er|ing)$)/, 'l'),
  )}`;

/** Neighbours written as one: "group by" is `groupby`, "train test split" is `traintestsplit`. */
function joinedWords(words: readonly string[]): { word: string; of: readonly number[] }[] {
  const joined: { word: string; of: readonly number[] }[] = [];
  for (let from = 0; from < words.length; from++)
    for (let to = from + 2; to <= Math.min(words.length, from + 3); to++)
      joined.push({ word: words.slice(from, to).join(''), of: words.slice(from, to).map((_, i) => from + i) });
  return joined;
}

/** Which words of a query a phrase has, and how surely: by the place of the word. */
type Matched = Map<number, number>;

// Over 80 lines: one index, built once, and the search that reads it.
export function makePhraseFinder<T, As extends string>(
  items: Iterable<{ item: T; phrases: readonly Phrase<As>[] }>,
): PhraseFinder<T, As> {
  const phrases: { item: T; at: number; phrase: Phrase<As>; words: readonly string[]; length: number }[] = [];
  const index = new MiniSearch<{ id: number; terms: string }>({
    fields: ['terms'],
    tokenize: (terms) => terms.split(' '),
    processTerm: (term) => term,
    searchOptions: { tokenize: (term) => [term] },
  });
  let count = 0;
  for (const { item, phrases: all } of items) {
    for (const phrase of all) {
      const words = wordsOf(phrase.text);
      const terms = [
        ...words,
        ...words.map(stemOf),
        ...(words.length > 8 ? [] : joinedWords(words)).map((j) => j.word),
      ];
      index.add({ id: phrases.length, terms: [...new Set(terms)].join(' ') });
      phrases.push({ item, at: count, phrase, words, length: weightless(words) });
    }
    count++;
  }

  const isNamed = (word: string): boolean => index.search(word).length > 0 || index.search(stemOf(word)).length > 0;
  /** By phrase: how surely it has the word. */
  const whoHas = (word: string, last: boolean): Map<number, number> => {
    const sure = new Map<number, number>();
    const add = (id: unknown, quality: number): void => {
      if (typeof id === 'number') sure.set(id, Math.max(sure.get(id) ?? 0, quality));
    };
    for (const hit of index.search(word)) add(hit.id, 1);
    for (const hit of index.search(stemOf(word))) add(hit.id, 0.95);
    const known = sure.size > 0;
    // The last word may still be on its way.
    if (last || word.length >= 4)
      for (const hit of index.search(word, { prefix: true }))
        for (const term of hit.terms)
          if (term !== word) add(hit.id, (known ? 0.5 : 0.6) + 0.3 * (word.length / term.length));
    // What somebody calls so is no mistake: "svm" is never taken for another word.
    if (known || word.length < 4) return sure;
    const most = word.length >= 8 ? 2 : 1;
    for (const hit of index.search(word, { fuzzy: most })) add(hit.id, 0.6);
    for (let i = 0; i + 1 < word.length; i++) {
      const swapped = word.slice(0, i) + (word[i + 1] ?? '') + (word[i] ?? '') + word.slice(i + 2);
      for (const hit of index.search(swapped)) add(hit.id, 0.6);
    }
    return sure;
  };

  const find = (text: string): PhraseHit<T, As>[] => {
    const words = wordsOf(text);
    const found = new Map<number, Matched>();
    const note = (id: number, place: number, quality: number): void => {
      const matched = found.get(id) ?? new Map<number, number>();
      matched.set(place, Math.max(matched.get(place) ?? 0, quality));
      found.set(id, matched);
    };
    const weights = words.map((word, place) => {
      const having = whoHas(word, place === words.length - 1);
      for (const [id, quality] of having) note(id, place, quality);
      const items = new Set([...having].flatMap(([id, quality]) => (quality > 0.9 ? [phrases[id]?.at] : [])));
      return isLittle(word) ? 0.1 : 1 + Math.log((count + 1) / (items.size + 1));
    });
    for (const { word, of } of joinedWords(words))
      for (const hit of index.search(word))
        if (typeof hit.id === 'number') for (const place of of) note(hit.id, place, 1);

    const all = sum(weights);
    const best = new Map<number, { hit: PhraseHit<T, As>; covered: Matched; weighted: Matched }>();
    for (const [id, matched] of found) {
      const entry = phrases[id];
      if (entry === undefined) continue;
      const { item, at, phrase, words: own, length } = entry;
      const covered = sum([...matched].map(([place, quality]) => quality * (weights[place] ?? 0))) / all;
      const filled = Math.min(
        1,
        sum([...matched].map(([place, q]) => (isLittle(words[place] ?? '') ? 0 : q))) / length,
      );
      // Who types "filter" means "Filter rows" before what has a synonym of that one word.
      const reported = words.length > 0 && words.every((word, i) => word === own[i]) ? Math.max(filled, 0.9) : filled;
      const score = phrase.weight * covered * (0.55 + 0.45 * reported);
      const known = best.get(at);
      if (known === undefined) {
        const weighted = new Map([...matched].map(([place, quality]) => [place, quality * phrase.weight]));
        best.set(at, { hit: { item, score, by: phrase }, covered: matched, weighted });
        continue;
      }
      if (score > known.hit.score) known.hit = { item, score, by: phrase };
      for (const [place, quality] of matched) {
        known.covered.set(place, Math.max(known.covered.get(place) ?? 0, quality));
        known.weighted.set(place, Math.max(known.weighted.get(place) ?? 0, quality * phrase.weight));
      }
    }
    const share = (of: Matched): number =>
      sum([...of].map(([place, quality]) => quality * (weights[place] ?? 0))) / all;
    return [...best.values()]
      .filter(({ covered }) => share(covered) >= 0.5)
      .map(({ hit, weighted }) => ({ ...hit, score: Math.max(hit.score, 0.6 * share(weighted)) }))
      .sort((a, b) => b.score - a.score);
  };
  return { find, isNamed };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
/** How many words of a phrase say something. */
const weightless = (words: readonly string[]): number => Math.max(1, words.filter((word) => !isLittle(word)).length);
