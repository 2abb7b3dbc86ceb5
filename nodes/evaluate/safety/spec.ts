import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { evaluatorOutputs } from '../../../shared/kind/evaluator.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'evaluate.safety',
  version: 1,
  computes: 2,
  title: 'Evaluate safety',
  about: 'Says how often texts are rude, give away personal data, refuse or are empty, each with its interval.',
  keywords: [
    'toxicity rate',
    'PII leakage',
    'refusal rate',
    'guardrails',
    'red team',
    'moderation',
    'privacy',
    'content safety',
    'content moderation',
    'toxicity evaluation',
  ],
  icon: 'shield-check',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: evaluatorOutputs,
  params: z.strictObject({
    column: textField,
    group: field.column({
      title: 'By group',
      help: 'A column whose values are compared: a model, a prompt, a language. Empty: none.',
    }),
    rudeFrom: field.number({
      title: 'Toxicity threshold',
      help: 'The rudeness from which on a text counts: one insult scores 0.6, one swear word 0.4.',
      default: 0.5,
      min: 0.01,
      max: 1,
      step: 0.05,
      slider: true,
    }),
    own: field.texts({ title: 'Custom words', help: 'Words and phrases that count as rude too.' }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ column }) => `how often ${column === '' ? 'texts' : column} go too far`,
  check: ({ node, params, inputs }) => textFindings(node, params.column, inputs['rows']),
});
