import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { keys: [{ column: c.text, direction: 'descending' }, { column: c.number }], missing: 'first' },
];
