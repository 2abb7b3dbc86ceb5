import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'language.toxicity',
  version: 1,
  computes: 2,
  title: 'Toxicity',
  about:
    'Marks texts with insults, swearing, threats and hate by a list of English words and patterns, and one’s own words.',
  keywords: [
    'toxicity',
    'profanity',
    'hate speech',
    'offensive',
    'moderation',
    'abuse',
    'insults',
    'bad words',
    'safety',
    'content moderation',
    'Detoxify',
    'Perspective API',
    'guardrails',
  ],
  icon: 'message-square-warning',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params: z.strictObject({
    column: textField,
    own: field.texts({
      title: 'Custom words',
      help: 'Words and phrases that count too, in any language and any case.',
    }),
    action: field.choice({
      title: 'Action',
      help: 'What becomes of texts from the threshold on.',
      choices: { mark: 'they are marked', remove: 'their rows are removed' },
      default: 'mark',
    }),
    threshold: field.number({
      title: 'From',
      help: 'One swear word scores 0.4, an insult 0.6, a threat or hate 0.9; several add up towards 1.',
      default: 0.5,
      min: 0.01,
      max: 1,
      step: 0.05,
      slider: true,
    }),
  }),
  form: 'task',
  rows: ({ action }) => (action === 'remove' ? 'fewer' : 'same'),
  adds: () => true,
  summary: ({ action, threshold }) =>
    `${action === 'remove' ? 'remove' : 'mark'} texts with rude words from ${threshold}`,
  columns: (_params, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return [...own, ...rudeColumns.filter((c) => !own.some((o) => o.name === c.name))];
  },
  check: ({ node, params, inputs }) => textFindings(node, params.column, inputs['rows']),
});

export const rudeColumns = [
  { name: 'rudeness', type: 'DOUBLE' },
  { name: 'is_rude', type: 'BOOLEAN' },
  { name: 'rude_words', type: 'VARCHAR' },
];
