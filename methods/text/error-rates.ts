/**
 * Word and character error rate over a corpus: Levenshtein edits of all pairs over words (characters) of all references; equal to jiwer 4.0 at its defaults (runs of
 * white space made one space, ends trimmed, words between spaces; characters are code points, with the spaces between words). Of several references the one with the lowest rate
 * counts. NaN where the references hold nothing.
 */
import type { TextMetric } from './text-metric.ts';
import { joinRuns, trim } from './white-space.ts';

export const wordErrorRate = (): TextMetric => errorRate('wer', 'Word error rate', 'word', wordsOf);
export const characterErrorRate = (): TextMetric =>
  errorRate('cer', 'Character error rate', 'char', (text) => Array.from(trim(text)));

// Only runs of two and more become one space, so that a single tab stays inside a word, as in the reference.
const wordsOf = (text: string): string[] =>
  trim(joinRuns(text))
    .split(' ')
    .filter((word) => word !== '');

function errorRate(name: string, title: string, unit: string, split: (text: string) => string[]): TextMetric {
  return {
    name,
    title,
    better: 'lower',
    scale: 1,
    statistics: (candidate, references) => {
      const said = split(candidate);
      let best: [edits: number, units: number] = [Infinity, 0];
      for (const reference of references) {
        const wanted = split(reference);
        const edits = editDistance(said, wanted);
        if (edits / Math.max(1, wanted.length) < best[0] / Math.max(1, best[1])) best = [edits, wanted.length];
      }
      return best;
    },
    score: ([edits = 0, units = 0]) => (units === 0 ? (edits === 0 ? 0 : NaN) : edits / units),
    signature: (references) => `nrefs:${references}|case:mixed|unit:${unit}|norm:jiwer|multi:best|v1`,
  };
}

/** Levenshtein's distance: replacements, insertions and deletions, one each. */
export function editDistance<T>(a: readonly T[], b: readonly T[]): number {
  let above = Uint32Array.from({ length: b.length + 1 }, (_, i) => i);
  let here = new Uint32Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    here[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      here[j] = Math.min(replaced, (above[j] ?? 0) + 1, (here[j - 1] ?? 0) + 1);
    }
    [above, here] = [here, above];
  }
  return above[b.length] ?? 0;
}
