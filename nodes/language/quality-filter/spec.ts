import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

const share = (title: string, help: string, value: number) =>
  field.number({ title, help, default: value, min: 0, max: 1, step: 0.05, section: 'Rules' });

export const spec = defineSpec({
  kind: 'language.quality-filter',
  version: 1,
  computes: 2,
  title: 'Text quality',
  about: 'Tells running text from menus, lists, code and noise by rules of thumb, and drops or marks what fails.',
  keywords: [
    'quality filter',
    'heuristics',
    'gopher',
    'C4',
    'boilerplate',
    'spam',
    'noise',
    'corpus cleaning',
    'pretraining data',
    'data filtering',
    'FineWeb',
    'filter texts',
  ],
  icon: 'badge-check',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' }, report: { wire: 'report', title: 'What failed' } },
  params: z.strictObject({
    column: textField,
    action: field.choice({
      title: 'Action',
      help: 'What becomes of texts that fail a rule.',
      choices: { remove: 'their rows are removed', mark: 'they are marked' },
      default: 'remove',
    }),
    fewestWords: field.integer({
      title: 'Min words',
      help: 'A text with fewer words fails. Where a script has no spaces, two characters count as a word.',
      default: 5,
      min: 0,
      max: 100_000,
    }),
    mostWords: field.integer({
      title: 'Max words',
      help: 'A text with more words fails.',
      default: 100_000,
      min: 1,
      max: 10_000_000,
    }),
    leastLetters: share(
      'Least letters',
      'The share of letters among all characters that are no space: below it stand tables, code and noise.',
      0.6,
    ),
    mostCapitals: share('Most capitals', 'The share of capital letters among letters.', 0.5),
    mostRepeatedLines: share('Most repeated lines', 'The share of lines that stood there before.', 0.3),
    mostRepetition: share('Most repetition', 'The share of runs of four words that stood there before.', 0.3),
    mostListLines: share('Most list lines', 'The share of lines that begin with a list mark.', 0.9),
    mostSymbols: share('Most symbols', 'Signs such as # | { } … for each word.', 0.1),
  }),
  form: 'task',
  rows: ({ action }) => (action === 'remove' ? 'fewer' : 'same'),
  adds: () => true,
  summary: ({ action }) => `${action === 'remove' ? 'keep' : 'mark'} running text`,
  columns: ({ action }, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return action === 'remove' || own.some((c) => c.name === problemColumn.name) ? own : [...own, problemColumn];
  },
  check: ({ node, params, inputs }) => textFindings(node, params.column, inputs['rows']),
});

export const problemColumn = { name: 'quality_problems', type: 'VARCHAR' };
