/** Small encoders beside transformers, and trainings of them beside PyTorch, with peft where matrices of low rank learn. */
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  codeOfToken,
  encoderTensors,
  readEncoderWeights,
  type TensorSource,
} from '../../methods/encoder/encoder-weights.ts';
import { blocksBegin, encoderInput, encoderNetwork, tokenLayers } from '../../methods/encoder/encoder-network.ts';
import { encoderShape } from '../../methods/encoder/encoder-shape.ts';
import { parametersOf } from '../../methods/neural/parameters.ts';
import { buildAnswer } from '../../methods/neural/answer-graph.ts';
import { product } from '../../methods/neural/tensor-graph.ts';
import type { LowRankSettings, NetworkOutput } from '../../shared/neural/network.ts';
import type { Examples, NetworkWeights, WeightTensor } from '../../shared/neural/neural-service.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { drawn } from '../decoder/small-decoders.ts';
import { openOrtDevice } from '../neural/ort-device.ts';
import { processorDevice } from '../neural/processor.ts';
import { trainNetwork, TrainingCancelled, type TrainingHooks } from '../neural/train-network.ts';

const fixtures: {
  families: Record<string, { config: Record<string, unknown>; numbers: string; shapes: Record<string, number[]> }>;
  losses: Record<'classes' | 'lora' | 'squared' | 'contrast', number[]>;
} = JSON.parse(readFileSync(new URL('../../methods/encoder/fixtures/encoder.json', import.meta.url), 'utf8'));
const floatsOf = (text: string): Float32Array => new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);
const [length, rows, classes] = [12, 8, 3];

function weightOf(name: string, shape: readonly number[]): Float32Array {
  const values = drawn(name, product(shape));
  const factor = Math.fround(4 / Math.sqrt(shape.at(-1) ?? 1));
  return values.map((x) => {
    if (/norm/i.test(name) && name.endsWith('weight')) return 1 + Math.fround(Math.fround(0.4) * x);
    if (name.endsWith('bias')) return Math.fround(0.2) * x;
    return name.includes('embeddings') ? x : x * factor;
  });
}
function sourceOf(family: string, prefix = ''): TensorSource {
  const shapes = fixtures.families[family]?.shapes ?? {};
  return {
    names: Object.keys(shapes).map((name) => prefix + name),
    read: async (name) => {
      const own = name.slice(prefix.length);
      const shape = shapes[own] ?? [];
      return { name, shape, values: weightOf(own, shape) };
    },
  };
}
/** Tokens of texts of several lengths, as the network numbers them. */
function codesOf(label: string, count: number, padding: number): Int32Array<ArrayBuffer> {
  const values = drawn(label, count * length);
  return Int32Array.from(values, (x, i) => {
    const [row, place] = [Math.floor(i / length), i % length];
    const id = 5 + Math.floor((x + 0.5) * (96 - 5));
    return place >= 4 + ((row * 5) % (length - 3)) ? 0 : codeOfToken(id, padding);
  });
}
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - (b[i] ?? Number.NaN))));

describe.each(Object.keys(fixtures.families))('a small %s', (family) => {
  const shape = encoderShape(fixtures.families[family]?.config);
  it('gives the numbers of each token as transformers does, to 1e-5, with texts of several lengths', async () => {
    const network = {
      input: encoderInput(shape, length),
      layers: tokenLayers(shape),
      output: { kind: 'classes', count: 2 },
    } as const;
    const pooled = {
      ...network,
      layers: [...network.layers, { layer: 'global-pool', by: 'mean', masked: true } as const],
    };
    const weights = new Map((await readEncoderWeights(shape, sourceOf(family), length)).map((w) => [w.name, w]));
    const last = blocksBegin + shape.layers - 1;
    const graph = buildAnswer(pooled, { batch: 2, layers: [last] });
    const session = await InferenceSession.create(graph.toBytes(), { logSeverityLevel: 3 });
    const feeds: Record<string, Tensor> = {
      codes: new Tensor('int32', codesOf('first', 2, shape.padding), [2, length]),
    };
    for (const { name, shape: dims } of parametersOf(pooled))
      feeds[name] = new Tensor('float32', weights.get(name)?.values ?? new Float32Array(product(dims)), dims);
    const found = (await session.run(feeds, [`layer ${last}`]))[`layer ${last}`]?.data;
    await session.release();
    const wanted = floatsOf(fixtures.families[family]?.numbers ?? '');
    // What stands at filling means nothing.
    const kept = [...codesOf('first', 2, shape.padding)].flatMap((code, i) => (code === 0 ? [] : [i]));
    const pick = (all: ArrayLike<number>): number[] =>
      [...kept].flatMap((place) =>
        Array.from({ length: shape.width }, (_, d) => all[place * shape.width + d] ?? Number.NaN),
      );
    expect(found).toBeInstanceOf(Float32Array);
    if (found instanceof Float32Array) expect(worst(pick(wanted), pick(found))).toBeLessThan(1e-5);
  });

  it('is written as it was read, but for what all texts share', async () => {
    const weights = await readEncoderWeights(shape, sourceOf(family, 'model.'), length);
    const written = encoderTensors(shape, weights);
    const again = await readEncoderWeights(
      { ...shape, longest: length },
      {
        names: written.map((t) => t.name),
        read: async (name) => written.find((t) => t.name === name) ?? { name, shape: [], values: new Float32Array(0) },
      },
      length,
    );
    expect(again).toEqual(weights);
    const names = Object.keys(fixtures.families[family]?.shapes ?? {});
    expect(written.map((t) => t.name).toSorted()).toEqual(names.toSorted());
  });
});

const shape = encoderShape(fixtures.families['bert']?.config);
const device = () => openOrtDevice(processorDevice(1));
const quiet: TrainingHooks = {
  state: () => 'run',
  rest: async () => undefined,
  onEpoch: () => undefined,
  onProgress: () => undefined,
  onPause: () => undefined,
  onStep: () => undefined,
  readCheckpoint: async () => undefined,
  writeCheckpoint: async () => undefined,
  now: () => performance.now(),
  checkpointMs: 1e9,
};

interface Trial {
  output: NetworkOutput;
  lowRank?: LowRankSettings;
  rate?: number;
}
async function jobOf({ output, lowRank, rate = 3e-4 }: Trial, dropout = 0) {
  const network = encoderNetwork(shape, { length, pool: 'mean', dropout, output, lowRank });
  const initial = [...(await readEncoderWeights(shape, sourceOf('bert'), length))];
  const head = drawn('head.weight', classes * shape.width);
  initial.push({ name: 'head.weight', shape: [shape.width, classes], values: head });
  initial.push(...(lowRank === undefined ? [] : adapterOf(lowRank.rank)));
  const [first, second] = [codesOf('first', rows, 0), codesOf('second', rows, 0)];
  const isPair = output.kind === 'similarity';
  const train: Examples = {
    count: rows,
    codes: isPair
      ? Int32Array.from({ length: 2 * rows * length }, (_, i) => {
          const [row, place] = [Math.floor(i / (2 * length)), i % (2 * length)];
          return (place < length ? first : second)[row * length + (place % length)] ?? 0;
        })
      : first,
    classes: Int32Array.from({ length: rows }, (_, i) => i % classes),
    values: Float32Array.from({ length: rows }, (_, i) => (i % 4) / 4),
  };
  const settings = trainingSettings.parse({
    optimizer: 'adamw',
    learningRate: rate,
    weightDecay: 0.01,
    clipNorm: 1,
    epochs: 32,
    batchSize: rows,
    keepBest: false,
  });
  return { network, train, settings, initial, job: 'encoder' };
}
/** As peft's A, drawn by name; each part's own, side by side. */
function adapterOf(rank: number): WeightTensor[] {
  return Array.from({ length: shape.layers }, (_, layer) => {
    const at = `encoder.layer.${layer}`;
    const a = (name: string, modules: readonly string[], into: number): WeightTensor => {
      const parts = modules.map((module) => drawn(`${at}.${module}.lora_a`, rank * into));
      const wide = parts.length * rank;
      const values = new Float32Array(into * wide);
      parts.forEach((part, p) => {
        for (let r = 0; r < rank; r++)
          for (let i = 0; i < into; i++) values[i * wide + p * rank + r] = part[r * into + i] ?? 0;
      });
      return { name: `${layer + blocksBegin}.${name}.lora_a`, shape: [into, wide], values };
    };
    return [
      a(
        'qkv',
        ['query', 'key', 'value'].map((m) => `attention.self.${m}`),
        shape.width,
      ),
      a('out', ['attention.output.dense'], shape.width),
      a('up', ['intermediate.dense'], shape.width),
      a('down', ['output.dense'], shape.hidden),
    ];
  }).flat();
}
const trials: Record<keyof typeof fixtures.losses, Trial> = {
  classes: { output: { kind: 'classes', count: classes } },
  lora: { output: { kind: 'classes', count: classes }, lowRank: { rank: 4, alpha: 8 }, rate: 2e-3 },
  squared: { output: { kind: 'similarity', loss: 'squared' } },
  contrast: { output: { kind: 'similarity', loss: 'contrast' } },
};

describe('32 steps, each loss as PyTorch has it to 4 digits', () => {
  it.each(['classes', 'lora', 'squared', 'contrast'] as const)('%s', async (name) => {
    const losses: number[] = [];
    await trainNetwork(await jobOf(trials[name]), await device(), {
      ...quiet,
      onEpoch: ({ loss }) => void losses.push(loss),
    });
    expect(losses.length).toBe(32);
    expect(worst(fixtures.losses[name], losses)).toBeLessThan(5e-5);
  });
});

const bytesOf = (weights: NetworkWeights): string =>
  Buffer.concat(weights.map(({ values: v }) => Buffer.from(v.buffer, v.byteOffset, v.byteLength))).toString('base64');

describe('beside frozen matrices', () => {
  it('nothing is left beside: the matrices hold what was learnt, and no norm or embedding has changed', async () => {
    const job = await jobOf(trials.lora);
    const { network, weights, parameters } = await trainNetwork(job, await device(), quiet);
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
    const job = await jobOf(trials.lora, 0.2);
    const whole = await trainNetwork(job, await device(), quiet);
    const kept: Uint8Array[] = [];
    let asked = 0;
    const killed = trainNetwork(job, await device(), {
      ...quiet,
      state: () => (asked++ >= 20 ? 'pause' : 'run'),
      rest: async () => Promise.reject(new TrainingCancelled()),
      writeCheckpoint: async (bytes) => void kept.push(bytes),
    });
    await expect(killed).rejects.toThrow(TrainingCancelled);
    const resumed = await trainNetwork(job, await device(), { ...quiet, readCheckpoint: async () => kept.at(-1) });
    expect(bytesOf(resumed.weights)).toBe(bytesOf(whole.weights));
    // What is frozen is in no checkpoint.
    expect(kept.at(-1)?.length).toBeLessThan(4 * 96 * 32 + 4 * 4 * whole.parameters);
  });
});

describe('an encoder that has no form here', () => {
  it.each([
    [{ model_type: 'deberta-v2' }, 'encoder.unknown-family', 'Encoders of the family “deberta-v2” have no form here.'],
    [
      { ...fixtures.families['bert']?.config, position_embedding_type: 'relative_key' },
      'encoder.unfit',
      'The encoder cannot be read: its positions are “relative_key”, and only absolute ones have a form here.',
    ],
    [
      { ...fixtures.families['bert']?.config, hidden_act: 'mish' },
      'encoder.unfit',
      'The encoder cannot be read: its activation is “mish”.',
    ],
  ])('%j', (config, code, message) => {
    expect(() => encoderShape(config)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
  it('names the tensor that is missing', async () => {
    const { names, read } = sourceOf('bert');
    const source = { names: names.filter((n) => n !== 'encoder.layer.1.output.dense.bias'), read };
    await expect(readEncoderWeights(shape, source, length)).rejects.toMatchObject({
      code: 'encoder.unfit',
      message: expect.stringContaining("The encoder's file has no tensor “encoder.layer.1.output.dense.bias”."),
    });
  });
});
