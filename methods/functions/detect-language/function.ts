import * as z from 'zod';
import { answerEach, defineFunction } from '../batch-function.ts';
import { detectLanguage } from './judge-language.ts';

/** `function.test.ts` holds what tinyld 1.3.4 says: another version of it that says anything else is another version here. */
export const batchFunction = defineFunction({
  version: 1,
  settings: z.object({ fewestLetters: z.int() }),
  columns: () => [
    { name: 'language', type: 'VARCHAR' },
    { name: 'language_certainty', type: 'DOUBLE' },
  ],
  compute: async (texts, { fewestLetters }, watch) =>
    answerEach(texts, watch, (text) => {
      const { language, certainty } = detectLanguage(text, fewestLetters);
      return [language, certainty];
    }),
});
