import { fail } from '../../shared/errors.ts';

/** How trees are grown. Names and meanings follow XGBoost and LightGBM where they agree. */
export interface BoostingParams {
  /** Boosting rounds: one tree each, or one per class for softmax. */
  readonly rounds: number;
  /** Every leaf's step is multiplied by this. */
  readonly learningRate: number;
  /** `depth` splits level by level, `leaf` always the leaf with the greatest gain. */
  readonly growth: 'leaf' | 'depth';
  /** Leaves per tree at most; 0: no limit. */
  readonly maxLeaves: number;
  /** Splits from the root to a leaf at most; 0: no limit. */
  readonly maxDepth: number;
  /** L2 penalty on leaf values. */
  readonly lambda: number;
  /** Least sum of second derivatives on each side of a split. */
  readonly minChildWeight: number;
  /** Least number of training rows on each side of a split. */
  readonly minRowsInLeaf: number;
  /** Least gain of a split. */
  readonly minGain: number;
  /** Chance of each row to be used by a round. */
  readonly rowFraction: number;
  /** Share of the columns that a tree may use, at least one. */
  readonly columnFraction: number;
  /** Bins per column at most, one more holds missing values. */
  readonly maxBins: number;
  /** Stop when the validation metric has not become better for so many rounds; 0: never. Keeps the best round's model. */
  readonly patience: number;
}

export const defaultBoostingParams: BoostingParams = {
  rounds: 100,
  learningRate: 0.1,
  growth: 'leaf',
  maxLeaves: 31,
  maxDepth: 0,
  lambda: 1,
  minChildWeight: 0.001,
  minRowsInLeaf: 20,
  minGain: 0,
  rowFraction: 1,
  columnFraction: 1,
  maxBins: 255,
  patience: 0,
};

interface Limits {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}
const limits: Readonly<Record<Exclude<keyof BoostingParams, 'growth'>, Limits>> = {
  rounds: { from: 1, to: 100_000, whole: true },
  learningRate: { from: 1e-6, to: 10 },
  maxLeaves: { from: 0, to: 65_536, whole: true },
  maxDepth: { from: 0, to: 64, whole: true },
  lambda: { from: 0, to: 1e12 },
  minChildWeight: { from: 0, to: 1e12 },
  minRowsInLeaf: { from: 1, to: 2 ** 31, whole: true },
  minGain: { from: 0, to: 1e300 },
  rowFraction: { from: 1e-6, to: 1 },
  columnFraction: { from: 1e-6, to: 1 },
  maxBins: { from: 2, to: 255, whole: true },
  patience: { from: 0, to: 100_000, whole: true },
};

/** Fills in what is not given and refuses what makes no sense, naming the parameter. */
export function completeParams(given: Partial<BoostingParams>): BoostingParams {
  const params = { ...defaultBoostingParams, ...given };
  for (const [name, { from, to, whole }] of Object.entries(limits)) {
    const value: unknown = Reflect.get(params, name);
    if (typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value))) continue;
    throw fail('trees.bad-parameter', {
      message: `${name} is ${String(value)}.`,
      mend: `Give ${whole ? 'a whole number' : 'a number'} from ${from} to ${to}.`,
      param: name,
    });
  }
  if (params.maxDepth === 0 && params.maxLeaves === 0)
    throw fail('trees.bad-parameter', {
      message: 'Neither "Max depth" nor "Max leaves" is set.',
      mend: 'Limit one of the two.',
      param: 'maxLeaves',
    });
  return params;
}
