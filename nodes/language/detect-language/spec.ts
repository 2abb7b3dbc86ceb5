import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'language.detect-language',
  version: 1,
  computes: 2,
  title: 'Detect language',
  about: 'Says which language each text is in, and keeps only some languages where asked.',
  keywords: ['language identification', 'langdetect', 'langid', 'fasttext', 'language id', 'lid', 'cld3', 'locale'],
  icon: 'languages',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows with their language' } },
  params: z.strictObject({
    column: textField,
    keep: field.texts({
      title: 'Keep only',
      help: 'Codes of the languages whose rows stay, such as en and de. Empty: all rows stay.',
    }),
    unknown: field.switch({
      title: 'Keep what is unknown',
      help: 'Where only some languages stay: whether texts stay that say too little to be judged.',
      default: false,
    }),
    fewestLetters: field.integer({
      title: 'Min letters',
      help: 'A text with fewer letters is not judged: its language is missing. A Chinese or Japanese character counts as four.',
      default: 12,
      min: 1,
      max: 1000,
    }),
  }),
  form: 'map',
  rows: ({ keep }) => (keep.length === 0 ? 'same' : 'fewer'),
  adds: () => true,
  summary: ({ keep }) => (keep.length === 0 ? 'say the language of each text' : `keep texts in ${keep.join(', ')}`),
  columns: (_params, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return [...own, ...languageColumns.filter((c) => !own.some((o) => o.name === c.name))];
  },
  check: ({ node, params, inputs }) => textFindings(node, params.column, inputs['rows']),
});

export const languageColumns = [
  { name: 'language', type: 'VARCHAR' },
  { name: 'language_certainty', type: 'DOUBLE' },
];
