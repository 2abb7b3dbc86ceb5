/**
 * The quantile of an ascending array by linear interpolation: type 7 of Hyndman and Fan (1996), the default of NumPy, R and DuckDB's
 * `quantile_cont`. NaN for an empty array.
 *
 * @param share 0 to 1
 */
export function quantileOfSorted(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below] ?? NaN;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  const part = place - below;
  // As NumPy: from the nearer end, so that the result is monotone in `share` and equal neighbours stay exact.
  return part < 0.5 ? lower + (upper - lower) * part : upper - (upper - lower) * (1 - part);
}

/**
 * The value that splits the weight in half: the mean of the two middle values where it falls exactly between them (type 2 of Hyndman and Fan),
 * as scikit-learn's weighted median. NaN where the weights sum to 0.
 */
export function weightedMedian(values: Float64Array, weight: Float64Array, order: Uint32Array): number {
  let total = 0;
  for (const row of order) total += weight[row] ?? 0;
  if (total === 0) return NaN;
  let reached = 0;
  let exact: number | undefined;
  for (const row of order) {
    const rowWeight = weight[row] ?? 0;
    if (rowWeight === 0) continue;
    const value = values[row] ?? NaN;
    if (exact !== undefined) return (exact + value) / 2;
    reached += rowWeight;
    if (reached < total / 2) continue;
    if (reached - total / 2 > Number.EPSILON) return value;
    exact = value;
  }
  return exact ?? NaN;
}
