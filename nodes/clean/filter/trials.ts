import { inQuotes, type KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { rules: [{ column: c.number, operator: 'at-least', value: '0' }] },
  { rules: [{ column: c.text, operator: 'one-of', value: 'a, b' }], action: 'drop' },
  {
    rules: [{ column: c.time, operator: 'less', value: '2024-06-01' }],
    combine: 'any',
    expression: `${inQuotes(c.integer)} > 1`,
  },
];
