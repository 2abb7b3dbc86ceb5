/** How well a ranking finds what is relevant. Each value is of one question; means over questions are the usual figures. */

/** @param gains relevance of the found documents in their order (0: not relevant), @param all relevances of every relevant document. */
export interface Ranking {
  gains: readonly number[];
  all: readonly number[];
}

/** The share of the relevant documents among the first k. NaN where nothing is relevant. */
export const recallAt = ({ gains, all }: Ranking, k: number): number =>
  gains.slice(0, k).filter((gain) => gain > 0).length / relevant(all);
export const precisionAt = ({ gains }: Ranking, k: number): number =>
  gains.slice(0, k).filter((gain) => gain > 0).length / k;
/** 1 where at least one of the first k is relevant. */
export const hitAt = ({ gains, all }: Ranking, k: number): number =>
  relevant(all) === 0 ? NaN : gains.slice(0, k).some((gain) => gain > 0) ? 1 : 0;

/** One over the rank of the first relevant document; 0 where none was found. */
export function reciprocalRank({ gains, all }: Ranking): number {
  if (relevant(all) === 0) return NaN;
  const first = gains.findIndex((gain) => gain > 0);
  return first < 0 ? 0 : 1 / (first + 1);
}

/** Mean of the precisions at each relevant document; those that were not found count 0. */
export function averagePrecision({ gains, all }: Ranking): number {
  let [found, sum] = [0, 0];
  for (const [i, gain] of gains.entries()) if (gain > 0) sum += ++found / (i + 1);
  return sum / relevant(all);
}

/** Järvelin and Kekäläinen (2002), with the gain itself over log2(rank + 1), as scikit-learn's `ndcg_score`: over the best order that is possible. */
export function ndcgAt({ gains, all }: Ranking, k: number): number {
  const best = discounted(
    [...all].sort((a, b) => b - a),
    k,
  );
  return best === 0 ? NaN : discounted(gains, k) / best;
}

const relevant = (all: readonly number[]): number => all.filter((gain) => gain > 0).length;
const discounted = (gains: readonly number[], k: number): number =>
  gains.slice(0, k).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
