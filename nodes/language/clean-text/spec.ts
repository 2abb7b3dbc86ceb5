import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'language.clean-text',
  version: 1,
  computes: 1,
  title: 'Clean texts',
  about: 'Brings texts into one form: Unicode, white space, tags, addresses, quotes, case.',
  keywords: [
    'normalise',
    'unicode',
    'NFC',
    'whitespace',
    'strip html',
    'lowercase',
    'text preprocessing',
    'remove urls',
    'trim',
    'lower case',
    'text cleaning',
    'normalize text',
    'remove html',
    'white space',
    'data cleansing',
  ],
  icon: 'eraser',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    column: textField,
    unicode: field.switch({
      title: 'Unicode normalization',
      help: 'Letters with accents become one character each (Unicode NFC): é and e with a mark are then the same.',
      default: true,
    }),
    hidden: field.switch({
      title: 'Remove control characters',
      help: 'Removes control characters, byte-order marks, soft hyphens and spaces of no width. Line ends stay.',
      default: true,
    }),
    tags: field.switch({
      title: 'Remove HTML',
      help: 'Removes HTML tags and turns &amp;, &lt;, &gt;, &quot;, &#39; and &nbsp; into what they stand for.',
      default: false,
    }),
    addresses: field.choice({
      title: 'URLs',
      help: 'What becomes of http and www addresses.',
      choices: { keep: 'stay', remove: 'are removed', word: 'become <url>' },
      default: 'keep',
    }),
    quotes: field.switch({
      title: 'Plain quotes and dashes',
      help: 'Turns curly quotes, dashes and dots of print into those of a keyboard.',
      default: false,
    }),
    spaces: field.switch({
      title: 'Normalize whitespace',
      help: 'Makes runs of spaces and tabs one space, more than two line ends two, and takes them from both ends.',
      default: true,
    }),
    lower: field.switch({
      title: 'Lower case',
      help: 'Turns everything into lower case. Encoders and language models do this themselves where they want it.',
      default: false,
    }),
    empty: field.switch({
      title: 'Empty to null',
      help: 'A text of which nothing is left counts as missing.',
      default: true,
    }),
  }),
  form: 'relational',
  rows: 'same',
  summary: ({ column }) => `clean ${column === '' ? 'the text' : column}`,
  check: ({ node, params, inputs }) => textFindings(node, params.column, inputs['rows']),
});
