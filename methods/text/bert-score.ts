/**
 * A score by meaning, computed as BERTScore is (Zhang et al., 2020): each token of a text goes with the most similar token of the reference by the cosine of their vectors, and the other way
 * round; the mean similarities are recall and precision. Without idf and without rescaling. Values of different encoders have nothing to do with one another: the signature names the encoder.
 */
import { largest, lengthOf } from '../../shared/append.ts';
import type { TextMetric } from './text-metric.ts';

/** The vectors of one text's tokens, [tokens, size]. */
export interface TokenMatrix {
  size: number;
  values: Float32Array;
}
export interface TokenScore {
  precision: number;
  recall: number;
  f: number;
}

/** 0 where one of the texts has no token; 1 where neither has. */
export function scoreTokens(said: TokenMatrix, wanted: TokenMatrix): TokenScore {
  const { size } = said;
  const [a, b] = [unitRows(said), unitRows(wanted)];
  const [n, m] = [a.length / Math.max(1, size), b.length / Math.max(1, size)];
  if (n === 0 || m === 0) return n === m ? { precision: 1, recall: 1, f: 1 } : { precision: 0, recall: 0, f: 0 };
  const bestOfSaid = new Float64Array(n).fill(-1);
  const bestOfWanted = new Float64Array(m).fill(-1);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let cosine = 0;
      for (let d = 0; d < size; d++) cosine += (a[i * size + d] ?? 0) * (b[j * size + d] ?? 0);
      if (cosine > (bestOfSaid[i] ?? 0)) bestOfSaid[i] = cosine;
      if (cosine > (bestOfWanted[j] ?? 0)) bestOfWanted[j] = cosine;
    }
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [precision, recall] = [mean(bestOfSaid), mean(bestOfWanted)];
  return { precision, recall, f: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

function unitRows({ size, values }: TokenMatrix): Float64Array {
  const rows = Float64Array.from(values);
  for (let from = 0; from + size <= rows.length && size > 0; from += size) {
    const length = lengthOf(rows.subarray(from, from + size)) || 1;
    for (let d = 0; d < size; d++) rows[from + d] = (rows[from + d] ?? 0) / length;
  }
  return rows;
}

/** The F1 of pairs that were scored before. @param encoder hash of the encoder */
export function bertScore(scoreOf: (candidate: string, reference: string) => number, encoder: string): TextMetric {
  return {
    name: 'bertscore_f1',
    title: 'By meaning (BERTScore)',
    better: 'higher',
    scale: 1,
    statistics: (candidate, references) => [largest(references.map((reference) => scoreOf(candidate, reference))), 1],
    score: ([sum = 0, pairs = 0]) => sum / pairs,
    signature: (references) =>
      `nrefs:${references}|bertscore(${encoder.slice(0, 12)}@last)|idf:no|rescale:no|multi:best|agg:mean|v1`,
  };
}
