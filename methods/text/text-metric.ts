/**
 * A metric over pairs of a text and its references, as sums: each pair gives a few numbers, the sums of which give the score. So the score of any choice of pairs
 * (a slice, a resample) costs an addition, and "corpus-level" and "mean over pairs" are one thing.
 */
export interface TextMetric {
  /** `bleu`, `chrf++`, `rouge1_stem`. */
  readonly name: string;
  readonly title: string;
  readonly better: 'higher' | 'lower';
  /** The largest value that a perfect text gets: 100 for BLEU, chrF and TER as sacreBLEU gives them, 1 for the rest. */
  readonly scale: 1 | 100;
  /** Numbers of one pair. `references` is not empty. */
  statistics: (candidate: string, references: readonly string[]) => readonly number[];
  /** The score of summed numbers. NaN where it is not defined (no words at all to divide by). */
  score: (sums: readonly number[]) => number;
  /** Every choice that changes the value. `references`: how many each pair has, `var` where it differs. */
  signature: (references: number | 'var') => string;
}

export interface TextPair {
  candidate: string;
  /** At least one. */
  references: readonly string[];
}

export interface MeasuredText {
  value: number;
  signature: string;
}

export function sumStatistics(rows: readonly (readonly number[])[]): number[] {
  const sums: number[] = [];
  for (const row of rows) for (let i = 0; i < row.length; i++) sums[i] = (sums[i] ?? 0) + (row[i] ?? 0);
  return sums;
}

export function referenceCount(pairs: readonly TextPair[]): number | 'var' {
  const counts = new Set(pairs.map((pair) => pair.references.length));
  return counts.size === 1 ? ([...counts][0] ?? 1) : 'var';
}

/** One metric over all pairs. */
export function measureText(metric: TextMetric, pairs: readonly TextPair[]): MeasuredText {
  const sums = sumStatistics(pairs.map((pair) => metric.statistics(pair.candidate, pair.references)));
  return { value: metric.score(sums), signature: metric.signature(referenceCount(pairs)) };
}
