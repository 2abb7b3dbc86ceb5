import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { answerFields, askingFields, questionField } from '../../../shared/kind/fields/language-fields.ts';
import type { Column } from '../../../shared/wires.ts';

export const answerColumns = (output: string): Column[] => [
  { name: output, type: 'VARCHAR' },
  { name: `${output}_sources`, type: 'VARCHAR' },
  { name: `${output}_citations`, type: 'INTEGER' },
  { name: `${output}_false_citations`, type: 'INTEGER' },
  { name: `${output}_found`, type: 'BOOLEAN' },
  { name: `${output}_error`, type: 'VARCHAR' },
];

export const spec = defineSpec({
  kind: 'language.answer',
  version: 1,
  computes: 3,
  title: 'Answer with sources',
  about:
    'Lets a language model answer questions from the passages that were found for them, with citations that are checked.',
  keywords: [
    'rag',
    'retrieval augmented generation',
    'citations',
    'question answering',
    'grounded',
    'sources',
    'langchain',
    'llamaindex',
    'chat with documents',
    'chat with pdf',
    'RetrievalQA',
    'qa chain',
    'document question answering',
  ],
  icon: 'quote',
  inputs: { rows: { wire: 'table', title: 'Questions with passages' }, llm: { wire: 'llm', title: 'Language model' } },
  outputs: { rows: { wire: 'table', title: 'Rows with answers' }, report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({
    question: questionField,
    context: field.column({
      title: 'Passages',
      help: 'The column of numbered passages, [1] …, [2] …, as "Retrieve" gives them with a row for each question.',
      families: ['text'],
    }),
    sources: field.column({
      title: 'Sources',
      help: 'The list of where the passages are from, in their order. Empty: citations stay numbers.',
    }),
    instructions: field.multiline({
      title: 'Instructions',
      help: 'More for the model: length, tone, language. That it answers from the passages alone and cites them is said already.',
    }),
    notFound: field.text({
      title: 'Fallback answer',
      help: 'What the model is to say when the passages hold no answer. A question without any passage gets it without being asked.',
      default: 'The sources do not say.',
    }),
    output: field.text({ title: 'Name of the answer', help: 'The new columns begin with it.', default: 'answer' }),
    ...answerFields,
    ...askingFields,
  }),
  form: 'task',
  rows: 'same',
  summary: (p) => `answer ${p.question === '' ? 'questions' : p.question} from the passages, with citations`,
  columns: (p, inputs) => [...(inputs['rows']?.columns ?? []), ...answerColumns(p.output)],
  check: ({ node, params: p, inputs }): Finding[] => [
    ...columnFindings({ node, param: 'question' }, p.question, inputs['rows'], { required: true, families: ['text'] }),
    ...columnFindings({ node, param: 'context' }, p.context, inputs['rows'], { required: true, families: ['text'] }),
    ...columnFindings({ node, param: 'sources' }, p.sources, inputs['rows']),
    ...(p.notFound.trim() === ''
      ? [
          {
            code: 'param.empty',
            message: '"Fallback answer" is empty.',
            mend: 'Write what is said when nothing is found.',
            param: 'notFound',
          },
        ]
      : []),
  ],
});
