import * as z from 'zod';
import { sayColumns } from '../../../shared/kind/columns.ts';
import { columnFindings, notChosen, ruleFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'clean.duplicates',
  version: 1,
  computes: 1,
  title: 'Remove duplicates',
  about: 'Keeps one row of those that are equal.',
  keywords: [
    'duplicate row filter',
    'drop_duplicates',
    'distinct',
    'unique',
    'dedupe',
    'deduplicate',
    'remove repeated rows',
    'unique rows',
    'select distinct',
    'distinct rows',
    'unique values',
    'duplicate records',
  ],
  icon: 'copy-minus',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    columns: field.columns({
      title: 'Distinct on',
      help: 'Rows are duplicates when they are equal in these columns. "All" means every column, target and id too. Two missing values count as equal.',
    }),
    keep: field.choice({
      title: 'Keep',
      help: 'Which of the equal rows stays. "First" and "last" need an order; without one, the row with the smallest values stays, so that the result is always the same.',
      choices: { any: 'one of them', first: 'the first by an order', last: 'the last by an order' },
      default: 'any',
    }),
    order: field.column({
      title: 'Order by',
      help: 'The column that says which row is first: a date, a version. Missing values come last in both directions.',
      when: { param: 'keep', is: ['first', 'last'] },
    }),
  }),
  form: 'relational',
  rows: 'fewer',
  summary: (p) => {
    const kept = p.keep === 'any' || p.order === '' ? '' : `, the ${p.keep} by ${p.order}`;
    return p.columns.by === 'all' && (p.columns.except ?? []).length === 0
      ? `keep one of equal rows${kept}`
      : `keep one row for each ${sayColumns(p.columns)}${kept}`;
  },
  check: ({ node, params: p, inputs }) => [
    ...ruleFindings({ node, param: 'columns' }, p.columns, inputs['rows']),
    ...(p.columns.by === 'names' && p.columns.names.length === 0
      ? [
          {
            code: 'param.empty',
            message: 'No column is chosen, so it is not said which rows are equal.',
            mend: 'Choose columns, or all.',
            param: 'columns',
            fixes: [{ do: 'set' as const, title: 'All columns', node, param: 'columns', value: { by: 'all' } }],
          },
        ]
      : []),
    ...(p.keep !== 'any' && p.order === ''
      ? [notChosen({ node, param: 'order', title: 'What the rows are ordered by' })]
      : []),
    ...columnFindings({ node, param: 'order' }, p.order, inputs['rows']),
  ],
});
