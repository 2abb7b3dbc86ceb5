import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { columnFindings, missingColumn } from '../../../shared/kind/column-findings.ts';
import { pickColumns } from '../../../shared/kind/columns.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { failingRows } from '../../../shared/kind/failing-rows.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { questionField } from '../../../shared/kind/fields/language-fields.ts';
import { columnsInTemplate } from '../../../shared/kind/prompt-template.ts';
import type { Column } from '../../../shared/wires.ts';

export const choiceColumns = (output: string): Column[] => [
  { name: output, type: 'VARCHAR' },
  { name: `${output}_by_length`, type: 'VARCHAR' },
  { name: `${output}_margin`, type: 'DOUBLE' },
  { name: `${output}_correct`, type: 'BOOLEAN' },
  { name: `${output}_error`, type: 'VARCHAR' },
];

export const spec = defineSpec({
  kind: 'language.choices',
  version: 1,
  computes: 2,
  title: 'Multiple choice',
  about:
    'Measures a language model on questions with choices, by which choice it finds most probable; nothing is generated.',
  keywords: [
    'benchmark',
    'mmlu',
    'hellaswag',
    'arc',
    'lm-evaluation-harness',
    'multiple choice',
    'accuracy',
    'log likelihood',
    'acc_norm',
    'leaderboard',
    'eval harness',
    'multiple-choice questions',
    'WinoGrande',
  ],
  icon: 'list-checks',
  inputs: { rows: { wire: 'table', title: 'Questions' }, llm: { wire: 'llm', title: 'Language model' } },
  outputs: { rows: { wire: 'table', title: 'Rows with choices made' }, report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({
    question: questionField,
    template: field.multiline({
      title: 'Written as',
      help: 'How a question is put; the choice follows it. {{column}} stands for the row’s value.',
      default: 'Question: {{question}}\nAnswer:',
    }),
    choices: field.columns({
      title: 'Choices',
      help: 'The columns of the choices, in their order. A missing choice is none.',
      families: ['text'],
      default: { by: 'names', names: [] },
    }),
    answer: field.column({
      title: 'Right answer',
      help: 'The right choice: its text, the name of its column, its letter (A is the first) or its number (1 is the first). Empty: nothing is measured.',
    }),
    output: field.text({ title: 'Name of the choice', help: 'The new columns begin with it.', default: 'choice' }),
    ...failingRows,
  }),
  form: 'task',
  rows: 'same',
  summary: (p) => `choose an answer to ${p.question === '' ? 'each question' : p.question} by probability`,
  columns: (p, inputs) => [...(inputs['rows']?.columns ?? []), ...choiceColumns(p.output)],
  check: ({ node, params: p, inputs }): Finding[] => {
    const { rows } = inputs;
    const findings = [
      ...columnFindings({ node, param: 'question' }, p.question, rows, { required: true, families: ['text'] }),
      ...columnFindings({ node, param: 'answer' }, p.answer, rows),
    ];
    for (const name of columnsInTemplate(p.template))
      if (name !== 'question')
        append(
          findings,
          missingColumn({ node, param: 'template' }, name, rows, (near) => p.template.replaceAll(name, () => near)),
        );
    const picked = rows === undefined ? [] : pickColumns(p.choices, rows.columns);
    if (p.choices.by === 'names' ? p.choices.names.length < 2 : rows !== undefined && picked.length < 2)
      findings.push({
        code: 'choices.too-few',
        message: 'A choice needs at least two columns.',
        mend: 'Choose them in their order.',
        param: 'choices',
      });
    return findings;
  },
});
