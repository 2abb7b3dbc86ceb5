import * as ort from 'onnxruntime-node';
import { beforeAll, expect, it } from 'vitest';
import { treeKernels } from '../../test/support/tree-kernels.ts';
import { readPeers, splitPeer } from '../../test/support/tree-peers.ts';
import { treeScores } from '../estimators/trees/tree-scores.ts';
import { classProbabilities } from '../onnx/class-outputs.ts';
import { graphBuilder } from '../onnx/graph-builder.ts';
import { applyObjective, predictTrees } from './predict.ts';
import { trainBoosting } from './train-boosting.ts';

let kernels: Uint8Array;
beforeAll(async () => {
  kernels = await treeKernels();
});

/** Every value with a chance of a tenth missing or infinite, in a fixed pattern. */
const spoil = (features: Float32Array): Float32Array =>
  features.map((value, i) => [NaN, Infinity, -Infinity][(i * 7919) % 30] ?? value);

it.each(readPeers().sets)('$name: onnxruntime gives our probabilities and numbers to 1e-6', async (set) => {
  const { train, test } = splitPeer(set, set.splits[0]!);
  const { objective, classes, columns } = set;
  const features = spoil(train.features);
  const { ensemble } = await trainBoosting({
    ...train,
    features,
    columns,
    objective,
    classes,
    kernels,
    params: { rounds: 60 },
  });
  const graph = graphBuilder();
  const scores = treeScores(graph, graph.input('x', 'float', ['rows', columns]), ensemble);
  const width = objective === 'squared-error' ? 1 : Math.max(2, ensemble.outputs);
  const output = objective === 'squared-error' ? scores : classProbabilities(graph, scores, ensemble.outputs);
  graph.output('y', output, 'double', ['rows', width]);
  const session = await ort.InferenceSession.create(graph.toBytes(), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  const rows = spoil(test.features);
  const got = await session.run({ x: new ort.Tensor('float32', rows, [test.rows, columns]) });
  await session.release();
  const ours = applyObjective(ensemble, predictTrees(ensemble, rows, test.rows));
  const theirs = Float64Array.from(got['y']?.data ?? [], Number);
  // The binary graph gives both classes, ours the second.
  const same = objective === 'logistic' ? theirs.filter((_, i) => i % 2 === 1) : theirs;
  const worst = same.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (ours[i] ?? NaN)) / Math.max(1, Math.abs(value))),
    0,
  );
  expect(same).toHaveLength(ours.length);
  expect(worst).toBeLessThan(1e-6);
});
