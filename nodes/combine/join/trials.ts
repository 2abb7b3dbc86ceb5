import type { KindTrials } from '../../../shared/kind/kind-trials.ts';

export const trials: KindTrials = (c) =>
  ['left', 'inner', 'right', 'full', 'semi', 'anti'].map((how) => ({
    how,
    keys: [
      { left: c.text, right: c.text },
      { left: c.integer, right: c.integer },
    ],
  }));

/** A join needs its keys. */
export const needsParams = true;
