/** Texts of an evaluation set that stand in training data, by shared runs of words (Brown et al., 2020, appendix C, use runs of 13). */
import { plainWords } from '../text/text-shape.ts';

export interface Contamination {
  /** The share of the text's words that lie in a run which the evaluation set has too. */
  share: number;
  /** The longest such stretch, as words. */
  longest: string;
  /** Number of the evaluation text that has most of them. */
  source: number;
}

/** @param run words in a run; an evaluation text of fewer is looked for as a whole, from four words on. */
export function indexEvaluation(texts: readonly string[], run: number): (text: string) => Contamination | undefined {
  const runs = new Map<string, number>();
  const short = new Map<number, Map<string, number>>();
  for (const [at, text] of texts.entries()) {
    const words = plainWords(text);
    if (words.length >= run)
      for (let i = 0; i + run <= words.length; i++) setFirst(runs, words.slice(i, i + run).join(' '), at);
    else if (words.length >= 4) {
      const own = short.get(words.length) ?? new Map<string, number>();
      short.set(words.length, own);
      setFirst(own, words.join(' '), at);
    }
  }
  return (text) => {
    const words = plainWords(text);
    const covered = new Uint8Array(words.length);
    const sources = new Map<number, number>();
    for (const [length, known] of [[run, runs] as const, ...short])
      for (let i = 0; i + length <= words.length; i++) {
        const source = known.get(words.slice(i, i + length).join(' '));
        if (source === undefined) continue;
        covered.fill(1, i, i + length);
        sources.set(source, (sources.get(source) ?? 0) + 1);
      }
    const [first] = [...sources].sort(([a, n], [b, m]) => m - n || a - b);
    return first === undefined
      ? undefined
      : {
          share: covered.reduce((sum, one) => sum + one, 0) / words.length,
          longest: longestStretch(words, covered),
          source: first[0],
        };
  };
}

function setFirst(map: Map<string, number>, key: string, value: number): void {
  if (!map.has(key)) map.set(key, value);
}

function longestStretch(words: readonly string[], covered: Uint8Array): string {
  let [best, from] = [[] as string[], 0];
  for (let i = 0; i <= words.length; i++)
    if (covered[i] !== 1) {
      if (i - from > best.length) best = words.slice(from, i);
      from = i + 1;
    }
  return best.join(' ');
}
