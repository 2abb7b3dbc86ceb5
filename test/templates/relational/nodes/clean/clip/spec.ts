import * as z from 'zod';
import { absentColumns } from '../../../shared/kind/column-findings.ts';
import { pickColumns, sayColumns } from '../../../shared/kind/columns.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'clean.clip',
  version: 1,
  computes: 1,
  title: 'Clip values',
  about: 'Brings numbers that are too small or too large to a bound.',
  keywords: ['clamp', 'numpy clip', 'cap values', 'limit values', 'lower and upper bound'],
  icon: 'scissors',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    columns: field.columns({
      title: 'Columns',
      help: 'Which numbers are clipped. They become numbers with decimals.',
      families: ['number'],
      default: { by: 'type', type: 'number' },
    }),
    lower: field.optionalNumber({ title: 'Lower bound', help: 'What is smaller becomes this. Empty: no bound.' }),
    upper: field.optionalNumber({ title: 'Upper bound', help: 'What is larger becomes this. Empty: no bound.' }),
  }),
  form: 'relational',
  rows: 'same',
  summary: ({ columns, lower, upper }) => `clip ${sayColumns(columns)} to [${lower ?? '−∞'}, ${upper ?? '∞'}]`,
  columns: ({ columns }, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    const clipped = new Set(pickColumns(columns, own, ['number']).map((c) => c.name));
    return own.map((c) => (clipped.has(c.name) ? { ...c, type: 'DOUBLE' } : c));
  },
  check: ({ params: { columns, lower, upper }, inputs }) => [
    ...absentColumns(columns, inputs['rows']?.columns ?? []),
    ...(lower !== null && upper !== null && lower > upper
      ? [
          {
            code: 'clip.bounds',
            message: `The lower bound ${lower} is above the upper bound ${upper}.`,
            mend: 'Exchange them.',
            param: 'upper',
          },
        ]
      : []),
  ],
});
