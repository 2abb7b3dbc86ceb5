/** Rows of tokens as the fixed arrays that a step's graph takes. */

import type { TokenRow } from '../../shared/decoder.ts';

export type { TokenRow };
/** Texts that share one line of the batch; one alone where nothing is packed. */
export type Line = readonly TokenRow[];

export interface BatchSize {
  readonly batch: number;
  readonly length: number;
  readonly targets: number;
}
export interface StepBatch extends BatchSize {
  readonly tokens: Int32Array<ArrayBuffer>;
  readonly at: Int32Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer>;
  readonly inverse: Int32Array<ArrayBuffer>;
  /** Each token's place in its own text, and the text's number in its line; −1 for filling. */
  readonly positions: BigInt64Array<ArrayBuffer>;
  readonly segments: Int32Array<ArrayBuffer>;
  /** Targets that count; what is left of `targets` is filling. */
  readonly count: number;
}

/** How many tokens of a row are predicted. */
export const targetCount = ({ trained }: TokenRow): number =>
  trained.reduce((sum, one, i) => sum + (one && i > 0 ? 1 : 0), 0);
export const lineLength = (line: Line): number => line.reduce((sum, row) => sum + row.ids.length, 0);
export const lineTargets = (line: Line): number => line.reduce((sum, row) => sum + targetCount(row), 0);

/**
 * @param denominator what the losses are divided by: the targets of the whole optimizer step, so that a step in several parts equals one in one
 * @throws when a line is longer or has more targets than the size allows: the planner's mistake
 */
export function makeBatch(lines: readonly Line[], size: BatchSize, denominator: number): StepBatch {
  const { batch, length, targets } = size;
  const tokens = new Int32Array(batch * length);
  const at = new Int32Array(targets);
  const labels = new Int32Array(targets);
  const weights = new Float32Array(targets);
  const inverse = new Int32Array(batch * length).fill(targets);
  const positions = new BigInt64Array(batch * length);
  const segments = new Int32Array(batch * length).fill(-1);
  let count = 0;
  for (const [b, line] of lines.entries()) {
    if (b >= batch || lineLength(line) > length) throw new Error('a batch that does not fit its plan');
    let place = b * length;
    for (const [segment, row] of line.entries())
      for (const [i, id] of row.ids.entries()) {
        tokens[place] = id;
        positions[place] = BigInt(i);
        segments[place] = segment;
        const next = row.ids[i + 1];
        if (next !== undefined && row.trained[i + 1] === true) {
          if (count >= targets) throw new Error('more targets than the plan has');
          at[count] = place;
          labels[count] = next;
          weights[count] = 1 / denominator;
          inverse[place] = count++;
        }
        place++;
      }
  }
  return { ...size, tokens, at, labels, weights, inverse, positions, segments, count };
}
