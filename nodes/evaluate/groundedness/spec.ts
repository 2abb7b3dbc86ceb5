import * as z from 'zod';
import { columnFindings, missingColumn, notChosen } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { encoderFields, encoderFindings } from '../../../shared/kind/fields/encoder-fields.ts';
import { evaluatorOutputs } from '../../../shared/kind/evaluator.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

const byMeaning = { param: 'by', is: ['both'] } as const;

export const spec = defineSpec({
  kind: 'evaluate.groundedness',
  version: 1,
  computes: 2,
  title: 'Evaluate groundedness',
  about:
    'Says of each sentence of an answer whether the sources hold it, and where: by words and numbers, and by meaning with an encoder.',
  keywords: [
    'hallucination',
    'faithfulness',
    'attribution',
    'citations',
    'rag evaluation',
    'grounding',
    'fact check',
    'ragas',
  ],
  icon: 'anchor',
  inputs: { rows: { wire: 'table', title: 'Answers with sources' } },
  outputs: { ...evaluatorOutputs, rows: { wire: 'table', title: 'Rows with verdicts' } },
  params: z.strictObject({
    answer: field.column({ title: 'Answer', help: 'The column of answers.', families: ['text'] }),
    sources: field.column({
      title: 'Sources',
      help: 'The column of what answers may rest on: a text (the context of Retrieve), or a list of texts.',
    }),
    by: field.choice({
      title: 'Judged by',
      help: 'Words and numbers alone; or also by meaning, for sentences that say the same in other words.',
      choices: { words: 'words and numbers', both: 'words, and meaning by an encoder' },
      default: 'words',
    }),
    leastOverlap: field.number({
      title: 'Words from',
      help: 'The share of a sentence’s telling words that two neighbouring sentences of a source must hold.',
      default: 0.6,
      min: 0,
      max: 1,
      step: 0.05,
      slider: true,
    }),
    leastSimilarity: field.number({
      title: 'Meaning from',
      help: 'The cosine with a sentence of a source from which on it counts as the same.',
      default: 0.7,
      min: 0,
      max: 1,
      step: 0.05,
      slider: true,
      when: byMeaning,
    }),
    ...encoderFields({ when: byMeaning }),
  }),
  form: 'task',
  readsFiles: true,
  rows: 'same',
  summary: ({ answer, sources }) =>
    answer === '' || sources === '' ? 'look for the sources of answers' : `look for ${answer} in ${sources}`,
  columns: (_params, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return [...own, ...groundedColumns.filter((c) => !own.some((o) => o.name === c.name))];
  },
  check: (context) => [
    ...columnFindings(
      { node: context.node, param: 'answer', title: 'The column of answers' },
      context.params.answer,
      context.inputs['rows'],
      { required: true, families: ['text'] },
    ),
    ...sourceFindings(context),
    ...(context.params.by === 'both' ? encoderFindings(context.params) : []),
  ],
});

export const groundedColumns = [
  { name: 'groundedness', type: 'DOUBLE' },
  { name: 'unsupported', type: 'VARCHAR' },
  { name: 'grounded_spans', type: 'VARCHAR' },
];

function sourceFindings({ node, params, inputs }: CheckContext<{ sources: string }>): Finding[] {
  const place = { node, param: 'sources', title: 'The column of sources' };
  return params.sources === ''
    ? [notChosen(place)]
    : missingColumn(place, params.sources, inputs['rows'], (near) => near);
}
