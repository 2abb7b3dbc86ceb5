import * as z from 'zod';
import { columnFindings, missingColumn, notChosen } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { checkEvaluator, evaluatorOutputs, rowsField } from '../../../shared/kind/evaluator.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'evaluate.text',
  version: 1,
  computes: 2,
  title: 'Evaluate text',
  about:
    'Measures texts against references: BLEU, chrF, TER, ROUGE, exact match, token F1, error rates, each with its interval.',
  keywords: [
    'bleu',
    'rouge',
    'chrf',
    'ter',
    'wer',
    'cer',
    'sacrebleu',
    'exact match',
    'squad',
    'summarisation',
    'translation',
    'generation quality',
    'distinct-n',
    'readability',
    'word error rate',
    'character error rate',
    'machine translation',
    'text similarity score',
  ],
  icon: 'file-check-2',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { ...evaluatorOutputs, rows: { wire: 'table', title: 'Rows with scores' } },
  params: z.strictObject({
    candidate: field.column({
      title: 'Text',
      help: 'The column of texts to measure: answers, summaries, translations.',
      families: ['text'],
    }),
    reference: field.column({
      title: 'Reference',
      help: 'The column of what should have been said: a text, or a list of texts of which the best counts.',
    }),
    measures: field.choice({
      title: 'Measures',
      help: 'Which figures: those for translations (BLEU, chrF, chrF++, TER), summaries (ROUGE), answers (exact match, token F1), transcripts (word and character error rate), or all of them.',
      choices: {
        all: 'all',
        translations: 'for translations',
        summaries: 'for summaries',
        answers: 'for answers',
        transcripts: 'for transcripts',
      },
      default: 'all',
    }),
    bleuTokens: field.choice({
      title: 'BLEU tokenizer',
      help: 'How BLEU splits a text. The rules of 13a are for languages with spaces between words; Chinese and Japanese need their own.',
      choices: {
        '13a': '13a, the usual',
        zh: 'Chinese characters one by one',
        intl: 'international punctuation',
        char: 'every character',
        none: 'at spaces only',
      },
      default: '13a',
      section: 'Words',
      when: { param: 'measures', is: ['all', 'translations'] },
    }),
    rougeTokens: field.choice({
      title: 'ROUGE tokenizer',
      help: 'The reference implementation sees the letters a to z and digits alone: other scripts get 0. The Unicode words see every script.',
      choices: { 'rouge-score': 'a to z, as rouge-score', unicode: 'Unicode words' },
      default: 'rouge-score',
      section: 'Words',
      when: { param: 'measures', is: ['all', 'summaries'] },
    }),
    encoder: field.folder({
      title: 'Encoder',
      help: 'Adds a score by meaning (BERTScore) by this folder with tokenizer.json and an ONNX file. Empty: none. Only values by the same encoder may be compared.',
      placeholder: 'models/encoder',
      section: 'By meaning',
    }),
    network: field.text({
      title: 'Network',
      help: 'Of several ONNX files in the folder the one to take. Empty: the only one, or model.onnx.',
      section: 'By meaning',
    }),
    resamples: field.integer({
      title: 'Bootstrap resamples',
      help: 'How often rows are drawn anew for the intervals. 0: no intervals.',
      default: 1000,
      min: 0,
      max: 100_000,
      section: 'Intervals',
    }),
    seed: field.integer({
      title: 'Seed',
      help: 'The same seed draws the same rows.',
      default: 1,
      section: 'Intervals',
    }),
    rows: rowsField,
  }),
  form: 'task',
  readsFiles: true,
  rows: 'same',
  summary: ({ candidate, reference }) =>
    candidate === '' || reference === ''
      ? 'measure texts against references'
      : `measure ${candidate} against ${reference}`,
  check: (context) => [
    ...columnFindings(
      { node: context.node, param: 'candidate', title: 'The column of texts' },
      context.params.candidate,
      context.inputs['rows'],
      { required: true, families: ['text'] },
    ),
    ...referenceFindings(context),
    ...checkEvaluator(context),
  ],
});

/** A text or a list of texts. */
function referenceFindings({ node, params, inputs }: CheckContext<{ reference: string }>): Finding[] {
  const place = { node, param: 'reference', title: 'The column of references' };
  if (params.reference === '') return [notChosen(place)];
  const missing = missingColumn(place, params.reference, inputs['rows'], (near) => near);
  const type = inputs['rows']?.columns.find((c) => c.name === params.reference)?.type;
  if (missing.length > 0 || type === undefined || type === 'VARCHAR' || type === 'VARCHAR[]' || type.startsWith('ENUM'))
    return missing;
  return [
    {
      code: 'column.family',
      message: `The column "${params.reference}" is neither text nor a list of texts.`,
      mend: 'Choose another column, or give it the type text before.',
      param: 'reference',
      column: params.reference,
    },
  ];
}
