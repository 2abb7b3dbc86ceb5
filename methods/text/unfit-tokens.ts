/** Warnings where the words of a metric do not fit the script of the texts: its value would say nothing. */
import type { TextMetricOptions } from './text-methods.ts';
import type { TextPair } from './text-metric.ts';

const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu;
const latin = /[a-zA-Z0-9]/g;
const letters = /[\p{L}\p{N}]/gu;

const countIn = (pairs: readonly TextPair[], pattern: RegExp): number =>
  pairs.reduce((sum, { references }) => sum + (references.join('').match(pattern)?.length ?? 0), 0);

export function unfitTokens(
  pairs: readonly TextPair[],
  { tokenizer = '13a', rougeTokens = 'rouge-score' }: TextMetricOptions,
): string[] {
  const all = countIn(pairs, letters);
  if (all === 0) return [];
  const share = (pattern: RegExp): number => countIn(pairs, pattern) / all;
  const warnings: string[] = [];
  if ((tokenizer === '13a' || tokenizer === 'intl' || tokenizer === 'none') && share(withoutSpaces) > 0.3)
    warnings.push(
      `Much of this text has no spaces between words: BLEU by the tokenizer ${tokenizer} takes whole sentences for words. The tokenizers zh and char do not.`,
    );
  if (rougeTokens === 'rouge-score' && share(latin) < 0.7)
    warnings.push(
      'Much of this text is not in the letters a to z, which are all that ROUGE’s reference implementation sees. The unicode tokens see every script.',
    );
  return warnings;
}
