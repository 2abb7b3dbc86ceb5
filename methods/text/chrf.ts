/**
 * chrF (Popović, 2015) and chrF++ (Popović, 2017) over a corpus, equal to sacreBLEU 2.6.0: F2 of character n-grams of 1 to 6 without white space, and for chrF++ of
 * word n-grams of 1 and 2. Precision and recall are averaged over the orders that both texts have. Of several references the best counts. From 0 to 100.
 */
import { sacreBleu } from './bleu.ts';
import { countNgrams, overlap, totalOf, type Counts } from './count-ngrams.ts';
import type { TextMetric } from './text-metric.ts';
import { splitWords, withoutSpace } from './white-space.ts';

const characterOrders = [1, 2, 3, 4, 5, 6];
const betaSquared = 4;
const punctuation = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

export function chrf({ wordOrder = 0 }: { wordOrder?: 0 | 2 } = {}): TextMetric {
  const grams = (text: string): Counts[] => {
    const characters = Array.from(withoutSpace(text));
    const words = wordOrder === 0 ? [] : splitPunctuation(text);
    return [
      ...characterOrders.map((order) => countNgrams(characters, order, '')),
      ...[1, 2].slice(0, wordOrder).map((order) => countNgrams(words, order, ' ')),
    ];
  };
  return {
    name: wordOrder === 0 ? 'chrf' : 'chrf++',
    title: wordOrder === 0 ? 'chrF' : 'chrF++',
    better: 'higher',
    scale: 100,
    statistics: (candidate, references) => {
      const said = grams(candidate);
      let best: number[] = [];
      let bestScore = -1;
      for (const reference of references) {
        const found = matchStatistics(said, grams(reference));
        const score = chrfScore(found);
        if (score > bestScore) [best, bestScore] = [found, score];
      }
      return best;
    },
    score: chrfScore,
    signature: (references) =>
      `nrefs:${references}|case:mixed|eff:yes|nc:6|nw:${wordOrder}|space:no|version:${sacreBleu}`,
  };
}

/** For each order: n-grams of the text (none where the reference has none), n-grams of the reference, matches. */
function matchStatistics(said: readonly Counts[], wanted: readonly Counts[]): number[] {
  return said.flatMap((counts, i) => {
    const reference = wanted[i] ?? new Map<string, number>();
    return [reference.size === 0 ? 0 : totalOf(counts), totalOf(reference), overlap(counts, reference)];
  });
}

function chrfScore(sums: readonly number[]): number {
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let i = 0; i < sums.length; i += 3) {
    const [said = 0, wanted = 0, matches = 0] = sums.slice(i, i + 3);
    if (said === 0 || wanted === 0) continue;
    precision += matches / said;
    recall += matches / wanted;
    orders++;
  }
  if (orders === 0 || precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  return (100 * (1 + betaSquared) * precision * recall) / (betaSquared * precision + recall);
}

/** One mark at a word's end, or else at its beginning, stands alone: `(hi)` gives `(hi` and `)`. */
function splitPunctuation(text: string): string[] {
  return splitWords(text).flatMap((word) => {
    const characters = Array.from(word);
    if (characters.length === 1) return [word];
    const last = characters.at(-1) ?? '';
    if (punctuation.has(last)) return [word.slice(0, -last.length), last];
    const first = characters[0] ?? '';
    return punctuation.has(first) ? [first, word.slice(first.length)] : [word];
  });
}
