import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  {
    by: [c.text],
    aggregates: [
      { function: 'rows' },
      ...['count', 'count-distinct', 'median', 'minimum', 'maximum', 'quantile', 'mode'].map((name) => ({
        function: name,
        column: c.integer,
      })),
      { function: 'last', column: c.text, order: c.time, as: 'latest' },
    ],
  },
];
