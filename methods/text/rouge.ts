/**
 * ROUGE (Lin, 2004): F1 of n-grams (ROUGE-1, ROUGE-2), of the longest common subsequence (ROUGE-L), and of the union of such subsequences over lines (ROUGE-Lsum).
 * With the tokens of `rouge-score` the values equal that package's 0.1.2: letters a to z and digits in lower case, words of more than three stemmed where asked. Those
 * tokens do not know other letters: Chinese gives nothing at all. `unicode` takes every run of letters, marks and digits, and each character of scripts without spaces.
 * The mean over the pairs; of several references the best counts.
 */
import { largest } from '../../shared/append.ts';
import { countNgrams, overlap } from './count-ngrams.ts';
import { porterStem } from './porter-stemmer.ts';
import type { TextMetric } from './text-metric.ts';

export const rougeKinds = ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'] as const;
export type RougeKind = (typeof rougeKinds)[number];
export const rougeTokens = ['rouge-score', 'unicode'] as const;
export type RougeTokens = (typeof rougeTokens)[number];

export interface Rouge {
  precision: number;
  recall: number;
  f: number;
}

const titles: Readonly<Record<RougeKind, string>> = {
  rouge1: 'ROUGE-1',
  rouge2: 'ROUGE-2',
  rougeL: 'ROUGE-L',
  rougeLsum: 'ROUGE-Lsum',
};
/** The release of rouge-score whose values these are. */
const rougeScore = '0.1.2';

export interface RougeOptions {
  stem?: boolean;
  tokens?: RougeTokens;
}

/** Numbers of a pair: F1, one. */
export function rouge(kind: RougeKind, { stem = false, tokens = 'rouge-score' }: RougeOptions = {}): TextMetric {
  return {
    name: stem ? `${kind}_stem` : kind,
    title: stem ? `${titles[kind]}, stemmed` : titles[kind],
    better: 'higher',
    scale: 1,
    statistics: (candidate, references) => [
      largest(references.map((reference) => scoreRouge(kind, candidate, reference, { stem, tokens }).f)),
      1,
    ],
    score: ([sum = 0, pairs = 0]) => sum / pairs,
    signature: (references) =>
      `nrefs:${references}|tok:${tokens}|stem:${stem ? 'porter-nltk' : 'no'}|f:1|multi:best|agg:mean|version:${rougeScore}`,
  };
}

/** Precision, recall and F1 of one text against one reference. */
export function scoreRouge(kind: RougeKind, candidate: string, reference: string, options: RougeOptions = {}): Rouge {
  const words = (text: string): string[] => tokenizeForRouge(text, options);
  switch (kind) {
    case 'rouge1':
      return scoreNgrams(words(candidate), words(reference), 1);
    case 'rouge2':
      return scoreNgrams(words(candidate), words(reference), 2);
    case 'rougeL': {
      const [said, wanted] = [words(candidate), words(reference)];
      return ratios(commonPlaces(wanted, said).length, said.length, wanted.length);
    }
    case 'rougeLsum':
      return scoreLines(candidate.split('\n').map(words), reference.split('\n').map(words));
  }
}

// Scripts that put no space between words: each character is taken for a word.
const unicodeWord =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]\p{M}*|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])[\p{L}\p{M}\p{N}])+/gu;

export function tokenizeForRouge(text: string, { stem = false, tokens = 'rouge-score' }: RougeOptions = {}): string[] {
  const words =
    tokens === 'unicode'
      ? (text.normalize('NFKC').toLowerCase().match(unicodeWord) ?? [])
      : (text.toLowerCase().match(/[a-z0-9]+/g) ?? []);
  return stem ? words.map((word) => (word.length > 3 ? porterStem(word) : word)) : [...words];
}

function scoreNgrams(said: readonly string[], wanted: readonly string[], order: 1 | 2): Rouge {
  const matches = overlap(countNgrams(said, order, ' '), countNgrams(wanted, order, ' '));
  return ratios(matches, Math.max(0, said.length + 1 - order), Math.max(0, wanted.length + 1 - order));
}

function ratios(matches: number, said: number, wanted: number): Rouge {
  if (matches === 0) return { precision: 0, recall: 0, f: 0 };
  const [precision, recall] = [matches / said, matches / wanted];
  return { precision, recall, f: (2 * precision * recall) / (precision + recall) };
}

/** Each line of the reference: the places that are in a longest common subsequence with any line of the text. A word counts at most as often as both texts have it. */
function scoreLines(said: readonly string[][], wanted: readonly string[][]): Rouge {
  const leftSaid = countNgrams(said.flat(), 1, ' ');
  const leftWanted = countNgrams(wanted.flat(), 1, ' ');
  let hits = 0;
  for (const line of wanted) {
    const places = new Set(said.flatMap((other) => commonPlaces(line, other)));
    for (const place of [...places].sort((a, b) => a - b)) {
      const word = line[place] ?? '';
      const [have, want] = [leftSaid.get(word) ?? 0, leftWanted.get(word) ?? 0];
      if (have === 0 || want === 0) continue;
      hits++;
      leftSaid.set(word, have - 1);
      leftWanted.set(word, want - 1);
    }
  }
  return ratios(hits, said.flat().length, wanted.flat().length);
}

/** The places in `wanted` of one longest common subsequence, from the end; where two are equally long, the one that keeps the later words of `said`. */
function commonPlaces(wanted: readonly string[], said: readonly string[]): number[] {
  const width = said.length + 1;
  const lengths = new Uint32Array((wanted.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = 1; i <= wanted.length; i++)
    for (let j = 1; j <= said.length; j++)
      lengths[i * width + j] =
        wanted[i - 1] === said[j - 1] ? at(i - 1, j - 1) + 1 : Math.max(at(i - 1, j), at(i, j - 1));
  const places: number[] = [];
  let [i, j] = [wanted.length, said.length];
  while (i > 0 && j > 0) {
    if (wanted[i - 1] === said[j - 1]) {
      places.push(--i);
      j--;
    } else if (at(i, j - 1) > at(i - 1, j)) j--;
    else i--;
  }
  return places;
}
