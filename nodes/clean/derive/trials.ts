import { inQuotes, type KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  {
    columns: [
      { name: 'sum of both', expression: `${inQuotes(c.number)} + ${inQuotes(c.integer)}` },
      { name: c.text, expression: `upper(${inQuotes(c.text)})` },
    ],
  },
];
