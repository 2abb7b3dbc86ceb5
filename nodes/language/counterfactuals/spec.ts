import * as z from 'zod';
import { defineSpec, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { textField, textFindings } from '../../../shared/kind/fields/text-fields.ts';

export const spec = defineSpec({
  kind: 'language.counterfactuals',
  version: 1,
  computes: 1,
  title: 'Counterfactual pairs',
  about:
    'Sets beside each text the same text about another group, word for word, to see whether a model treats both alike.',
  keywords: [
    'bias probe',
    'fairness',
    'gender swap',
    'counterfactual',
    'perturbation',
    'minimal pairs',
    'invariance test',
    'checklist',
  ],
  icon: 'git-compare-arrows',
  inputs: { rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Pairs' } },
  params: z.strictObject({
    column: textField,
    gender: field.switch({
      title: 'Words of gender',
      help: 'Swaps the English words of gender: he and she, his and her, man and woman, waiter and waitress.',
      default: true,
    }),
    swaps: field.rules(
      {
        from: field.text({ title: 'This', help: 'A word or a phrase.' }),
        to: field.text({ title: 'For that', help: 'What stands in its place; and the other way round.' }),
      },
      {
        title: 'Custom pairs',
        help: 'Words of your own that are swapped, both ways: names, places, religions, ages.',
        addLabel: 'Add a pair',
      },
    ),
  }),
  form: 'task',
  rows: 'more',
  summary: ({ gender, swaps }) =>
    `pairs by ${[...(gender ? ['words of gender'] : []), ...(swaps.length > 0 ? [`${swaps.length} own pairs`] : [])].join(' and ') || 'nothing yet'}`,
  columns: (_params, inputs) => {
    const own = inputs['rows']?.columns ?? [];
    return [...own, ...pairColumns.filter((c) => !own.some((o) => o.name === c.name))];
  },
  check: ({ node, params, inputs }): Finding[] => [
    ...textFindings(node, params.column, inputs['rows']),
    ...(!params.gender && params.swaps.every(({ from, to }) => from.trim() === '' || to.trim() === '')
      ? [
          {
            code: 'param.empty',
            message: 'No words to swap are given.',
            mend: 'Turn on the words of gender, or write a pair of your own.',
            param: 'swaps',
          },
        ]
      : []),
  ],
});

export const pairColumns = [
  { name: 'pair', type: 'BIGINT' },
  { name: 'variant', type: 'VARCHAR' },
];
