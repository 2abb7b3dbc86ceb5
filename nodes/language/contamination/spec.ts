import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'language.contamination',
  version: 1,
  computes: 2,
  title: 'Contamination',
  about: 'Finds training texts that hold parts of an evaluation set, and drops or marks them.',
  keywords: [
    'data leakage',
    'benchmark leakage',
    'n-gram overlap',
    'decontamination',
    'test set in training',
    'memorisation',
    'held-out',
    'decontaminate',
    'train test overlap',
  ],
  icon: 'test-tube-diagonal',
  inputs: { rows: { wire: 'table', title: 'Training texts' }, evaluation: { wire: 'table', title: 'Evaluation set' } },
  outputs: { rows: { wire: 'table', title: 'Rows' }, report: { wire: 'report', title: 'What was found' } },
  params: z.strictObject({
    column: textField,
    evaluated: field.column({
      title: 'Evaluation text',
      help: 'The column of the evaluation set: its questions, or its answers. Empty: the first text column.',
      port: 'evaluation',
      families: ['text'],
    }),
    run: field.integer({
      title: 'N-gram size',
      help: 'A text is contaminated when it shares a run of so many words with the evaluation set. 13 is usual; 8 finds more, also common phrases. Evaluation texts of fewer words are looked for as a whole, from four words on. Where a script has no spaces, two characters count as a word.',
      default: 13,
      min: 4,
      max: 50,
    }),
    action: field.choice({
      title: 'Action',
      help: 'What becomes of the rows.',
      choices: { remove: 'they are removed', mark: 'they are marked' },
      default: 'remove',
    }),
  }),
  form: 'task',
  rows: ({ action }) => (action === 'remove' ? 'fewer' : 'same'),
  adds: () => true,
  summary: ({ run, action }) =>
    `${action === 'remove' ? 'remove' : 'mark'} texts that share ${run} words with the evaluation set`,
  columns: ({ action }, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return action === 'remove'
      ? own
      : [...own, ...contaminationColumns.filter((c) => !own.some((o) => o.name === c.name))];
  },
  check: ({ node, params, inputs }) => [
    ...textFindings(node, params.column, inputs['rows']),
    ...columnFindings(
      { node, param: 'evaluated', title: 'The column of the evaluation set' },
      params.evaluated,
      inputs['evaluation'],
      { families: ['text'] },
    ),
  ],
});

export const contaminationColumns = [
  { name: 'contamination', type: 'DOUBLE' },
  { name: 'contaminated_by', type: 'VARCHAR' },
];
