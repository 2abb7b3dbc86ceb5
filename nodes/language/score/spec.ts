import * as z from 'zod';
import { columnFindings } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { failingRows } from '../../../shared/kind/failing-rows.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import type { Column } from '../../../shared/wires.ts';

const measures = [
  ['log_probability', 'DOUBLE'],
  ['tokens', 'INTEGER'],
  ['perplexity', 'DOUBLE'],
  ['word_perplexity', 'DOUBLE'],
  ['byte_perplexity', 'DOUBLE'],
  ['error', 'VARCHAR'],
] as const;
export const scoreColumns = (output: string): Column[] =>
  measures.map(([name, type]) => ({ name: `${output}_${name}`, type }));

export const spec = defineSpec({
  kind: 'language.score',
  version: 1,
  computes: 2,
  title: 'Score texts',
  about: 'Tells how probable a language model finds each text: log-likelihood and perplexity by token, word and byte.',
  keywords: [
    'perplexity',
    'log likelihood',
    'cross entropy',
    'surprisal',
    'logprobs',
    'bits per byte',
    'evaluate language model',
    'token probabilities',
    'likelihood of text',
  ],
  icon: 'gauge',
  inputs: { rows: { wire: 'table', title: 'Rows' }, llm: { wire: 'llm', title: 'Language model' } },
  outputs: { rows: { wire: 'table', title: 'Rows with scores' }, report: { wire: 'report', title: 'Report' } },
  params: z.strictObject({
    text: field.column({ title: 'Text', help: 'The column of texts to score.', families: ['text'] }),
    context: field.column({
      title: 'After',
      help: 'A column of texts that stand before and are not scored themselves: the question before an answer. Empty: none.',
      families: ['text'],
    }),
    output: field.text({ title: 'Name of the scores', help: 'The new columns begin with it.', default: 'score' }),
    ...failingRows,
  }),
  form: 'task',
  rows: 'same',
  summary: (p) => `score ${p.text === '' ? 'texts' : p.text}${p.context === '' ? '' : ` after ${p.context}`}`,
  columns: (p, inputs) => [...(inputs['rows']?.columns ?? []), ...scoreColumns(p.output)],
  check: ({ node, params: p, inputs }): Finding[] => [
    ...columnFindings({ node, param: 'text' }, p.text, inputs['rows'], { required: true, families: ['text'] }),
    ...columnFindings({ node, param: 'context' }, p.context, inputs['rows'], { families: ['text'] }),
    ...(p.output.trim() === ''
      ? [{ code: 'param.empty', message: 'The scores have no name.', mend: 'Give one.', param: 'output' }]
      : []),
  ],
});
