import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'combine.sample',
  version: 1,
  computes: 2,
  title: 'Sample rows',
  about: 'Takes some of the rows at random, always the same ones.',
  keywords: [
    'random sample',
    'row sampling',
    'subset',
    'downsample',
    'head',
    'limit',
    'data sampler',
    'stratified sample',
    'fewer rows',
    'sample_n',
    'top n',
    'first rows',
    'limit rows',
    'slice_sample',
    'tail',
    'random rows',
    'take rows',
  ],
  icon: 'dices',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    amount: field.choice({
      title: 'Sample by',
      help: 'A share of the rows, or a number of them.',
      choices: { fraction: 'fraction', rows: 'number of rows' },
      default: 'fraction',
    }),
    fraction: field.number({
      title: 'Fraction',
      help: 'How much of the table (of each class, when classes keep their shares) is taken.',
      default: 0.1,
      min: 0,
      max: 1,
      step: 0.05,
      slider: true,
      when: { param: 'amount', is: ['fraction'] },
    }),
    rows: field.integer({
      title: 'Rows',
      help: 'How many rows are taken; all, when there are not so many.',
      default: 1000,
      min: 0,
      unit: 'rows',
      when: { param: 'amount', is: ['rows'] },
    }),
    stratify: field.column({
      title: 'Stratify by',
      help: 'Each value of this column keeps its share, within one row. Empty: plain random rows.',
    }),
    seed: field.integer({
      title: 'Seed',
      help: 'Another number takes other rows; the same number always the same ones, in whatever order they come.',
      default: 1,
      min: 0,
    }),
  }),
  form: 'relational',
  rows: 'fewer',
  summary: (p) =>
    `take ${p.amount === 'fraction' ? `${Math.round(p.fraction * 1000) / 10} % of the rows` : `${p.rows.toLocaleString('en-US')} rows`}${p.stratify === '' ? ' at random' : `, ${p.stratify} in its shares`}`,
  check: ({ node, params: p, inputs }) => [
    ...columnFindings({ node, param: 'stratify' }, p.stratify, inputs['rows']),
    ...((p.amount === 'fraction' ? p.fraction : p.rows) === 0
      ? [
          {
            code: 'sample.nothing',
            severity: 'warning' as const,
            message: 'No rows are taken.',
            mend: 'Take more than 0.',
            param: p.amount === 'fraction' ? 'fraction' : 'rows',
          },
        ]
      : []),
  ],
});
