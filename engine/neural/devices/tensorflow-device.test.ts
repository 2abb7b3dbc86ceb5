import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { drawnExamples, drawnWeights, smallNets } from '../../../test/support/neural-nets.ts';
import { counts, standIn } from '../../../test/support/tensorflow-stand-in.ts';
import { TensorGraph } from '../../../methods/neural/tensor-graph.ts';
import { loadTensorflow } from './tensorflow-module.ts';
import { openTensorflow } from './tensorflow-device.ts';
import { trainNetwork } from '../train-network.ts';
import { chosenBackend } from './chosen-backend.ts';

const { losses } = z
  .object({ losses: z.record(z.string(), z.array(z.number())) })
  .parse(JSON.parse(readFileSync(new URL('../../../methods/neural/fixtures/losses.json', import.meta.url), 'utf8')));
const options = { device: 'auto', threads: 1 } as const;

describe('TensorFlow.js behind the seam', () => {
  test('trains with the losses of PyTorch and lets no tensor of a step live on', async () => {
    const device = await openTensorflow(options, async () => standIn);
    const { network, rows, settings, classWeights } = smallNets['mlp']!;
    const seen: { loss: number; living: number }[] = [];
    await trainNetwork(
      {
        network,
        train: drawnExamples(network, rows),
        settings,
        initial: drawnWeights(network),
        classWeights: Float32Array.from(classWeights ?? []),
        job: 'mlp',
      },
      device,
      {
        state: () => 'run',
        rest: async () => undefined,
        onEpoch: ({ loss }) => void seen.push({ loss, living: counts.living }),
        onProgress: () => undefined,
        onPause: () => undefined,
        onStep: () => undefined,
        readCheckpoint: async () => undefined,
        writeCheckpoint: async () => undefined,
        now: () => performance.now(),
        checkpointMs: 1e9,
      },
    );
    expect(seen.map((s) => s.loss.toPrecision(4))).toEqual(losses['mlp']!.map((loss) => loss.toPrecision(4)));
    expect(new Set(seen.map((s) => s.living)).size).toBe(1);
    expect(device.used).toMatchObject({ backend: 'tensorflow', name: 'TensorFlow.js stand-in (plain)' });
  });
  test('an operator that it lacks is named with its layer', async () => {
    const device = await openTensorflow(options, async () => standIn);
    const graph = new TensorGraph();
    graph.label = '2 conv2d';
    graph.output('y', graph.op('Shrink', [graph.input('x', [1])], [1]));
    const prepared = await device.prepare(graph);
    const x = await device.upload({ values: Float32Array.of(1), shape: [1] });
    await expect(prepared.run({ x }, { y: x })).rejects.toThrow(
      'TensorFlow.js has no form of Shrink, which layer 2 conv2d needs.',
    );
  });
  test('where it is not installed, the words say how to install it and that nobody needs it', async () => {
    const missing = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' }));
    await expect(loadTensorflow(missing)).rejects.toMatchObject({
      code: 'neural.no-tensorflow',
      message: expect.stringContaining('@tensorflow/tfjs-node-gpu is not installed') as unknown,
    });
    const broken = (): Promise<never> => Promise.reject(new Error('libcudart.so.11.0: cannot open shared object file'));
    await expect(loadTensorflow(broken)).rejects.toThrow('does not load: libcudart.so.11.0');
  });
  test('a module of that name is taken from its default export; anything else is refused', async () => {
    expect(await loadTensorflow(async () => ({ default: standIn }))).toBe(standIn);
    await expect(loadTensorflow(async () => ({}))).rejects.toThrow('is not what was expected');
  });
  test('onnxruntime is taken unless the environment asks for another', async () => {
    expect((await chosenBackend()).backend).toBe('onnxruntime');
    expect((await chosenBackend('tensorflow')).backend).toBe('tensorflow');
    await expect(chosenBackend('torch')).rejects.toThrow('names "torch", which is no engine');
  });
});
