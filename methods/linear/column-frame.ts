import { fail } from '../../shared/errors.ts';
import { rowOf, type FeatureMatrix } from './feature-matrix.ts';
import { blockRows, eachBlock, rowBlock } from './row-block.ts';
import type { ColumnFrame } from './framed-column.ts';

/** @param centred false where there is no intercept: columns are then scaled by their root mean square and not moved. */
export function columnFrame(features: FeatureMatrix, weight: Float64Array | undefined, centred: boolean): ColumnFrame {
  const { rows, columns } = features;
  const total = weight ? weight.reduce((sum, value) => sum + value, 0) : rows;
  // Sums are taken of the distance from one row: what is far from zero loses no digits, and a constant column is exactly 0 there.
  const reference = rowOf(features, firstCountedRow(rows, weight));
  const about = columnSums(features, reference, weight);
  const constant = Uint8Array.from(about.squares, (sum) => (sum === 0 ? 1 : 0));
  const centre = reference.map((value, c) => (centred ? value + (about.sums[c] ?? 0) / total : 0));
  const { squares } = columnSums(features, centre, weight);
  const scale = squares.map((sum) => Math.sqrt(sum / total) || 1);
  const tooLarge = columns.find((_, c) => !Number.isFinite(scale[c]) || !Number.isFinite(centre[c]));
  if (tooLarge !== undefined) throw overflow(tooLarge);
  return { centre, scale, constant };
}

function firstCountedRow(rows: number, weight: Float64Array | undefined): number {
  let row = 0;
  while (weight && row < rows - 1 && weight[row] === 0) row += 1;
  return row;
}

/** For each column the weighted sums of x − centre and of its square, block by block. */
function columnSums(
  features: FeatureMatrix,
  centre: Float64Array,
  weight: Float64Array | undefined,
): { sums: Float64Array; squares: Float64Array } {
  const count = features.columns.length;
  const sums = new Float64Array(count);
  const squares = new Float64Array(count);
  const block = rowBlock(count, false);
  const ones = new Float64Array(blockRows).fill(1);
  eachBlock(
    features,
    { centre, scale: new Float64Array(count).fill(1), constant: new Uint8Array(count) },
    block,
    ({ values, start, rows }) => {
      const factors = weight ? weight.subarray(start, start + rows) : ones;
      for (let c = 0; c < count; c++) {
        const at = c * blockRows;
        let sum = 0;
        let square = 0;
        for (let i = 0; i < rows; i++) {
          const value = values[at + i] ?? 0;
          const weighted = (factors[i] ?? 0) * value;
          sum += weighted;
          square += weighted * value;
        }
        sums[c] = (sums[c] ?? 0) + sum;
        squares[c] = (squares[c] ?? 0) + square;
      }
    },
  );
  return { sums, squares };
}

const overflow = (column: string): Error =>
  fail('linear.too-large', {
    message: `The values of column “${column}” are so large that their squares leave the range of numbers.`,
    mend: 'Divide the column by a power of ten before this node, or look for a wrong value.',
    column,
    facts: { column },
  });
