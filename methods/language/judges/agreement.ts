/** How far two judges agree, beyond chance; and shares with their intervals. */
import { randomGenerator } from '../../random/random-generator.ts';

export interface Interval {
  low: number;
  high: number;
}

/**
 * Cohen's kappa of pairs of labels, shape [n, 2] as two lists; with quadratic weights for labels in an order (J. Cohen, 1960 and 1968). As scikit-learn's
 * `cohen_kappa_score`.
 * @returns null when both always gave one and the same label, or there is no pair: chance alone would agree as well
 */
export function cohenKappa(
  a: readonly string[],
  b: readonly string[],
  { labels, quadratic = false }: { labels: readonly string[]; quadratic?: boolean },
): number | null {
  const n = Math.min(a.length, b.length);
  const place = new Map(labels.map((label, i) => [label, i]));
  const k = labels.length;
  const counts = new Float64Array(k * k);
  for (let i = 0; i < n; i++) {
    const at = (place.get(a[i] ?? '') ?? 0) * k + (place.get(b[i] ?? '') ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const rows = new Float64Array(k);
  const columns = new Float64Array(k);
  counts.forEach((count, at) => {
    const [i, j] = [Math.floor(at / k), at % k];
    rows[i] = (rows[i] ?? 0) + count;
    columns[j] = (columns[j] ?? 0) + count;
  });
  let [observed, expected] = [0, 0];
  counts.forEach((count, at) => {
    const [i, j] = [Math.floor(at / k), at % k];
    const weight = quadratic ? (i - j) ** 2 : i === j ? 0 : 1;
    observed += weight * count;
    expected += (weight * (rows[i] ?? 0) * (columns[j] ?? 0)) / n;
  });
  return n === 0 || expected === 0 ? null : 1 - observed / expected;
}

/** Percentile bootstrap over items (B. Efron, 1979): 95 % of 2,000 draws. Null when most draws have no value. */
export function bootstrapInterval(
  count: number,
  statistic: (items: readonly number[]) => number | null,
  seed = 42,
  draws = 2000,
): Interval | null {
  if (count < 2) return null;
  const random = randomGenerator(seed);
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const items = Array.from({ length: count }, () => random.nextBelow(count));
    const value = statistic(items);
    if (value !== null) values.push(value);
  }
  if (values.length < draws / 2) return null;
  values.sort((x, y) => x - y);
  const at = (share: number): number =>
    values[Math.min(values.length - 1, Math.max(0, Math.round(share * (values.length - 1))))] ?? Number.NaN;
  return { low: at(0.025), high: at(0.975) };
}

/** E. B. Wilson's 95 % interval of a share (1927): holds for few rows and for shares near 0 and 1. */
export function wilsonInterval(hits: number, count: number): Interval | null {
  if (count === 0) return null;
  const z = 1.959963984540054;
  const share = hits / count;
  const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  const half = (z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))) / (1 + z ** 2 / count);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** A rate that a judge of known errors found, as it would be without them (W. J. Rogan and B. Gladen, 1978). Null when the judge is no better than chance. */
export function correctedRate(apparent: number, sensitivity: number, specificity: number): number | null {
  const power = sensitivity + specificity - 1;
  return power <= 0 ? null : Math.min(1, Math.max(0, (apparent + specificity - 1) / power));
}
