/** What boosting learns, as plain data. How it predicts is in `predict.ts`, how it is saved in `ensemble-json.ts`. */

export type Objective = 'logistic' | 'softmax' | 'squared-error';

/**
 * One binary tree. Node 0 is the root. A row goes left where `x[feature] <= threshold` on float32 values; a missing value (NaN) goes left where
 * `missingLeft` is 1. A threshold may be +Infinity: known values left, missing ones right.
 */
export interface Tree {
  /** Column of the split, −1 for a leaf. */
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  /** Children's node numbers, always greater than the parent's; 0 for a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  /** A leaf's addend to the score, learning rate included; 0 inside. */
  readonly value: Float32Array;
  /** How much the split lowered the regularised loss (twice that, as XGBoost counts); 0 for a leaf. */
  readonly gain: Float32Array;
  /** Sum of the second derivatives of the training rows that came here; for squared error without weights, their number. */
  readonly cover: Float32Array;
}

/** Scores are `baseScores[k]` plus the values of the trees k, k + outputs, k + 2 · outputs, … added in this order in float64. */
export interface TreeEnsemble {
  readonly objective: Objective;
  readonly columns: number;
  /** Scores per row: the number of classes for softmax, else 1. */
  readonly outputs: number;
  /** Exact in float32, as the leaf values are, so that ONNX can hold them. */
  readonly baseScores: readonly number[];
  readonly trees: readonly Tree[];
}

export interface FeatureImportance {
  /** Sum of the gains of the column's splits. */
  readonly gain: Float64Array;
  /** Sum of the cover of the nodes that the column splits. */
  readonly cover: Float64Array;
  /** Number of the column's splits. */
  readonly splits: Float64Array;
}

/** One value per column, not normalised. */
export function featureImportance(ensemble: TreeEnsemble): FeatureImportance {
  const gain = new Float64Array(ensemble.columns);
  const cover = new Float64Array(ensemble.columns);
  const splits = new Float64Array(ensemble.columns);
  for (const tree of ensemble.trees) {
    tree.feature.forEach((feature, node) => {
      if (feature < 0) return;
      gain[feature] = (gain[feature] ?? 0) + (tree.gain[node] ?? 0);
      cover[feature] = (cover[feature] ?? 0) + (tree.cover[node] ?? 0);
      splits[feature] = (splits[feature] ?? 0) + 1;
    });
  }
  return { gain, cover, splits };
}
