import { blockedSum, weightedMean } from '../../statistics/blocked-sum.ts';

/** The share of each class, by weight (scikit-learn's DummyClassifier "prior"). */
export function classShares(target: Float64Array, classes: number, weights?: Float64Array): Float64Array {
  const sums = Array.from({ length: classes }, (_, k) =>
    blockedSum(target.map((own, row) => (own === k ? (weights?.[row] ?? 1) : 0))),
  );
  const total = sums.reduce((a, b) => a + b, 0);
  return Float64Array.from(sums, (sum) => sum / total);
}

/** scikit-learn's DummyRegressor "mean". */
export const meanValue = (target: Float64Array, weights?: Float64Array): Float64Array =>
  Float64Array.of(weightedMean(target, weights));
