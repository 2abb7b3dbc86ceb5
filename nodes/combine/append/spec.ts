import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'combine.append',
  version: 1,
  computes: 2,
  title: 'Append',
  about: 'Puts tables under one another.',
  keywords: [
    'union',
    'concatenate',
    'concat',
    'stack rows',
    'bind_rows',
    'rbind',
    'merge vertically',
    'union all',
    'add rows',
    'append queries',
    'append rows',
    'append tables',
    'vstack',
    'combine files',
    'merge rows',
    'concatenate tables',
  ],
  icon: 'rows-3',
  inputs: { rows: { wire: 'table', title: 'Tables', many: true } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    match: field.choice({
      title: 'Columns belong together',
      help: 'By equal names (letters’ case aside), or simply the first with the first, the second with the second; the first table then gives the names.',
      choices: { name: 'by name', position: 'by position' },
      default: 'name',
    }),
    columns: field.choice({
      title: 'Columns that not all have',
      help: 'Keep them, with missing values where a table lacks them, or keep only those that every table has.',
      choices: { all: 'keep, and fill with missing', shared: 'leave out' },
      default: 'all',
      when: { param: 'match', is: ['name'] },
    }),
    sourceColumn: field.text({
      title: 'Column for the source',
      help: 'Name of a column that says from which table a row comes: 1, 2, 3 in the order of their nodes’ names. Empty: no such column.',
      placeholder: 'source',
    }),
  }),
  form: 'relational',
  rows: 'mix',
  summary: (p) =>
    `put tables under one another${p.match === 'position' ? ' by position' : p.columns === 'shared' ? ', columns that all have' : ''}${p.sourceColumn === '' ? '' : `, source in ${p.sourceColumn}`}`,
  check: ({ params: p, inputs }) =>
    p.sourceColumn !== '' &&
    inputs['rows']?.columns.some((c) => c.name.toLowerCase() === p.sourceColumn.toLowerCase()) === true
      ? [
          {
            code: 'column.duplicate',
            message: `The tables have a column "${p.sourceColumn}" already.`,
            mend: 'Give the column for the source another name.',
            param: 'sourceColumn',
            column: p.sourceColumn,
          },
        ]
      : [],
});
