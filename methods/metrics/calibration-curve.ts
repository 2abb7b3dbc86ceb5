import { quantileOfSorted } from '../statistics/quantile.ts';
import { checkLengths } from './confusion-matrix.ts';

export interface CalibrationBin {
  /** Mean predicted probability of the rows in the bin. */
  readonly predicted: number;
  /** Share of positives among them. */
  readonly observed: number;
  /** Weight of the rows. */
  readonly weight: number;
}

export interface CalibrationOptions {
  readonly bins?: number;
  /** Bins of equal width, or of equally many rows. */
  readonly strategy?: 'uniform' | 'quantile';
  readonly weight?: Float64Array;
}

/** scikit-learn's `calibration_curve` (right-closed bins, empty ones left out), with the weight of each bin and row weights. */
export function calibrationCurve(
  isPositive: Uint8Array,
  probability: Float64Array,
  { bins = 10, strategy = 'uniform', weight }: CalibrationOptions = {},
): CalibrationBin[] {
  checkLengths(isPositive.length, { probability: probability.length, weight: weight?.length });
  const edges = strategy === 'uniform' ? uniformEdges(bins) : quantileEdges(probability, bins);
  const sums = { predicted: new Float64Array(bins), observed: new Float64Array(bins), weight: new Float64Array(bins) };
  for (let row = 0; row < probability.length; row++) {
    const p = probability[row] ?? 0;
    const bin = countBelow(edges, p);
    const rowWeight = weight ? (weight[row] ?? 0) : 1;
    sums.predicted[bin] = (sums.predicted[bin] ?? 0) + rowWeight * p;
    sums.observed[bin] = (sums.observed[bin] ?? 0) + rowWeight * (isPositive[row] ?? 0);
    sums.weight[bin] = (sums.weight[bin] ?? 0) + rowWeight;
  }
  return Array.from(sums.weight, (total, bin) => ({
    predicted: (sums.predicted[bin] ?? 0) / total,
    observed: (sums.observed[bin] ?? 0) / total,
    weight: total,
  })).filter((bin) => bin.weight !== 0);
}

/** Mean distance between predicted and observed over the bins, weighted by their rows. Its number depends on bins and strategy: print them beside it. */
export function expectedCalibrationError(curve: readonly CalibrationBin[]): number {
  let gap = 0;
  let total = 0;
  for (const bin of curve) {
    gap += bin.weight * Math.abs(bin.predicted - bin.observed);
    total += bin.weight;
  }
  return gap / total;
}

/** Inner edges only. */
const uniformEdges = (bins: number): Float64Array =>
  Float64Array.from({ length: bins - 1 }, (_, i) => (i + 1) * (1 / bins));

function quantileEdges(probability: Float64Array, bins: number): Float64Array {
  const sorted = probability.slice().sort();
  return Float64Array.from({ length: bins - 1 }, (_, i) => quantileOfSorted(sorted, (i + 1) * (1 / bins)));
}

/** How many edges are < value. */
function countBelow(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
