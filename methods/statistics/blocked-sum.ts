/** Rows are summed in blocks of this size, blocks in order: the error grows with rows / 1024 and the result never depends on threads. */
export const sumBlockRows = 1024;

/** Sum of `values`, in a fixed order. */
export function blockedSum(values: Float64Array): number {
  let total = 0;
  for (let start = 0; start < values.length; start += sumBlockRows) {
    const end = Math.min(start + sumBlockRows, values.length);
    let part = 0;
    for (let i = start; i < end; i++) part += values[i] ?? 0;
    total += part;
  }
  return total;
}

/** Weighted mean of `values`; NaN where there are no rows or the weights sum to 0. */
export function weightedMean(values: Float64Array, weight?: Float64Array): number {
  if (!weight) return blockedSum(values) / values.length;
  const products = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) products[i] = (values[i] ?? 0) * (weight[i] ?? 0);
  return blockedSum(products) / blockedSum(weight);
}
