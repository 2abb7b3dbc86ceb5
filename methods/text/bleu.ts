/**
 * BLEU (Papineni et al., 2002) over a corpus, equal to sacreBLEU 2.6.0: n-grams of 1 to 4 words, exponential smoothing of orders without a match (Chen and Cherry, 2014,
 * method 3), the closest reference length for the brevity penalty. From 0 to 100.
 */
import { tokenizeForBleu, type BleuTokenizer } from './bleu-tokenizers.ts';
import { countNgrams, overlap, totalOf, type Counts } from './count-ngrams.ts';
import type { TextMetric } from './text-metric.ts';
import { trimEnd } from './white-space.ts';

const orders = [1, 2, 3, 4] as const;
/** The release of sacreBLEU whose values these are; part of the signatures. */
export const sacreBleu = '2.6.0';

/** Numbers of a pair: the text's words, the reference's words, matches of each order, n-grams of each order. */
export function bleu({ tokenizer = '13a' }: { tokenizer?: BleuTokenizer } = {}): TextMetric {
  const words = (text: string): string[] => tokenizeForBleu(trimEnd(text), tokenizer);
  return {
    name: 'bleu',
    title: 'BLEU',
    better: 'higher',
    scale: 100,
    statistics: (candidate, references) => {
      const said = words(candidate);
      const wanted = references.map(words);
      const counts = orders.map((order) => countNgrams(said, order, ' '));
      const matches = orders.map((order, i) =>
        overlap(counts[i] ?? new Map(), mostOf(wanted.map((w) => countNgrams(w, order, ' ')))),
      );
      return [
        said.length,
        closestLength(
          said.length,
          wanted.map((w) => w.length),
        ),
        ...matches,
        ...counts.map(totalOf),
      ];
    },
    score: (sums) => bleuScore(sums, false),
    signature: (references) => `nrefs:${references}|case:mixed|eff:no|tok:${tokenizer}|smooth:exp|version:${sacreBleu}`,
  };
}

/**
 * @param sums words of the texts, words of the references, matches of each order, n-grams of each order.
 * @param effectiveOrder counts only the orders that the text is long enough for: for the score of a single sentence.
 */
export function bleuScore(sums: readonly number[], effectiveOrder: boolean): number {
  const [said = 0, wanted = 0] = sums;
  const matches = sums.slice(2, 6);
  if (matches.every((count) => count === 0)) return 0;
  const brevity = said < wanted ? (said > 0 ? Math.exp(1 - wanted / said) : 0) : 1;
  let logs = 0;
  let halvings = 1;
  let reached = 0;
  for (const [i, count] of matches.entries()) {
    const total = sums[6 + i] ?? 0;
    if (total === 0) break;
    reached = i + 1;
    if (count === 0) halvings *= 2;
    logs += Math.log(count === 0 ? 100 / (halvings * total) : (100 * count) / total);
  }
  if (reached < orders.length && !effectiveOrder) return 0;
  return brevity * Math.exp(logs / reached);
}

/** Of each n-gram the largest count in any reference. */
function mostOf(all: readonly Counts[]): Counts {
  const [first = new Map<string, number>(), ...rest] = all;
  for (const counts of rest) for (const [gram, count] of counts) first.set(gram, Math.max(count, first.get(gram) ?? 0));
  return first;
}

/** The shorter of two that are equally close. */
function closestLength(length: number, references: readonly number[]): number {
  let closest = references[0] ?? 0;
  for (const one of references) {
    const [distance, best] = [Math.abs(length - one), Math.abs(length - closest)];
    if (distance < best || (distance === best && one < closest)) closest = one;
  }
  return closest;
}
