import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { target: c.text, validationFraction: 0.2, id: c.integer },
  { method: 'folds', folds: 2, target: c.boolean },
  { method: 'time', time: c.time },
  { method: 'group', group: c.text },
];
