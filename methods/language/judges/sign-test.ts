/** The exact sign test, two-sided: how likely a count at least as uneven is when ups and downs are equally likely. 1 without any. */
export function signTest(ups: number, downs: number): number {
  const n = ups + downs;
  if (n === 0) return 1;
  // In logarithms: 2^n leaves the doubles' range long before pairs are many.
  let logChoose = 0;
  let tail = 0;
  for (let k = 0; k <= Math.min(ups, downs); k++) {
    if (k > 0) logChoose += Math.log(n - k + 1) - Math.log(k);
    tail += Math.exp(logChoose - n * Math.LN2);
  }
  return Math.min(1, 2 * tail);
}
