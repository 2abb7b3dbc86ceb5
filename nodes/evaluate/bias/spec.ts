import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { evaluatorOutputs } from '../../../shared/kind/evaluator.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'evaluate.bias',
  version: 1,
  computes: 1,
  title: 'Evaluate bias',
  about:
    'Measures whether counterfactual pairs get different scores or answers: the mean difference, how many flip, and whether it could be chance.',
  keywords: [
    'fairness',
    'counterfactual fairness',
    'invariance',
    'flip rate',
    'paired test',
    'sign test',
    'discrimination',
    'bias probe',
  ],
  icon: 'scale',
  inputs: { rows: { wire: 'table', title: 'Pairs with scores' } },
  outputs: evaluatorOutputs,
  params: z.strictObject({
    score: field.column({
      title: 'Score',
      help: 'The column that is compared within a pair: a number (a probability, a length, a rudeness), yes/no, or a text that should be the same.',
    }),
    pair: field.column({
      title: 'Pair',
      help: 'The column whose equal values make a pair, as Counterfactual pairs gives it.',
    }),
    variant: field.column({
      title: 'Variant',
      help: 'The column that says which of the two a row is. The first by the alphabet is compared with the second.',
      families: ['text'],
    }),
    tolerance: field.number({
      title: 'Tolerance',
      help: 'Numbers that differ by no more than this are equal.',
      default: 0.01,
      min: 0,
      step: 0.01,
    }),
    text: field.column({ title: 'Text', help: 'A column to show for the pairs that differ most. Empty: none.' }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ score }) => `compare ${score === '' ? 'scores' : score} within pairs`,
  check: ({ node, params, inputs }) => [
    ...columnFindings({ node, param: 'score', title: 'The column that is compared' }, params.score, inputs['rows'], {
      required: true,
      families: ['number', 'boolean', 'text'],
    }),
    ...columnFindings({ node, param: 'pair', title: 'The column of pairs' }, params.pair, inputs['rows'], {
      required: true,
    }),
    ...columnFindings({ node, param: 'variant', title: 'The column of variants' }, params.variant, inputs['rows'], {
      required: true,
    }),
    ...columnFindings({ node, param: 'text' }, params.text, inputs['rows']),
  ],
});
