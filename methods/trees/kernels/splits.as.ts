// The best split of a node: all cuts of all features, rows with a missing value tried on both sides.
// Gain and weights as in Chen and Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016, equations 6 and 7.

// For two cuts at once, whether the two sides' scores sum to at least the bar; both sides of the inequality are multiplied by both denominators, for
// divisions would take most of the time. The bar is a shade too low, so that the exact test decides alone.
// @ts-ignore decorator
@inline function mayWin(h: v128, g: v128, H: v128, G: v128, lambda: v128, bar: v128): bool {
  const a = f64x2.add(h, lambda), b = f64x2.add(f64x2.sub(H, h), lambda), rest = f64x2.sub(G, g);
  const scores = f64x2.add(f64x2.mul(f64x2.mul(g, g), b), f64x2.mul(f64x2.mul(rest, rest), a));
  return v128.any_true(f64x2.ge(scores, f64x2.mul(bar, f64x2.mul(a, b))));
}

/**
 * Tries the features [f0, f1) and writes the best split at `result`: gain, left h, left g, left count (float64), feature, bin, missing left (int32).
 * `table` has 16 bytes a feature: offset of its first bin, number of value bins, bin of the missing, place in the user's order (or -1 when it takes no
 * part in this tree). Of equal gains the first feature of the user's order wins, then the lowest bin, then missing to the right: the same for any
 * number of threads. G, H, lambda and minH are in the units of the packed integers; the gain is too. counts of 0: rows are not counted.
 * The gain that stands at `result` before is the smallest that counts; without a split that gains more, the feature is -1.
 */
export function findSplit(
  sums: usize, counts: usize, table: usize, f0: i32, f1: i32, G: f64, H: f64, N: f64, lambda: f64, minH: f64, minN: f64, result: usize,
): void {
  let best = load<f64>(result), bestFeature = -1, bestBin = 0, bestMissing = 0, bestOrder = -1;
  let bestH: f64 = 0, bestG: f64 = 0, bestN: f64 = 0;
  const parent = G * G / (H + lambda);
  let bar = f64x2.splat((best + parent) * (1 - 1e-12));
  const allH = f64x2.splat(H), allG = f64x2.splat(G), penalty = f64x2.splat(lambda);
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
    const missingH2 = f64x2.splat(missingH), missingG2 = f64x2.splat(missingG);
    // With missing rows, "all that is known" against "missing" is a split too.
    const last = anyMissing ? bins : bins - 1;
    let at = sums + (first << 4);
    let h: f64 = 0, g: f64 = 0, n: f64 = 0, summedTo = 0;
    for (let b = 0; b < last; b += 2) {
      const one = v128.load(at), two = v128.load(at, 16);
      at += 32;
      const firstH = f64x2.splat(h + f64x2.extract_lane(one, 0)), firstG = f64x2.splat(g + f64x2.extract_lane(one, 1));
      h = f64x2.extract_lane(firstH, 0) + f64x2.extract_lane(two, 0);
      g = f64x2.extract_lane(firstG, 0) + f64x2.extract_lane(two, 1);
      const h2 = f64x2.replace_lane(firstH, 1, h), g2 = f64x2.replace_lane(firstG, 1, g);
      if (
        !mayWin(h2, g2, allH, allG, penalty, bar) &&
        !(anyMissing && mayWin(f64x2.add(h2, missingH2), f64x2.add(g2, missingG2), allH, allG, penalty, bar))
      ) continue;
      for (let c = b; c < min(b + 2, last); c++) {
        const own = c == b ? one : two;
        if (f64x2.extract_lane(own, 0) == 0 && f64x2.extract_lane(own, 1) == 0) continue;
        if (counts) {
          for (; summedTo <= c; summedTo++) n += load<f64>(counts + ((first + summedTo) << 3));
        }
        for (let missing = 0; missing <= <i32>anyMissing; missing++) {
          const leftH = (c == b ? f64x2.extract_lane(h2, 0) : h) + (missing ? missingH : 0);
          const leftG = (c == b ? f64x2.extract_lane(g2, 0) : g) + (missing ? missingG : 0);
          const leftN = n + (missing ? missingN : 0);
          const rightH = H - leftH, rightG = G - leftG;
          if (leftH < minH || rightH < minH || leftN < minN || N - leftN < minN) continue;
          const gain = leftG * leftG / (leftH + lambda) + rightG * rightG / (rightH + lambda) - parent;
          if (!(gain > best || (gain == best && order < bestOrder))) continue;
          best = gain; bestFeature = f; bestOrder = order; bestBin = c; bestH = leftH; bestG = leftG; bestN = leftN;
          // Nobody is missing here: a row that is later will follow the heavier side.
          bestMissing = anyMissing ? missing : <i32>(leftH > rightH);
          bar = f64x2.splat((best + parent) * (1 - 1e-12));
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
