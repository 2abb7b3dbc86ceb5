// The best split of a node: all cuts of all features, rows with a missing value tried on both sides.
// Gain and weights as in Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016, equations 6 and 7.

/**
 * Tries the features [f0, f1) and writes the best split at `result`: gain, left h, left g, left count (float64), feature, bin, missing left (int32).
 * `table` has 16 bytes a feature: offset of its first bin, number of value bins, bin of the missing, place in the user's order (or -1 when it takes no
 * part in this tree). Of equal gains the first feature of the user's order wins, then the lowest bin, then missing to the right: the same for any
 * number of threads. G, H, lambda and minH are in the units of the packed integers; the gain is too. counts of 0: rows are not counted.
 * What stands at `result` before is the best so far, with feature -1 and the smallest gain that counts when there is none.
 */
export function findSplit(
  sums: usize, counts: usize, table: usize, f0: i32, f1: i32, G: f64, H: f64, N: f64, lambda: f64, minH: f64, minN: f64, result: usize,
): void {
  let best = load<f64>(result), bestFeature = load<i32>(result, 32), bestBin = load<i32>(result, 36), bestMissing = load<i32>(result, 40);
  let bestH = load<f64>(result, 8), bestG = load<f64>(result, 16), bestN = load<f64>(result, 24);
  let bestOrder: i32 = bestFeature < 0 ? -1 : load<i32>(table + (<usize>bestFeature << 4), 12);
  const parent = G * G / (H + lambda);
  for (let f = f0; f < f1; f++) {
    const entry = table + (<usize>f << 4);
    const order = load<i32>(entry, 12);
    if (order < 0) continue;
    const first = <usize>load<u32>(entry);
    const bins = load<i32>(entry, 4);
    const missingAt = first + <usize>load<u32>(entry, 8);
    const missingH = load<f64>(sums + (missingAt << 4)), missingG = load<f64>(sums + (missingAt << 4), 8);
    const missingN = counts ? load<f64>(counts + (missingAt << 3)) : 0;
    const anyMissing = missingH != 0 || missingG != 0 || missingN != 0;
    // With missing rows, "all that is known" against "missing" is a split too.
    const last = anyMissing ? bins : bins - 1;
    let h: f64 = 0, g: f64 = 0, n: f64 = 0;
    let at = sums + (first << 4), countAt = counts + (first << 3);
    for (let b = 0; b < last; b++) {
      const bh = load<f64>(at), bg = load<f64>(at, 8);
      const bn = counts ? load<f64>(countAt) : 0;
      at += 16;
      countAt += 8;
      if (bh == 0 && bg == 0 && bn == 0) continue;
      h += bh;
      g += bg;
      n += bn;
      const rightH = H - h, rightG = G - g;
      if (h >= minH && rightH >= minH && n >= minN && N - n >= minN) {
        const gain = g * g / (h + lambda) + rightG * rightG / (rightH + lambda) - parent;
        if (gain > best || (gain == best && order < bestOrder)) {
          best = gain; bestFeature = f; bestOrder = order; bestBin = b; bestH = h; bestG = g; bestN = n;
          // Nobody is missing here: a row that is later will follow the heavier side.
          bestMissing = anyMissing ? 0 : <i32>(h > rightH);
        }
      }
      if (anyMissing) {
        const leftH = h + missingH, leftG = g + missingG, leftN = n + missingN;
        const otherH = H - leftH, otherG = G - leftG;
        if (leftH >= minH && otherH >= minH && leftN >= minN && N - leftN >= minN) {
          const gain = leftG * leftG / (leftH + lambda) + otherG * otherG / (otherH + lambda) - parent;
          if (gain > best || (gain == best && order < bestOrder)) {
            best = gain; bestFeature = f; bestOrder = order; bestBin = b; bestMissing = 1; bestH = leftH; bestG = leftG; bestN = leftN;
          }
        }
      }
    }
  }
  store<f64>(result, best);
  store<f64>(result, bestH, 8);
  store<f64>(result, bestG, 16);
  store<f64>(result, bestN, 24);
  store<i32>(result, bestFeature, 32);
  store<i32>(result, bestBin, 36);
  store<i32>(result, bestMissing, 40);
}
