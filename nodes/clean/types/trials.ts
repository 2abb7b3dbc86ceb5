import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  {
    types: { [c.integer]: 'text', [c.number]: 'integer', [c.boolean]: 'number', [c.time]: 'timestamp' },
    unconvertible: 'missing',
  },
  { types: { [c.text]: 'number' }, unconvertible: 'missing', decimalMark: 'comma' },
];
