/** The language of a text by tinyld (n-grams of 62 languages). */
import { detectAll } from 'tinyld';

export interface DetectedLanguage {
  /** ISO 639-1 where there is one: `en`, `de`; null where the text says too little. */
  language: string | null;
  /** How far the first language is ahead of the second, 0 to 1. No probability. */
  certainty: number;
}

/** @param fewestLetters texts with fewer letters are not judged */
export function detectLanguage(text: string, fewestLetters: number): DetectedLanguage {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  // A character of Chinese or Japanese says as much as several letters.
  const dense = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  if (letters + 3 * dense < fewestLetters) return { language: null, certainty: 0 };
  // Of a long text its beginning is enough.
  const [first, second] = detectAll(text.slice(0, 5000));
  if (first === undefined) return { language: null, certainty: 0 };
  return {
    language: first.lang,
    certainty: second === undefined ? 1 : (first.accuracy - second.accuracy) / first.accuracy,
  };
}
