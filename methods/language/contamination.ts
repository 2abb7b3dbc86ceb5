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

/** @param run words in a run; an evaluation text of fewer is looked for as a whole, from four words on. Where a script has no spaces, two characters count as a word. */
export function indexEvaluation(texts: readonly string[], run: number): (text: string) => Contamination | undefined {
  /** By the number of their units: with spaces so many as words, without twice as many. */
  const runs = new Map<number, Map<string, number>>();
  const keep = (units: readonly string[], at: number): void => {
    const own = runs.get(units.length) ?? new Map<string, number>();
    runs.set(units.length, own);
    setFirst(own, units.join(' '), at);
  };
  for (const [at, text] of texts.entries()) {
    const units = unitsOf(text);
    const all = units.reduce((sum, unit) => sum + weightOf(unit), 0);
    if (all < run) {
      if (all >= 4) keep(units, at);
    } else
      for (let i = 0; i < units.length; i++) {
        const end = endOfRun(units, i, run);
        if (end === undefined) break;
        keep(units.slice(i, end), at);
      }
  }
  return (text) => {
    const units = unitsOf(text);
    const covered = new Uint8Array(units.length);
    const sources = new Map<number, number>();
    for (const [length, known] of runs)
      for (let i = 0; i + length <= units.length; i++) {
        const source = known.get(units.slice(i, i + length).join(' '));
        if (source === undefined) continue;
        covered.fill(1, i, i + length);
        sources.set(source, (sources.get(source) ?? 0) + 1);
      }
    const [first] = [...sources].sort(([a, n], [b, m]) => m - n || a - b);
    return first === undefined
      ? undefined
      : {
          share: covered.reduce((sum, one) => sum + one, 0) / units.length,
          longest: longestStretch(units, covered),
          source: first[0],
        };
  };
}

const spaceless = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]`;
const inUnits = new RegExp(String.raw`${spaceless}\p{M}*|(?:(?!${spaceless}).)+`, 'gu');
const isSpaceless = new RegExp(`^${spaceless}`, 'u');

/** Words, and each character of a script that has no spaces. */
const unitsOf = (text: string): string[] => plainWords(text).flatMap((word) => word.match(inUnits) ?? []);
const weightOf = (unit: string): number => (isSpaceless.test(unit) ? 0.5 : 1);

/** Behind the last unit of the shortest run from here that holds so many words. */
function endOfRun(units: readonly string[], from: number, run: number): number | undefined {
  let words = 0;
  for (let i = from; i < units.length; i++) {
    words += weightOf(units[i] ?? '');
    if (words >= run) return i + 1;
  }
  return undefined;
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
  return best
    .map((unit, i) => (i > 0 && !(isSpaceless.test(unit) && isSpaceless.test(best[i - 1] ?? '')) ? ` ${unit}` : unit))
    .join('');
}
