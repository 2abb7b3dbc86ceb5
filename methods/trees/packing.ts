/**
 * How a row's gradients share one 64-bit integer: g in the high bits, h below, a row count of 1 at the bottom where rows must be counted. A packed
 * histogram takes `blockRows` rows before a field could run over; then it is unpacked into float64.
 */
import type { Objective } from './ensemble.ts';

export interface Packing {
  readonly blockRows: number;
  readonly gShift: number;
  readonly hShift: number;
  /** Largest |g| and h of a row, as integers. */
  readonly gLimit: number;
  readonly hLimit: number;
  /** Whether the histograms count rows apart from h. */
  readonly counted: boolean;
  /** Whether h of each row is 1, exactly. */
  readonly hIsCount: boolean;
  /** Coarse steps: round by chance. */
  readonly dithered: boolean;
}

export function choosePacking(options: {
  objective: Objective;
  rows: number;
  weighted: boolean;
  minRowsInLeaf: number;
}): Packing {
  const { objective, rows, weighted, minRowsInLeaf } = options;
  const hIsCount = objective === 'squared-error' && !weighted;
  const counted = minRowsInLeaf > 1 && !hIsCount;
  const blockBits = Math.min(counted ? 13 : 16, Math.ceil(Math.log2(Math.max(2, rows))));
  const blockRows = 2 ** blockBits;
  const dithered = blockBits > 12;
  if (hIsCount) {
    const gShift = blockBits + 1;
    // Sums over all rows must stay exact in float64.
    const gBits = Math.min(62 - gShift - blockBits, 51 - Math.ceil(Math.log2(Math.max(2, rows))));
    return { blockRows, gShift, hShift: 0, gLimit: 2 ** gBits - 2, hLimit: 1, counted, hIsCount, dithered: false };
  }
  const hShift = counted ? blockBits + 1 : 0;
  const free = 63 - hShift - 2 * blockBits;
  // Gradients are computed in float32: more than 22 bits would hold nothing.
  const hBits = Math.min(22, Math.floor(free / 2));
  const gBits = Math.min(22, free - hBits);
  return {
    blockRows,
    gShift: hShift + hBits + blockBits,
    hShift,
    gLimit: 2 ** gBits - 2,
    hLimit: 2 ** hBits - 2,
    counted,
    hIsCount,
    dithered,
  };
}
