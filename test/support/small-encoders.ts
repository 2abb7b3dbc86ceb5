/**
 * Small encoders whose weights follow from their names, with the same generator as `methods/encoder/fixtures/make-fixtures.py`, and the trainings whose losses stand in
 * its fixture.
 */
import { readFileSync } from 'node:fs';
import { drawn } from '../../engine/decoder/small-decoders.ts';
import type { NetworkTraining, TrainingHooks } from '../../engine/neural/train-network.ts';
import { blocksBegin, encoderNetwork } from '../../methods/encoder/encoder-network.ts';
import { encoderShape } from '../../methods/encoder/encoder-shape.ts';
import { codeOfToken, readEncoderWeights, type TensorSource } from '../../methods/encoder/encoder-weights.ts';
import { product } from '../../methods/neural/tensor-graph.ts';
import type { LowRankSettings, NetworkOutput } from '../../shared/neural/network.ts';
import type { Examples, WeightTensor } from '../../shared/neural/neural-service.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';

export const encoderFixtures: {
  families: Record<string, { config: Record<string, unknown>; numbers: string; shapes: Record<string, number[]> }>;
  losses: Record<'classes' | 'lora' | 'squared' | 'contrast', number[]>;
} = JSON.parse(readFileSync(new URL('../../methods/encoder/fixtures/encoder.json', import.meta.url), 'utf8'));
export const smallLength = 12;
const [rows, classes] = [8, 3];

function weightOf(name: string, shape: readonly number[]): Float32Array {
  const values = drawn(name, product(shape));
  const factor = Math.fround(4 / Math.sqrt(shape.at(-1) ?? 1));
  return values.map((x) => {
    if (/norm/i.test(name) && name.endsWith('weight')) return 1 + Math.fround(Math.fround(0.4) * x);
    if (name.endsWith('bias')) return Math.fround(0.2) * x;
    return name.includes('embeddings') ? x : x * factor;
  });
}
export function smallEncoderSource(family: string, prefix = ''): TensorSource {
  const shapes = encoderFixtures.families[family]?.shapes ?? {};
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
export function smallEncoderCodes(label: string, count: number, padding: number): Int32Array<ArrayBuffer> {
  const values = drawn(label, count * smallLength);
  return Int32Array.from(values, (x, i) => {
    const [row, place] = [Math.floor(i / smallLength), i % smallLength];
    const id = 5 + Math.floor((x + 0.5) * (96 - 5));
    return place >= 4 + ((row * 5) % (smallLength - 3)) ? 0 : codeOfToken(id, padding);
  });
}
export const smallShape = encoderShape(encoderFixtures.families['bert']?.config);

/** Hooks of a training that nobody watches. */
export const quietHooks: TrainingHooks = {
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

export interface Trial {
  output: NetworkOutput;
  lowRank?: LowRankSettings;
  rate?: number;
}
export async function encoderJob(
  { output, lowRank, rate = 3e-4 }: Trial,
  dropout = 0,
): Promise<NetworkTraining & { initial: WeightTensor[] }> {
  const network = encoderNetwork(smallShape, { length: smallLength, pool: 'mean', dropout, output, lowRank });
  const initial = [...(await readEncoderWeights(smallShape, smallEncoderSource('bert'), smallLength))];
  const head = drawn('head.weight', classes * smallShape.width);
  initial.push({ name: 'head.weight', shape: [smallShape.width, classes], values: head });
  initial.push(...(lowRank === undefined ? [] : adapterOf(lowRank.rank)));
  const [first, second] = [smallEncoderCodes('first', rows, 0), smallEncoderCodes('second', rows, 0)];
  const isPair = output.kind === 'similarity';
  const train: Examples = {
    count: rows,
    codes: isPair
      ? Int32Array.from({ length: 2 * rows * smallLength }, (_, i) => {
          const [row, place] = [Math.floor(i / (2 * smallLength)), i % (2 * smallLength)];
          return (place < smallLength ? first : second)[row * smallLength + (place % smallLength)] ?? 0;
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
  return Array.from({ length: smallShape.layers }, (_, layer) => {
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
        smallShape.width,
      ),
      a('out', ['attention.output.dense'], smallShape.width),
      a('up', ['intermediate.dense'], smallShape.width),
      a('down', ['output.dense'], smallShape.hidden),
    ];
  }).flat();
}
export const encoderTrials: Record<keyof typeof encoderFixtures.losses, Trial> = {
  classes: { output: { kind: 'classes', count: classes } },
  lora: { output: { kind: 'classes', count: classes }, lowRank: { rank: 4, alpha: 8 }, rate: 2e-3 },
  squared: { output: { kind: 'similarity', loss: 'squared' } },
  contrast: { output: { kind: 'similarity', loss: 'contrast' } },
};

export const trialNames = ['classes', 'lora', 'squared', 'contrast'] as const;
