import type { OnnxGraph } from '../../../shared/capabilities.ts';
import { rowsOf } from '../../onnx/class-outputs.ts';
import { type GraphBuilder, mlDomain } from '../../onnx/graph-builder.ts';
import type { GraphAttribute } from '../../onnx/messages.ts';
import { castTo } from '../../onnx/prepare.ts';

/** What the tree writer reads of a boosted ensemble; `methods/trees` has more. A row goes left where x ≤ threshold, missing where `missingLeft`. */
export interface TreesToWrite {
  readonly objective: 'logistic' | 'softmax' | 'squared-error';
  readonly outputs: number;
  readonly baseScores: readonly number[];
  /** Tree i adds to output i modulo `outputs`. */
  readonly trees: readonly {
    /** −1 for a leaf. */
    readonly feature: Int32Array;
    readonly threshold: Float32Array;
    readonly left: Int32Array;
    readonly right: Int32Array;
    readonly missingLeft: Uint8Array;
    readonly value: Float32Array;
  }[];
}

const one = (
  g: OnnxGraph,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<OnnxGraph['node']>[2] = {},
): string => g.node(op, inputs, attributes)[0] ?? '';

/**
 * Scores of a boosted ensemble, [rows, outputs] in double.
 *
 * Base scores are added behind the ensemble and not given as `base_values`: onnxruntime 1.30 drops those in some forms. The ensemble itself is a
 * regressor even for classes, since the classifier guesses the number of classes from which class ids occur. Thresholds and leaves are given as
 * double: onnxruntime then adds them up in double (in float32 the scores of 300 trees were off by 4e-6, so by 2e-7), at the same speed.
 *
 * Its answer is float32 all the same, by the operator's definition: of sums of millions, 0.1 is lost, and 2e-5 of a value near zero. Numbers are therefore
 * added up twice: each leaf as a multiple of a power of two, coarse enough for the whole sum to be exact in float32, and what is left of it.
 *
 * @param features [rows, columns] in float32, what the ensemble was trained on
 */
export function treeScores(g: GraphBuilder, features: string, ensemble: TreesToWrite): string {
  const { outputs, baseScores } = ensemble;
  // No tree, no operator: the base scores for every row.
  if (ensemble.trees.length === 0) return rowsOf(g, features, Float64Array.from(baseScores));
  const parts = ensemble.objective === 'squared-error' ? 2 : 1;
  const sums = g.apply('TreeEnsembleRegressor', [castTo(g, features, 'double')], treeAttributes(ensemble, parts), {
    domain: mlDomain,
  });
  const base = g.constant('double', [1, outputs], baseScores);
  if (parts === 1) return one(g, 'Add', [castTo(g, sums, 'double'), base]);
  const both = Float64Array.from({ length: 2 * outputs * outputs }, (_, i) =>
    Math.floor(i / outputs) % outputs === i % outputs ? 1 : 0,
  );
  return one(g, 'Gemm', [castTo(g, sums, 'double'), g.constant('double', [2 * outputs, outputs], both), base]);
}

/** For each output a power of two: sums of its multiples, a leaf of each tree, are whole in float32's 24 bits. */
function coarseSteps({ trees, outputs }: TreesToWrite): number[] {
  const most = Array.from({ length: outputs }, () => 0);
  trees.forEach(({ value }, t) => {
    const largest = value.reduce((top, leaf) => Math.max(top, Math.abs(leaf)), 0);
    most[t % outputs] = (most[t % outputs] ?? 0) + largest;
  });
  return most.map((sum) => (sum === 0 ? 1 : 2 ** (Math.ceil(Math.log2(sum)) - 23)));
}

const doubles = (values: Float64Array): GraphAttribute => ({
  tensor: { type: 'double', dims: [values.length], values },
});

/** @param parts 2: each leaf as its coarse part, for the first targets, and the rest, for the targets behind them */
function treeAttributes(ensemble: TreesToWrite, parts: 1 | 2): Record<string, GraphAttribute> {
  const { trees, outputs } = ensemble;
  const steps = coarseSteps(ensemble);
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const leaves = trees.reduce((sum, tree) => sum + tree.feature.filter((feature) => feature < 0).length, 0);
  const ints = (count: number): Int32Array => new Int32Array(count);
  const node = {
    tree: ints(nodes),
    id: ints(nodes),
    feature: ints(nodes),
    left: ints(nodes),
    right: ints(nodes),
    missing: ints(nodes),
    value: new Float64Array(nodes),
  };
  const entries = leaves * parts;
  const leaf = { tree: ints(entries), id: ints(entries), output: ints(entries), weight: new Float64Array(entries) };
  const addLeaf = (tree: number, id: number, output: number, weight: number): void => {
    leaf.tree[l] = tree;
    leaf.id[l] = id;
    leaf.output[l] = output;
    leaf.weight[l] = weight;
    l += 1;
  };
  const modes: string[] = [];
  let [n, l] = [0, 0];
  trees.forEach((tree, t) => {
    tree.feature.forEach((feature, i) => {
      node.tree[n] = t;
      node.id[n] = i;
      modes.push(feature < 0 ? 'LEAF' : 'BRANCH_LEQ');
      if (feature < 0) {
        const [value, output] = [tree.value[i] ?? 0, t % outputs];
        const step = steps[output] ?? 1;
        const coarse = parts === 1 ? value : Math.round(value / step) * step;
        addLeaf(t, i, output, coarse);
        if (parts === 2) addLeaf(t, i, outputs + output, value - coarse);
      } else {
        node.feature[n] = feature;
        node.value[n] = tree.threshold[i] ?? 0;
        node.left[n] = tree.left[i] ?? 0;
        node.right[n] = tree.right[i] ?? 0;
        node.missing[n] = tree.missingLeft[i] ?? 0;
      }
      n += 1;
    });
  });
  return {
    n_targets: outputs * parts,
    aggregate_function: 'SUM',
    post_transform: 'NONE',
    nodes_treeids: node.tree,
    nodes_nodeids: node.id,
    nodes_featureids: node.feature,
    nodes_modes: modes,
    nodes_values_as_tensor: doubles(node.value),
    nodes_truenodeids: node.left,
    nodes_falsenodeids: node.right,
    nodes_missing_value_tracks_true: node.missing,
    target_treeids: leaf.tree,
    target_nodeids: leaf.id,
    target_ids: leaf.output,
    target_weights_as_tensor: doubles(leaf.weight),
  };
}
