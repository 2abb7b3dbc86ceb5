/** How an ensemble predicts: the single definition, for one row and for many. */
import type { Tree, TreeEnsemble } from './ensemble.ts';

/** All trees in flat arrays, made once per ensemble. The right child follows the left one. */
interface FlatTrees {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly value: Float32Array;
  readonly roots: Int32Array;
}

const flattened = new WeakMap<TreeEnsemble, FlatTrees>();

/** Rows that go through one tree together: their features and scores stay in the cache. */
const blockRows = 256;

/**
 * Raw scores, shape [rows, outputs], row-major. Each is the base score plus one leaf value per tree, added in the order of the trees in float64, so a
 * row's score is the same to the bit alone or among others.
 * @param features float32, shape [rows, columns], row-major; NaN is missing
 */
export function predictTrees(ensemble: TreeEnsemble, features: Float32Array, rows: number): Float64Array {
  const { columns, outputs, baseScores } = ensemble;
  if (features.length < rows * columns)
    throw new RangeError(`${rows} rows of ${columns} columns need ${rows * columns} values, not ${features.length}`);
  const flat = flattened.get(ensemble) ?? flatten(ensemble);
  const scores = new Float64Array(rows * outputs);
  for (let i = 0; i < scores.length; i++) scores[i] = baseScores[i % outputs] ?? 0;
  for (let from = 0; from < rows; from += blockRows) {
    const to = Math.min(rows, from + blockRows);
    for (let tree = 0; tree < flat.roots.length; tree++)
      addTree(flat, flat.roots[tree] ?? 0, features, columns, from, to, scores, outputs, tree % outputs);
  }
  return scores;
}

function addTree(
  flat: FlatTrees,
  root: number,
  features: Float32Array,
  columns: number,
  from: number,
  to: number,
  scores: Float64Array,
  outputs: number,
  output: number,
): void {
  const { feature, threshold, left, missingLeft, value } = flat;
  for (let row = from; row < to; row++) {
    const base = row * columns;
    let node = root;
    let column = feature[node] ?? -1;
    while (column >= 0) {
      const x = features[base + column] ?? NaN;
      const goesLeft = x <= (threshold[node] ?? 0) || (x !== x && missingLeft[node] === 1);
      node = (left[node] ?? 0) + (goesLeft ? 0 : 1);
      column = feature[node] ?? -1;
    }
    const at = row * outputs + output;
    scores[at] = (scores[at] ?? 0) + (value[node] ?? 0);
  }
}

/** Renumbers each tree's nodes level by level, so that children are neighbours. */
function flatten(ensemble: TreeEnsemble): FlatTrees {
  const total = ensemble.trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const flat: FlatTrees = {
    feature: new Int32Array(total),
    threshold: new Float32Array(total),
    left: new Int32Array(total),
    missingLeft: new Uint8Array(total),
    value: new Float32Array(total),
    roots: new Int32Array(ensemble.trees.length),
  };
  let at = 0;
  ensemble.trees.forEach((tree, i) => {
    flat.roots[i] = at;
    at += flattenTree(flat, tree, at);
  });
  flattened.set(ensemble, flat);
  return flat;
}

function flattenTree(flat: FlatTrees, tree: Tree, root: number): number {
  const order = [0];
  for (let place = 0; place < order.length; place++) {
    const node = order[place] ?? 0;
    const to = root + place;
    const feature = tree.feature[node] ?? -1;
    flat.feature[to] = feature;
    flat.threshold[to] = tree.threshold[node] ?? 0;
    flat.missingLeft[to] = tree.missingLeft[node] ?? 0;
    flat.value[to] = tree.value[node] ?? 0;
    if (feature < 0) continue;
    flat.left[to] = root + order.length;
    order.push(tree.left[node] ?? 0, tree.right[node] ?? 0);
  }
  return order.length;
}

/**
 * Scores to what they mean: the probability of class 1 (logistic, shape [rows]), probabilities per class (softmax, shape [rows, classes]), or the
 * predicted number itself (squared error).
 */
export function applyObjective(ensemble: TreeEnsemble, scores: Float64Array): Float64Array {
  const { objective, outputs } = ensemble;
  if (objective === 'squared-error') return scores;
  if (objective === 'logistic') return scores.map(sigmoid);
  const probabilities = new Float64Array(scores.length);
  for (let from = 0; from < scores.length; from += outputs)
    softmax(scores.subarray(from, from + outputs), probabilities.subarray(from, from + outputs));
  return probabilities;
}

function sigmoid(score: number): number {
  if (score >= 0) return 1 / (1 + Math.exp(-score));
  const e = Math.exp(score);
  return e / (1 + e);
}

function softmax(scores: Float64Array, into: Float64Array): void {
  const top = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  scores.forEach((score, k) => {
    const e = Math.exp(score - top);
    into[k] = e;
    sum += e;
  });
  into.forEach((e, k) => (into[k] = e / sum));
}
