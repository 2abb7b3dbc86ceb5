import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { column: c.text, tags: true, addresses: 'word', quotes: true, lower: true },
  { column: c.text, unicode: false, hidden: false, spaces: false, empty: false },
];
