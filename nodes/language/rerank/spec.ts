import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { encoderFields, encoderFindings } from '../../../shared/kind/fields/encoder-fields.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { questionField } from '../../../shared/kind/fields/language-fields.ts';

export const spec = defineSpec({
  kind: 'language.rerank',
  version: 1,
  computes: 1,
  title: 'Rerank',
  about: 'Puts the found passages of each question into a better order by a network that reads both.',
  keywords: [
    'cross-encoder',
    'reranker',
    'rag',
    'relevance',
    'bge-reranker',
    'ms marco',
    'second stage',
    'search',
    're-ranking',
    'Cohere rerank',
  ],
  icon: 'arrow-up-narrow-wide',
  inputs: { rows: { wire: 'table', title: 'Found passages' } },
  outputs: { rows: { wire: 'table', title: 'Passages in a new order' } },
  params: z.strictObject({
    question: questionField,
    passage: field.column({ title: 'Passage', help: 'The column of found passages.', families: ['text'] }),
    rank: field.column({
      title: 'Rank',
      help: 'The column with the rank that Retrieve gave; it gets the new one.',
      families: ['number'],
    }),
    by: field.choice({
      title: 'Judged by',
      help: 'A cross-encoder reads question and passage together: the best judgement, and slow. An encoder compares their vectors.',
      choices: { cross: 'a cross-encoder', encoder: 'an encoder' },
      default: 'cross',
    }),
    ...encoderFields(),
    fuse: field.switch({
      title: 'Reciprocal rank fusion',
      help: 'Orders by 1 / (60 + old rank) + 1 / (60 + new rank), so that the first search keeps a say.',
      default: false,
    }),
    most: field.integer({
      title: 'Keep',
      help: 'How many passages of each question stay.',
      default: 5,
      min: 1,
      max: 1000,
    }),
  }),
  form: 'task',
  readsFiles: true,
  rows: 'fewer',
  summary: ({ by, most }) => `the ${most} best again by ${by === 'cross' ? 'a cross-encoder' : 'an encoder'}`,
  columns: (_params, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return own.some((c) => c.name === 'rerank_score') ? own : [...own, { name: 'rerank_score', type: 'DOUBLE' }];
  },
  check: ({ node, params, inputs }) => [
    ...columnFindings({ node, param: 'question', title: 'The column of questions' }, params.question, inputs['rows'], {
      required: true,
      families: ['text'],
    }),
    ...columnFindings({ node, param: 'passage', title: 'The column of passages' }, params.passage, inputs['rows'], {
      required: true,
      families: ['text'],
    }),
    ...columnFindings({ node, param: 'rank', title: 'The column of ranks' }, params.rank, inputs['rows'], {
      required: true,
      families: ['number'],
    }),
    ...encoderFindings(params),
  ],
});
