/** Random ensembles and their scores by walking every tree: what an exported model is held against. */
import type { TreesToWrite } from '../../methods/estimators/trees/tree-scores.ts';
import { randomGenerator } from '../../methods/random/random-generator.ts';

type RandomTree = TreesToWrite['trees'][number];
export function randomTrees(
  objective: TreesToWrite['objective'],
  outputs: number,
  count: number,
  columns: number,
  seed: number,
): TreesToWrite {
  const random = randomGenerator(seed);
  const tree = (): RandomTree => {
    const feature: number[] = [];
    const [left, right, threshold, missingLeft, value]: [number[], number[], number[], number[], number[]] = [
      [],
      [],
      [],
      [],
      [],
    ];
    const grow = (depth: number): number => {
      const own = feature.length;
      const isLeaf = depth === 0 || (depth < 4 && random.nextBelow(5) === 0);
      feature.push(isLeaf ? -1 : random.nextBelow(columns));
      threshold.push(
        isLeaf
          ? 0
          : random.nextBelow(20) === 0
            ? Infinity
            : random.nextBelow(4) - 1.5 + (random.nextBelow(2) ? 0 : random.nextNormal()),
      );
      missingLeft.push(isLeaf ? 0 : random.nextBelow(2));
      value.push(isLeaf ? random.nextNormal() * 0.2 : 0);
      left.push(0);
      right.push(0);
      if (isLeaf) return own;
      left[own] = grow(depth - 1);
      right[own] = grow(depth - 1);
      return own;
    };
    grow(random.nextBelow(6));
    return {
      feature: Int32Array.from(feature),
      threshold: Float32Array.from(threshold),
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      missingLeft: Uint8Array.from(missingLeft),
      value: Float32Array.from(value),
    };
  };
  return {
    objective,
    outputs,
    baseScores: Array.from({ length: outputs }, () => Math.fround(random.nextNormal())),
    trees: Array.from({ length: count }, tree),
  };
}

function walk(tree: RandomTree, row: Float32Array): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return tree.value[node] ?? 0;
    const x = row[feature] ?? NaN;
    const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x <= (tree.threshold[node] ?? 0);
    node = (goesLeft ? tree.left[node] : tree.right[node]) ?? 0;
  }
}

export function scoresByWalking(
  { outputs, baseScores, trees }: TreesToWrite,
  values: Float32Array,
  columns: number,
): Float64Array {
  const rows = values.length / columns;
  const scores = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * columns, (r + 1) * columns);
    for (let k = 0; k < outputs; k++)
      scores[r * outputs + k] = trees.reduce(
        (sum, tree, t) => (t % outputs === k ? sum + walk(tree, row) : sum),
        baseScores[k] ?? 0,
      );
  }
  return scores;
}

/** Values with missing ones and many that meet a threshold exactly. */
export function randomRows(rows: number, columns: number, seed: number): Float32Array {
  const random = randomGenerator(seed);
  return Float32Array.from(
    { length: rows * columns },
    () =>
      [NaN, random.nextBelow(4) - 1.5, random.nextNormal(), Infinity, random.nextNormal()][random.nextBelow(5)] ?? 0,
  );
}
