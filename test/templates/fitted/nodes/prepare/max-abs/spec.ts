import * as z from 'zod';
import { absentColumns } from '../../../shared/kind/column-findings.ts';
import { pickColumns, sayColumns } from '../../../shared/kind/columns.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'prepare.max-abs',
  version: 1,
  computes: 1,
  title: 'Scale by maximum',
  about: 'Divides numbers by the largest absolute value of the training rows, so that zeros stay zeros.',
  keywords: ['MaxAbsScaler', 'maximum absolute', 'divide by maximum', 'sparse scaling', 'keep zeros'],
  icon: 'ruler',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Scaled rows' } },
  params: z.strictObject({
    columns: field.columns({
      title: 'Columns',
      help: 'Which numbers are scaled. The target is never picked by a rule.',
      families: ['number'],
      default: { by: 'type', type: 'number' },
    }),
  }),
  form: 'fitted',
  rows: 'same',
  summary: ({ columns }) => `divide ${sayColumns(columns)} by their largest size`,
  columns: ({ columns }, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    const scaled = new Set(pickColumns(columns, own, ['number']).map((c) => c.name));
    return own.map((c) => (scaled.has(c.name) ? { ...c, type: 'DOUBLE' } : c));
  },
  check: ({ params, inputs }) => absentColumns(params.columns, inputs['rows']?.columns ?? []),
});
