import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { column: c.text, keep: 'all' },
  { column: c.text, known: 'column', idColumn: c.integer, as: c.text, keep: 'all' },
];
