import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) => [{ fraction: 0.5 }, { amount: 'rows', rows: 2, stratify: c.text }];
