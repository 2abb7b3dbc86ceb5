/**
 * Perplexity: how many equally likely choices a text left the model at each step. Three units make models with other tokenizers comparable: a token, a word (between
 * spaces), a byte of UTF-8. P = exp(−Σ ln p / units).
 */
import type { ScoredToken } from '../../shared/language/language-model.ts';

export interface TextScore {
  /** Σ ln p, natural logarithm. */
  logProbability: number;
  tokens: number;
  words: number;
  bytes: number;
}

const encoder = new TextEncoder();
export const countWords = (text: string): number =>
  text
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== '').length;

export const scoreOf = (text: string, tokens: readonly ScoredToken[]): TextScore => ({
  logProbability: tokens.reduce((sum, token) => sum + token.logProbability, 0),
  tokens: tokens.length,
  words: countWords(text),
  bytes: encoder.encode(text).length,
});

export const addScores = (scores: readonly TextScore[]): TextScore =>
  scores.reduce(
    (sum, one) => ({
      logProbability: sum.logProbability + one.logProbability,
      tokens: sum.tokens + one.tokens,
      words: sum.words + one.words,
      bytes: sum.bytes + one.bytes,
    }),
    { logProbability: 0, tokens: 0, words: 0, bytes: 0 },
  );

/** Null where there is no unit. */
export const perplexity = ({ logProbability }: Pick<TextScore, 'logProbability'>, units: number): number | null =>
  units === 0 ? null : Math.exp(-logProbability / units);
export const bitsPerByte = ({ logProbability, bytes }: TextScore): number | null =>
  bytes === 0 ? null : -logProbability / (bytes * Math.LN2);
