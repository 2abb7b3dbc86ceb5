import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { action: 'drop-all' },
  { action: 'fill', value: '0', flag: true },
  { action: 'keep', flag: true, columns: { by: 'names', names: [c.text] } },
];
