import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = () => [{ sourceColumn: 'from where' }, { match: 'position' }];
