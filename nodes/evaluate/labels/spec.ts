import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { checkEvaluator, evaluatorOutputs, rowsField } from '../../../shared/kind/evaluator.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'evaluate.labels',
  version: 1,
  computes: 2,
  title: 'Evaluate labels',
  about:
    'Measures labels that a language model wrote as text against true ones; an answer that is no label is counted, never guessed.',
  keywords: [
    'classification by LLM',
    'generated labels',
    'zero-shot',
    'accuracy',
    'f1',
    'confusion matrix',
    'prompt evaluation',
    'parse answers',
    'zero shot classification',
    'label accuracy',
  ],
  icon: 'tags',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: evaluatorOutputs,
  params: z.strictObject({
    answer: field.column({ title: 'Answer', help: 'The column of what the model wrote.', families: ['text'] }),
    truth: field.column({
      title: 'True label',
      help: 'The column of true labels; its values are the labels that count.',
      families: ['text', 'boolean', 'number'],
    }),
    rule: field.choice({
      title: 'An answer is a label',
      help: 'When it is the label (case, quotes and marks around it aside); when it begins with it; or when it mentions it and no other.',
      choices: {
        exact: 'when it is nothing else',
        begins: 'when it begins with it',
        mentions: 'when it mentions only it',
      },
      default: 'mentions',
    }),
    rows: rowsField,
  }),
  form: 'task',
  rows: 'same',
  summary: ({ answer, truth }) =>
    answer === '' || truth === '' ? 'measure written labels' : `measure ${answer} against ${truth}`,
  check: (context) => [
    ...columnFindings(
      { node: context.node, param: 'answer', title: 'The column of answers' },
      context.params.answer,
      context.inputs['rows'],
      { required: true, families: ['text'] },
    ),
    ...columnFindings(
      { node: context.node, param: 'truth', title: 'The column of true labels' },
      context.params.truth,
      context.inputs['rows'],
      { required: true, families: ['text', 'boolean', 'number'] },
    ),
    ...checkEvaluator(context),
  ],
});
