import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'language.duplicates',
  version: 1,
  computes: 1,
  title: 'Near duplicates',
  about: 'Finds texts that are equal or nearly so, and warns where they stand on both sides of Split.',
  keywords: [
    'MinHash',
    'LSH',
    'near-duplicate',
    'deduplication',
    'dedup',
    'jaccard',
    'plagiarism',
    'leakage',
    'similar texts',
    'duplicate documents',
    'dedupe texts',
    'near duplicate',
  ],
  icon: 'copy-check',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' }, report: { wire: 'report', title: 'What was found' } },
  params: z.strictObject({
    column: textField,
    method: field.choice({
      title: 'Duplicates are',
      help: 'Equal: the same but for case, white space and the form of accents. Nearly equal: they share most of their runs of words.',
      choices: { near: 'equal or nearly equal', exact: 'equal' },
      default: 'near',
    }),
    threshold: field.number({
      title: 'From',
      help: 'The share of their runs of words that two texts have in common (Jaccard similarity), from which on they are duplicates.',
      default: 0.8,
      min: 0.3,
      max: 1,
      step: 0.05,
      slider: true,
      when: { param: 'method', is: ['near'] },
    }),
    run: field.integer({
      title: 'N-gram size',
      help: 'Texts are compared by runs of so many words that follow one another. Fewer find more, also what is merely about the same.',
      default: 5,
      min: 1,
      max: 20,
      when: { param: 'method', is: ['near'] },
    }),
    action: field.choice({
      title: 'Action',
      help: 'Remove keeps one row of each group: a test row before a validation row before a training row, since what a model was trained on must not be tested.',
      choices: { remove: 'keep one of each group', mark: 'only mark them' },
      default: 'remove',
    }),
  }),
  form: 'task',
  rows: ({ action }) => (action === 'remove' ? 'fewer' : 'same'),
  adds: () => true,
  summary: ({ method, action, threshold }) =>
    `${action === 'remove' ? 'keep one of' : 'mark'} ${method === 'exact' ? 'equal texts' : `texts that are ${Math.round(threshold * 100)} % alike`}`,
  columns: ({ action }, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return action === 'remove' ? own : [...own, ...markColumns.filter((c) => !own.some((o) => o.name === c.name))];
  },
  check: ({ node, params, inputs }) => textFindings(node, params.column, inputs['rows']),
});

export const markColumns = [
  { name: 'duplicate_group', type: 'BIGINT' },
  { name: 'is_duplicate', type: 'BOOLEAN' },
];
