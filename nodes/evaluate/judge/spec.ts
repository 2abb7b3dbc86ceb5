import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { askingFields } from '../../../shared/kind/fields/language-fields.ts';
import type { Column } from '../../../shared/wires.ts';

export const judgeColumns = (output: string): Column[] => [
  { name: output, type: 'VARCHAR' },
  { name: `${output}_reason`, type: 'VARCHAR' },
  { name: `${output}_agreed`, type: 'DOUBLE' },
  { name: `${output}_unanswered`, type: 'INTEGER' },
];

export const spec = defineSpec({
  kind: 'evaluate.judge',
  version: 1,
  computes: 2,
  title: 'Judge',
  about:
    'Lets a language model judge answers by your rubric, and tells how noisy it is and how far it agrees with people.',
  keywords: [
    'llm as a judge',
    'g-eval',
    'rubric',
    'pairwise',
    'win rate',
    'cohen kappa',
    'calibration',
    'mt-bench',
    'ragas',
    'evaluation',
    'human labels',
    'llm judge',
    'llm evaluation',
    'openai evals',
    'promptfoo',
    'deepeval',
  ],
  icon: 'gavel',
  inputs: { rows: { wire: 'table', title: 'Answers' }, llm: { wire: 'llm', title: 'Judge' } },
  outputs: { rows: { wire: 'table', title: 'Rows with verdicts' }, report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({
    scale: field.choice({
      title: 'Verdict',
      help: 'Pass or fail is the most reliable; of two answers both orders are asked, and only a verdict that both give counts.',
      choices: { 'pass-fail': 'pass or fail', 'one-to-five': '1 to 5', pairwise: 'which of two is better' },
      default: 'pass-fail',
    }),
    rubric: field.multiline({
      title: 'Rubric',
      help: 'What makes an answer good, so plainly that two people would judge alike.',
      default: 'The answer is correct, complete and about the question.',
    }),
    question: field.column({
      title: 'Question',
      help: 'The column of questions. Empty: the judge sees answers alone.',
      families: ['text'],
    }),
    answer: field.column({ title: 'Answer', help: 'The column of answers to judge.', families: ['text'] }),
    other: field.column({
      title: 'Other answer',
      help: 'The column of the answers to compare with.',
      families: ['text'],
      when: { param: 'scale', is: ['pairwise'] },
    }),
    reference: field.column({
      title: 'Right answer',
      help: 'A column of right answers that the judge may see. Empty: none.',
      families: ['text'],
    }),
    label: field.column({
      title: 'Human verdict',
      help: 'A column with what people said (pass/fail, 1 to 5, first/second/tie), for at least 50 rows: the report tells how far the judge agrees. Empty: not told.',
      section: 'Calibration',
    }),
    repeats: field.integer({
      title: 'Repeats',
      help: 'How often each is judged, with other seeds and a little chance: what differs is the judge’s noise.',
      default: 3,
      min: 1,
      max: 25,
      unit: 'times',
    }),
    temperature: field.number({
      title: 'Temperature',
      help: 'Chance between the repeats. 0: a model of this machine says the same each time.',
      default: 0.3,
      min: 0,
      max: 2,
      step: 0.1,
    }),
    maxTokens: field.integer({
      title: 'Max tokens',
      help: 'Reason and verdict together.',
      default: 300,
      min: 40,
      max: 4000,
      unit: 'tokens',
    }),
    output: field.text({ title: 'Name of the verdict', help: 'The new columns begin with it.', default: 'verdict' }),
    ...askingFields,
  }),
  form: 'task',
  rows: 'same',
  summary: (p) =>
    `judge ${p.answer === '' ? 'answers' : p.answer}${p.scale === 'pairwise' ? ` against ${p.other === '' ? 'others' : p.other}` : ''} by a rubric, ${p.repeats} times each`,
  columns: (p, inputs) => [...(inputs['rows']?.columns ?? []), ...judgeColumns(p.output)],
  check: ({ node, params: p, inputs }): Finding[] => {
    const { rows } = inputs;
    const texts = { families: ['text'] as const };
    return [
      ...columnFindings({ node, param: 'answer' }, p.answer, rows, { required: true, ...texts }),
      ...(p.scale === 'pairwise'
        ? columnFindings({ node, param: 'other' }, p.other, rows, { required: true, ...texts })
        : []),
      ...columnFindings({ node, param: 'question' }, p.question, rows, texts),
      ...columnFindings({ node, param: 'reference' }, p.reference, rows, texts),
      ...columnFindings({ node, param: 'label' }, p.label, rows),
      ...(p.rubric.trim() === ''
        ? [
            {
              code: 'param.empty',
              message: 'The rubric is empty.',
              mend: 'Say what makes an answer good.',
              param: 'rubric',
            },
          ]
        : []),
    ];
  },
});
