import type { ColumnFrame } from './framed-column.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { addGram, addTransposeTimes, blockRows, blockTimes, eachBlock, rowBlock, weightBlock } from './row-block.ts';

/** What logistic regression minimises: Σ weight · −ln p(class of the row) + ½ Σ penalty[c] · coefficient[c]². */
export interface LogisticProblem {
  readonly features: FeatureMatrix;
  readonly frame: ColumnFrame;
  readonly withIntercept: boolean;
  /** Class of each row, 0 … classCount − 1. */
  readonly target: Int32Array;
  readonly classCount: number;
  readonly weight: Float64Array | undefined;
  /** For each column of the block (the intercept's is 0), in framed units. */
  readonly penalty: Float64Array;
}

/**
 * The objective with its derivatives. Two classes have one vector of coefficients (of the second class), more have one each, softmax over all.
 * Coefficients are outputs × width, row-major, the intercept last in each row.
 */
export interface LogisticObjective {
  readonly rows: number;
  readonly outputs: number;
  readonly width: number;
  /** Loss and gradient at the coefficients; keeps each row's probabilities for the two methods below. */
  evaluate(coefficients: Float64Array): { loss: number; gradient: Float64Array };
  /** Second derivatives at the last evaluated point: size × size, size = outputs × width, row-major, upper triangle. */
  hessian(): Float64Array;
  /** Hessian times a direction, without forming it. */
  hessianTimes(direction: Float64Array): Float64Array;
  /** The Hessian's diagonal. */
  curvature(): Float64Array;
}

// Over 80 lines: one inner loop over rows, which calls would slow down.
export function logisticObjective(problem: LogisticProblem): LogisticObjective {
  const { features, frame, penalty, weight } = problem;
  const outputs = problem.classCount === 2 ? 1 : problem.classCount;
  const block = rowBlock(features.columns.length, problem.withIntercept);
  const { width, padded } = block;
  const size = outputs * width;
  // Probability of each output, output by output within a block: block b starts at b × blockRows × outputs.
  const probabilities = new Float64Array(Math.ceil(features.rows / blockRows) * blockRows * outputs);
  const margins = Array.from({ length: outputs }, () => new Float64Array(blockRows));
  const factors = new Float64Array(blockRows);
  // Σ_k p_k · margin_k of each row.
  const common = new Float64Array(blockRows);
  const weighted = new Float64Array(padded * blockRows);
  const paddedRow = new Float64Array(padded);

  const multiply = (coefficients: Float64Array): void => {
    for (let k = 0; k < outputs; k++) {
      paddedRow.set(coefficients.subarray(k * width, (k + 1) * width));
      blockTimes(block, paddedRow, margins[k] ?? factors);
    }
  };
  const rowWeight = (i: number): number => (weight ? (weight[block.start + i] ?? 0) : 1);
  const probabilityOf = (k: number): Float64Array => {
    const at = block.start * outputs + k * blockRows;
    return probabilities.subarray(at, at + blockRows);
  };
  const eachRowBlock = (visit: () => void): void => eachBlock(features, frame, block, visit);

  return {
    rows: features.rows,
    outputs,
    width,
    evaluate(coefficients) {
      const gradient = new Float64Array(size);
      let loss = 0;
      eachRowBlock(() => {
        multiply(coefficients);
        const own = Array.from({ length: outputs }, (_, k) => probabilityOf(k));
        loss +=
          outputs === 1
            ? sigmoidLoss(problem, block.start, block.rows, margins[0] ?? factors, own[0] ?? factors)
            : softmaxLoss(problem, block.start, block.rows, margins, own);
        own.forEach((probability, k) => {
          for (let i = 0; i < block.rows; i++) {
            const isClass = problem.target[block.start + i] === (outputs === 1 ? 1 : k) ? 1 : 0;
            factors[i] = rowWeight(i) * ((probability[i] ?? 0) - isClass);
          }
          addTransposeTimes(block, factors, gradient.subarray(k * width, (k + 1) * width));
        });
      });
      for (let j = 0; j < size; j++) {
        const strength = penalty[j % width] ?? 0;
        const value = coefficients[j] ?? 0;
        gradient[j] = (gradient[j] ?? 0) + strength * value;
        loss += 0.5 * strength * value * value;
      }
      return { loss, gradient };
    },
    hessian() {
      const grams = Array.from({ length: (outputs * (outputs + 1)) / 2 }, () => new Float64Array(padded * padded));
      eachRowBlock(() => {
        let pair = 0;
        for (let k = 0; k < outputs; k++) {
          for (let l = k; l < outputs; l++) {
            curvatureFactors(probabilityOf(k), probabilityOf(l), k === l, factors, block.rows, rowWeight);
            weightBlock(block, factors, weighted);
            addGram(weighted, block, grams[pair] ?? weighted);
            pair += 1;
          }
        }
      });
      return assemble(grams, outputs, width, padded, penalty);
    },
    hessianTimes(direction) {
      const product = new Float64Array(size);
      eachRowBlock(() => {
        multiply(direction);
        common.fill(0);
        for (let k = 0; k < outputs; k++) {
          const own = probabilityOf(k);
          for (let i = 0; i < block.rows; i++) common[i] = (common[i] ?? 0) + (own[i] ?? 0) * (margins[k]?.[i] ?? 0);
        }
        for (let k = 0; k < outputs; k++) {
          const own = probabilityOf(k);
          for (let i = 0; i < block.rows; i++)
            factors[i] = rowWeight(i) * (own[i] ?? 0) * ((margins[k]?.[i] ?? 0) - (common[i] ?? 0));
          addTransposeTimes(block, factors, product.subarray(k * width, (k + 1) * width));
        }
      });
      for (let j = 0; j < size; j++) product[j] = (product[j] ?? 0) + (penalty[j % width] ?? 0) * (direction[j] ?? 0);
      return product;
    },
    curvature() {
      const diagonal = new Float64Array(size);
      eachRowBlock(() => {
        for (let k = 0; k < outputs; k++) {
          curvatureFactors(probabilityOf(k), probabilityOf(k), true, factors, block.rows, rowWeight);
          for (let c = 0; c < width; c++) {
            let sum = 0;
            for (let i = 0; i < block.rows; i++) sum += (factors[i] ?? 0) * (block.values[c * blockRows + i] ?? 0) ** 2;
            diagonal[k * width + c] = (diagonal[k * width + c] ?? 0) + sum;
          }
        }
      });
      for (let j = 0; j < size; j++) diagonal[j] = (diagonal[j] ?? 0) + (penalty[j % width] ?? 0);
      return diagonal;
    },
  };
}

/** ln(1 + e^z) − y z without overflow, and the probability beside it. */
function sigmoidLoss(
  { target, weight }: LogisticProblem,
  start: number,
  rows: number,
  margin: Float64Array,
  probability: Float64Array,
): number {
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    const z = margin[i] ?? 0;
    const small = Math.exp(-Math.abs(z));
    probability[i] = z >= 0 ? 1 / (1 + small) : small / (1 + small);
    const toward = target[start + i] === 1 ? -z : z;
    loss += (weight ? (weight[start + i] ?? 0) : 1) * (Math.max(toward, 0) + Math.log1p(small));
  }
  return loss;
}

function softmaxLoss(
  { target, weight }: LogisticProblem,
  start: number,
  rows: number,
  margins: Float64Array[],
  probabilities: Float64Array[],
): number {
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    let top = -Infinity;
    for (const margin of margins) top = Math.max(top, margin[i] ?? 0);
    let sum = 0;
    for (let k = 0; k < margins.length; k++) {
      const value = Math.exp((margins[k]?.[i] ?? 0) - top);
      const own = probabilities[k];
      if (own) own[i] = value;
      sum += value;
    }
    for (const own of probabilities) own[i] = (own[i] ?? 0) / sum;
    const ownMargin = margins[target[start + i] ?? 0]?.[i] ?? 0;
    loss += (weight ? (weight[start + i] ?? 0) : 1) * (top - ownMargin + Math.log(sum));
  }
  return loss;
}

/** weight · p_k (1 − p_k), or −weight · p_k p_l for two different outputs. */
function curvatureFactors(
  own: Float64Array,
  other: Float64Array,
  same: boolean,
  into: Float64Array,
  rows: number,
  rowWeight: (i: number) => number,
): void {
  for (let i = 0; i < rows; i++) {
    const p = own[i] ?? 0;
    into[i] = rowWeight(i) * (same ? p * (1 - p) : -p * (other[i] ?? 0));
  }
}

/** One matrix from the Gram matrices of all pairs of outputs (k ≤ l), with the penalty on its diagonal. */
function assemble(
  grams: readonly Float64Array[],
  outputs: number,
  width: number,
  padded: number,
  penalty: Float64Array,
): Float64Array {
  const size = outputs * width;
  const hessian = new Float64Array(size * size);
  let pair = 0;
  for (let k = 0; k < outputs; k++) {
    for (let l = k; l < outputs; l++) {
      const gram = grams[pair];
      pair += 1;
      for (let r = 0; r < width; r++) {
        for (let c = 0; c < width; c++) {
          const value = gram?.[r <= c ? r * padded + c : c * padded + r] ?? 0;
          hessian[(k * width + r) * size + l * width + c] = value;
        }
      }
    }
  }
  for (let j = 0; j < size; j++) hessian[j * size + j] = (hessian[j * size + j] ?? 0) + (penalty[j % width] ?? 0);
  return hessian;
}
