import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { lower: -1, upper: 1 },
  { columns: { by: 'names', names: [c.number] }, upper: 2 },
];
