/** Rules of thumb that tell running text from lists, menus, code and noise, after those of Gopher (Rae et al., 2021) and C4 (Raffel et al., 2020). */
import { plainWords, repetition } from '../text/text-shape.ts';

export interface QualityRules {
  fewestWords: number;
  mostWords: number;
  /** Letters among all characters that are no space. */
  leastLetters: number;
  /** Capital letters among letters. */
  mostCapitals: number;
  /** Lines that repeat an earlier one, among lines. */
  mostRepeatedLines: number;
  /** Runs of four words that stood there before, among all. */
  mostRepetition: number;
  /** Lines that begin with a list mark, among lines. */
  mostListLines: number;
  /** #, …, | and their like, for each word. */
  mostSymbols: number;
}

export const qualityProblems = [
  'too short',
  'too long',
  'few letters',
  'capitals',
  'repeated lines',
  'repetition',
  'list',
  'symbols',
  'odd words',
] as const;
export type QualityProblem = (typeof qualityProblems)[number];

export function judgeQuality(text: string, rules: QualityRules): QualityProblem[] {
  const words = plainWords(text);
  const letters = text.match(/\p{L}/gu) ?? [];
  const dense = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/gu)?.length ?? 0;
  // Where a script has no spaces, about two characters are a word.
  const count = dense > letters.length / 2 ? Math.max(words.length, Math.round(dense / 2)) : words.length;
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const visible = text.replace(/\s/g, '').length;
  const meanLength = words.reduce((sum, word) => sum + word.length, 0) / Math.max(1, words.length);
  const found: (QualityProblem | false)[] = [
    count < rules.fewestWords && 'too short',
    count > rules.mostWords && 'too long',
    letters.length / Math.max(1, visible) < rules.leastLetters && 'few letters',
    share(letters.filter((letter) => /\p{Lu}/u.test(letter)).length, letters.length) > rules.mostCapitals && 'capitals',
    share(lines.length - new Set(lines).size, lines.length) > rules.mostRepeatedLines && 'repeated lines',
    repetition(text) > rules.mostRepetition && 'repetition',
    share(lines.filter((line) => /^(?:[-*•·–]|\d+[.)])\s/.test(line)).length, lines.length) > rules.mostListLines &&
      'list',
    (text.match(/[#|<>{}=_~^\\]|\.{3}|…/g)?.length ?? 0) / Math.max(1, count) > rules.mostSymbols && 'symbols',
    dense <= letters.length / 2 && words.length >= 5 && (meanLength < 2.5 || meanLength > 12) && 'odd words',
  ];
  return found.filter((one) => one !== false);
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
