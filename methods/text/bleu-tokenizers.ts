/**
 * Tokenizers of BLEU as sacreBLEU 2.6.0 has them: `13a` (the rules of mteval-v13a, the default of WMT), `zh` (Chinese characters one by one, the rest by the same
 * rules), `intl` (mteval-v14's international rules), `char`, and `none`. They give words with single spaces between.
 */
import { splitWords, trim } from './white-space.ts';

export const bleuTokenizers = ['13a', 'zh', 'intl', 'char', 'none'] as const;
export type BleuTokenizer = (typeof bleuTokenizers)[number];

/** Punctuation of ASCII stands alone; a full stop or comma does unless it is inside a number; so does a dash behind a digit. */
function splitWestern(text: string): string[] {
  return splitWords(
    text
      .replace(/([{-~[-` -&(-+:-@/])/gu, ' $1 ')
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/gu, ' $1 $2')
      .replace(/([0-9])(-)/gu, '$1 $2 '),
  );
}

function split13a(text: string): string[] {
  const line = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  const plain = line.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  return splitWestern(` ${plain} `);
}

/**
 * The reference writes two of its ranges for characters beyond U+FFFF with four digits, which makes them U+2001 to U+2A6D and U+2F81 to U+2FA1: to equal its values,
 * general punctuation and mathematical signs stand alone here too, and characters beyond U+FFFF do not.
 */
const chinese =
  /[\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\u2001-\u2a6d\u2f81-\u2fa1\uff00-\uffef\u2e80-\u2eff\u3000-\u303f\u31c0-\u31ef\u2f00-\u2fdf\u2ff0-\u2fff\u3100-\u312f\u31a0-\u31bf\ufe10-\ufe1f\ufe30-\ufe4f\u3200-\u33ff]/gu;

const tokenizers: Readonly<Record<BleuTokenizer, (text: string) => string[]>> = {
  '13a': split13a,
  zh: (text) => splitWestern(trim(text).replace(chinese, ' $& ')),
  intl: (text) =>
    splitWords(
      text
        .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
        .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
        .replace(/(\p{S})/gu, ' $1 '),
    ),
  char: (text) => splitWords(Array.from(text).join(' ')),
  none: splitWords,
};

/** @param text a segment, line ends and all. */
export const tokenizeForBleu = (text: string, tokenizer: BleuTokenizer): string[] => tokenizers[tokenizer](text);
