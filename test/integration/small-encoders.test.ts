/** Small encoders beside transformers, and trainings of them beside PyTorch, with peft where matrices of low rank learn. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { blocksBegin, encoderInput, tokenLayers } from '../../methods/encoder/encoder-network.ts';
import { encoderShape } from '../../methods/encoder/encoder-shape.ts';
import { encoderTensors, readEncoderWeights } from '../../methods/encoder/encoder-weights.ts';
import { buildAnswer } from '../../methods/neural/answer-graph.ts';
import { parametersOf } from '../../methods/neural/parameters.ts';
import { product } from '../../methods/neural/tensor-graph.ts';
import type { NetworkWeights } from '../../shared/neural/neural-service.ts';
import {
  encoderFixtures,
  encoderJob,
  encoderTrials,
  quietHooks,
  smallEncoderCodes,
  smallEncoderSource,
  smallLength,
  smallShape,
  trialNames,
} from '../support/small-encoders.ts';
import { openOrtDevice } from '../../engine/neural/devices/ort-device.ts';
import { processorDevice } from '../../engine/neural/devices/processor.ts';
import { trainNetwork, TrainingCancelled } from '../../engine/neural/train-network.ts';

const floatsOf = (text: string): Float32Array => new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - (b[i] ?? Number.NaN))));

describe.each(Object.keys(encoderFixtures.families))('a small %s', (family) => {
  const shape = encoderShape(encoderFixtures.families[family]?.config);
  it('gives the numbers of each token as transformers does, to 1e-5, with texts of several lengths', async () => {
    const network = {
      input: encoderInput(shape, smallLength),
      layers: tokenLayers(shape),
      output: { kind: 'classes', count: 2 },
    } as const;
    const pooled = {
      ...network,
      layers: [...network.layers, { layer: 'global-pool', by: 'mean', masked: true } as const],
    };
    const weights = new Map(
      (await readEncoderWeights(shape, smallEncoderSource(family), smallLength)).map((w) => [w.name, w]),
    );
    const last = blocksBegin + shape.layers - 1;
    const graph = buildAnswer(pooled, { batch: 2, layers: [last] });
    const session = await InferenceSession.create(graph.toBytes(), { logSeverityLevel: 3 });
    const feeds: Record<string, Tensor> = {
      codes: new Tensor('int32', smallEncoderCodes('first', 2, shape.padding), [2, smallLength]),
    };
    for (const { name, shape: dims } of parametersOf(pooled))
      feeds[name] = new Tensor('float32', weights.get(name)?.values ?? new Float32Array(product(dims)), dims);
    const found = (await session.run(feeds, [`layer ${last}`]))[`layer ${last}`]?.data;
    await session.release();
    const wanted = floatsOf(encoderFixtures.families[family]?.numbers ?? '');
    // What stands at filling means nothing.
    const kept = [...smallEncoderCodes('first', 2, shape.padding)].flatMap((code, i) => (code === 0 ? [] : [i]));
    const pick = (all: ArrayLike<number>): number[] =>
      [...kept].flatMap((place) =>
        Array.from({ length: shape.width }, (_, d) => all[place * shape.width + d] ?? Number.NaN),
      );
    expect(found).toBeInstanceOf(Float32Array);
    if (found instanceof Float32Array) expect(worst(pick(wanted), pick(found))).toBeLessThan(1e-5);
  });

  it('is written as it was read, but for what all texts share', async () => {
    const weights = await readEncoderWeights(shape, smallEncoderSource(family, 'model.'), smallLength);
    const written = encoderTensors(shape, weights);
    const again = await readEncoderWeights(
      { ...shape, longest: smallLength },
      {
        names: written.map((t) => t.name),
        read: async (name) => written.find((t) => t.name === name) ?? { name, shape: [], values: new Float32Array(0) },
      },
      smallLength,
    );
    expect(again).toEqual(weights);
    const names = Object.keys(encoderFixtures.families[family]?.shapes ?? {});
    expect(written.map((t) => t.name).toSorted()).toEqual(names.toSorted());
  });
});

const device = () => openOrtDevice(processorDevice(1));

describe('32 steps, each loss as PyTorch has it to 4 digits', () => {
  it.each(trialNames)('%s', async (name) => {
    const losses: number[] = [];
    await trainNetwork(await encoderJob(encoderTrials[name]), await device(), {
      ...quietHooks,
      onEpoch: ({ loss }) => void losses.push(loss),
    });
    expect(losses.length).toBe(32);
    expect(worst(encoderFixtures.losses[name], losses)).toBeLessThan(5e-5);
  });
});

const bytesOf = (weights: NetworkWeights): string =>
  Buffer.concat(weights.map(({ values: v }) => Buffer.from(v.buffer, v.byteOffset, v.byteLength))).toString('base64');

describe('beside frozen matrices', () => {
  it('nothing is left beside: the matrices hold what was learnt, and no norm or embedding has changed', async () => {
    const job = await encoderJob(encoderTrials.lora);
    const { network, weights, parameters } = await trainNetwork(job, await device(), quietHooks);
    expect([network.lowRank, weights.some((w) => w.name.includes('lora'))]).toEqual([undefined, false]);
    const before = new Map(job.initial.map((w) => [w.name, w.values]));
    const changed = weights.filter((w) => before.has(w.name) && worst(w.values, before.get(w.name) ?? []) > 1e-6);
    expect(changed.map((w) => w.name)).toEqual([
      ...[4, 5].flatMap((i) => ['qkv', 'out', 'up', 'down'].map((m) => `${i}.${m}.weight`)),
      'head.weight',
    ]);
    // A and B of each matrix, and the answer's layer.
    expect(parameters).toBe(2 * 4 * (3 * 32 + 96 + 2 * 32 + (32 + 64) * 2) + 32 * 3 + 3);
  });
  it('killed within the training and gone on from the checkpoint, dropout and all: the same bytes', async () => {
    const job = await encoderJob(encoderTrials.lora, 0.2);
    const whole = await trainNetwork(job, await device(), quietHooks);
    const kept: Uint8Array[] = [];
    let asked = 0;
    const killed = trainNetwork(job, await device(), {
      ...quietHooks,
      state: () => (asked++ >= 20 ? 'pause' : 'run'),
      rest: async () => Promise.reject(new TrainingCancelled()),
      writeCheckpoint: async (bytes) => void kept.push(bytes),
    });
    await expect(killed).rejects.toThrow(TrainingCancelled);
    const resumed = await trainNetwork(job, await device(), { ...quietHooks, readCheckpoint: async () => kept.at(-1) });
    expect(bytesOf(resumed.weights)).toBe(bytesOf(whole.weights));
    // What is frozen is in no checkpoint.
    expect(kept.at(-1)?.length).toBeLessThan(4 * 96 * 32 + 4 * 4 * whole.parameters);
  });
});

describe('an encoder that has no form here', () => {
  it.each([
    [{ model_type: 'deberta-v2' }, 'encoder.unknown-family', 'Encoders of the family “deberta-v2” have no form here.'],
    [
      { ...encoderFixtures.families['bert']?.config, position_embedding_type: 'relative_key' },
      'encoder.unfit',
      'The encoder cannot be read: its positions are “relative_key”, and only absolute ones have a form here.',
    ],
    [
      { ...encoderFixtures.families['bert']?.config, hidden_act: 'mish' },
      'encoder.unfit',
      'The encoder cannot be read: its activation is “mish”.',
    ],
  ])('%j', (config, code, message) => {
    expect(() => encoderShape(config)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
  it('names the tensor that is missing', async () => {
    const { names, read } = smallEncoderSource('bert');
    const source = { names: names.filter((n) => n !== 'encoder.layer.1.output.dense.bias'), read };
    await expect(readEncoderWeights(smallShape, source, smallLength)).rejects.toMatchObject({
      code: 'encoder.unfit',
      message: expect.stringContaining("The encoder's file has no tensor “encoder.layer.1.output.dense.bias”."),
    });
  });
});
