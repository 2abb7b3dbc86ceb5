import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [
  { columns: { by: 'names', names: [c.text, c.number] }, rename: { [c.text]: "it's new" } },
  { columns: { by: 'type', type: 'number' }, action: 'drop' },
];
