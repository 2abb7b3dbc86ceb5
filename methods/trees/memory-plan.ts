import { fail } from '../../shared/errors.ts';
import { largestMemoryBytes } from './kernel-module.ts';
import type { Objective } from './ensemble.ts';
import type { Packing } from './packing.ts';
import type { BoostingParams } from './params.ts';

/** Byte offsets of everything in the shared memory. */
export interface MemoryPlan {
  readonly bytes: number;
  /** Int32: lanes arrived, generation, cancelled. */
  readonly control: number;
  readonly leftCounts: number;
  readonly results: number;
  readonly featureTable: number;
  readonly binCounts: number;
  readonly cuts: number;
  readonly target: number;
  readonly weights: number;
  readonly scores: number;
  readonly logSums: number;
  readonly lossBlocks: number;
  readonly largest: number;
  readonly gradients: number;
  readonly index: number;
  readonly left: number;
  readonly right: number;
  readonly columnBins: number;
  readonly columnStride: number;
  readonly rowBins: number;
  readonly rowStride: number;
  readonly validationTarget: number;
  readonly validationWeights: number;
  readonly validationScores: number;
  readonly validationLogSums: number;
  readonly validationLossBlocks: number;
  readonly validationRowBins: number;
  readonly scoreStride: number;
  readonly validationScoreStride: number;
  readonly treeNodes: number;
  readonly treeNodesStride: number;
  readonly buffers: number;
  readonly bufferStride: number;
  readonly groupRows: number;
  readonly packed: number;
  readonly packedStride: number;
  /** Histograms of open nodes; before the first tree the same bytes hold samples and staged rows. */
  readonly histograms: number;
  readonly histogramsBytes: number;
  /** The other lanes' partial histograms of large nodes. */
  readonly partials: number;
  readonly partialsBytes: number;
  readonly scratchStride: number;
  readonly sampleRows: number;
  readonly stageRows: number;
}

export interface MemoryNeeds {
  readonly rows: number;
  readonly columns: number;
  readonly validationRows: number;
  readonly outputs: number;
  readonly lanes: number;
  readonly weighted: boolean;
  readonly validationWeighted: boolean;
  readonly objective: Objective;
  readonly params: BoostingParams;
  readonly packing: Packing;
  readonly histogramBytes?: number;
}

/** Rows of the blocks in which losses are summed: fixed, so that the sum does not depend on lanes. */
export const lossBlockRows = 4096;
/** Nodes split in one go, between two barriers. */
export const mostPairs = 64;
/** Bytes of a split's result, one per lane and node. */
export const resultBytes = 48;
export const nodeBytes = 24;
/** Columns sampled and sorted in one go. */
export const sampleColumns = 8;
const mostSampleRows = 65536;
// Beyond this, nodes give up their histograms and are counted anew when it is their turn.
const defaultHistogramBytes = 768 * 2 ** 20;
const mostPartialBytes = 192 * 2 ** 20;

export const treeLeavesLimit = (params: BoostingParams, rows: number): number => {
  const byDepth = params.maxDepth > 0 ? 2 ** Math.min(params.maxDepth, 30) : Infinity;
  const byLeaves = params.maxLeaves > 0 ? params.maxLeaves : Infinity;
  return Math.max(1, Math.min(byDepth, byLeaves, rows));
};

/** Whether lanes may share a large node's rows; with wide rows they share its columns instead, which needs no partial sums. */
export const splitsRows = (columns: number, lanes: number): boolean => lanes > 1 && columns < 64 * lanes;

// Over 80 lines: one sum, a line for each thing that takes memory.
export function planMemory(needs: MemoryNeeds): MemoryPlan {
  const { rows, columns, validationRows, outputs, lanes, params, packing } = needs;
  let end = 65536;
  const take = (bytes: number): number => {
    const at = end;
    end += Math.ceil((bytes + 64) / 64) * 64;
    return at;
  };
  const padded = Math.ceil(rows / 64) * 64;
  const validationPadded = Math.ceil(validationRows / 64) * 64;
  const rowStride = Math.ceil(columns / 8) * 8;
  const targetBytes = needs.objective === 'squared-error' ? 8 : 4;
  const softmax = needs.objective === 'softmax';
  const leaves = treeLeavesLimit(params, rows);
  // 256 rows of up to 64 columns, with their gradients, fit the second cache beside a group of histograms (measured best of 64 to 1024).
  const groupRows = Math.max(8, Math.min(256, Math.floor(16384 / rowStride)));
  const bufferStride = groupRows * (rowStride + 8) + 64;
  const packedStride = columns * 2048;
  const nodeHistogramBytes = columns * 256 * (packing.counted ? 24 : 16);
  const treeNodesStride = 2 * leaves * nodeBytes;
  const sampleRows = Math.min(rows, mostSampleRows);
  const stageRows = Math.max(8, Math.min(Math.max(rows, validationRows), Math.floor(2 ** 18 / (columns * 4))));
  const scratchStride =
    Math.ceil(Math.max((sampleColumns + 1) * sampleRows * 4 + 4096, stageRows * columns * 4) / 64) * 64;
  const slots = Math.max(2, params.growth === 'depth' && params.maxLeaves === 0 ? leaves / 2 : leaves);
  const plan = {
    control: take(64),
    leftCounts: take(2 * mostPairs * lanes * 4),
    results: take(2 * lanes * 2 * mostPairs * resultBytes),
    featureTable: take(columns * 16),
    binCounts: take(columns * 4),
    cuts: take(columns * 1024),
    target: take(padded * targetBytes),
    weights: needs.weighted ? take(padded * 4) : 0,
    scores: take(outputs * padded * 8),
    logSums: softmax ? take(padded * 4) : 0,
    lossBlocks: take(Math.ceil(rows / lossBlockRows) * 8),
    largest: take(lanes * 64),
    gradients: take(padded * 8),
    index: take(padded * 4),
    left: take(padded * 4),
    right: take(padded * 4),
    columnBins: take(columns * padded),
    columnStride: padded,
    rowBins: take(rows * rowStride),
    rowStride,
    validationTarget: take(validationPadded * targetBytes),
    validationWeights: needs.validationWeighted ? take(validationPadded * 4) : 0,
    validationScores: take(outputs * validationPadded * 8),
    validationLogSums: softmax ? take(validationPadded * 4) : 0,
    validationLossBlocks: take(Math.ceil(validationRows / lossBlockRows) * 8),
    validationRowBins: take(validationRows * rowStride),
    scoreStride: padded * 8,
    validationScoreStride: validationPadded * 8,
    treeNodes: take(lanes * treeNodesStride),
    treeNodesStride,
    buffers: take(lanes * bufferStride),
    bufferStride,
    groupRows,
    packed: take(lanes * packedStride),
    packedStride,
  };
  const histogramsBytes = Math.max(
    4 * nodeHistogramBytes,
    Math.min(slots * nodeHistogramBytes, needs.histogramBytes ?? defaultHistogramBytes),
    lanes * scratchStride,
  );
  const onePartial = (lanes - 1) * nodeHistogramBytes;
  const partialsBytes = splitsRows(columns, lanes)
    ? Math.max(1, Math.min(mostPairs, Math.floor(mostPartialBytes / onePartial))) * onePartial
    : 0;
  const histograms = take(histogramsBytes);
  const partials = take(partialsBytes);
  return {
    ...plan,
    histograms,
    histogramsBytes,
    partials,
    partialsBytes,
    scratchStride,
    sampleRows,
    stageRows,
    bytes: end,
  };
}

/** Refuses what 32-bit pointers cannot reach, in words. */
export function checkReach(plan: MemoryPlan, needs: MemoryNeeds): void {
  if (plan.bytes <= largestMemoryBytes) return;
  throw fail('trees.too-large', {
    message: `Training on ${needs.rows} rows and ${needs.columns} columns needs ${(plan.bytes / 2 ** 30).toFixed(1)} GiB in one piece; 4 GiB is the most.`,
    mend: 'Take a sample of the rows, or drop columns.',
    facts: { rows: needs.rows, columns: needs.columns, bytes: plan.bytes },
  });
}
