import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { evaluatorOutputs } from '../../../shared/kind/evaluator.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'evaluate.retrieval',
  version: 1,
  computes: 1,
  title: 'Evaluate retrieval',
  about: 'Measures whether the right passages are found, and how early: recall, hit rate, MRR, nDCG, with intervals.',
  keywords: [
    'recall@k',
    'MRR',
    'nDCG',
    'hit rate',
    'MAP',
    'precision@k',
    'rag evaluation',
    'search quality',
    'ranking',
  ],
  icon: 'list-checks',
  inputs: {
    rows: { wire: 'table', title: 'Found passages' },
    questions: { wire: 'table', title: 'All questions', optional: true },
  },
  outputs: evaluatorOutputs,
  params: z.strictObject({
    question: field.column({ title: 'Question', help: 'The column that tells questions apart: their id or text.' }),
    found: field.column({
      title: 'Found',
      help: 'The column that names what a passage is from: a document, a path, an id. Of several passages of one document the first counts.',
    }),
    relevant: field.column({
      title: 'Relevant',
      help: 'The column that names what should be found: one name, or a list of names; in all questions where they are wired, else in the found passages.',
    }),
    rank: field.text({ title: 'Rank', help: 'The column with the rank of a passage.', default: 'rank' }),
    k: field.integer({
      title: 'First',
      help: 'How many of the found documents count for the figures "at k".',
      default: 5,
      min: 1,
      max: 1000,
    }),
    resamples: field.integer({
      title: 'Bootstrap resamples',
      help: 'How often questions are drawn anew for the intervals. 0: no intervals.',
      default: 1000,
      min: 0,
      max: 100_000,
      section: 'Intervals',
    }),
    seed: field.integer({
      title: 'Seed',
      help: 'The same seed draws the same questions.',
      default: 1,
      section: 'Intervals',
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ k }) => `measure the first ${k} that are found for each question`,
  check: ({ node, params, inputs, wired }) => [
    ...columnFindings({ node, param: 'question', title: 'The column of questions' }, params.question, inputs['rows'], {
      required: true,
    }),
    ...columnFindings({ node, param: 'found', title: 'The column of what was found' }, params.found, inputs['rows'], {
      required: true,
    }),
    ...columnFindings(
      { node, param: 'relevant', title: 'The column of what is relevant' },
      params.relevant,
      wired.has('questions') ? inputs['questions'] : inputs['rows'],
      { required: true },
    ),
    ...columnFindings({ node, param: 'rank', title: 'The column of ranks' }, params.rank, inputs['rows'], {
      required: true,
      families: ['number'],
    }),
  ],
});
