import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decoderFamilies, type DecoderConfig } from '../../methods/decoder/decoder-config.ts';
import { decoderModules, sizeOf } from '../../methods/decoder/decoder-weights.ts';
import { learningRate } from '../../methods/decoder/learning-rate.ts';
import { type Learns, learntParameters } from '../../methods/decoder/learnt-parameters.ts';
import { makeBatch, type StepBatch, targetCount, type TokenRow } from '../../methods/decoder/make-batch.ts';
import { type DecoderStepper, openStepper, type StepperOptions } from './decoder-stepper.ts';
import { drawn, drawnWeight, smallConfig, smallWeights } from './small-decoders.ts';
import { openStepMemory } from './step-memory.ts';

const fixtures: {
  tokens: number[];
  rows: TokenRow[];
  families: Record<string, { scores: string; losses: number[]; norms: number[] }>;
} = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'methods', 'decoder', 'fixtures', 'decoder.json'), 'utf8'),
);
const floatsOf = (text = ''): Float32Array => new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);

const size = { batch: 2, length: 24, targets: 48 };
const adapter: Learns = { what: 'adapter', rank: 4, alpha: 8, modules: decoderModules };

function drawnAdapter(config: DecoderConfig): Float32Array {
  const parts = learntParameters(config, adapter).map(({ name, shape }) =>
    drawn(name, sizeOf(shape)).map((x) => x * (name.endsWith('_a') ? 0.5 : Math.fround(0.1))),
  );
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

const opened = (config: DecoderConfig, options: Partial<StepperOptions> = {}): Promise<DecoderStepper> =>
  openStepper({
    config,
    learns: adapter,
    optimizer: { weightDecay: 0.01, clipNorm: 1 },
    weights: smallWeights(config, options.precision),
    memory: openStepMemory({ device: 'cpu', threads: 1 }),
    parameters: drawnAdapter(config),
    precision: 'full',
    recompute: false,
    targetsAtOnce: 48,
    vocabularyParts: 1,
    packed: false,
    ...options,
  });

const steps = 32;
const rate = (step: number): number =>
  learningRate(step, steps, { peak: 1e-2, shape: 'cosine', warmUp: 4, final: 0.1 });
const rowsOf = (step: number): TokenRow[] =>
  [0, 1].flatMap((b) => fixtures.rows[(step * 2 + b) % fixtures.rows.length] ?? []);
const targetsOf = (rows: readonly TokenRow[]): number => rows.reduce((sum, row) => sum + targetCount(row), 0);
const wholeBatch = (rows: readonly TokenRow[]): StepBatch =>
  makeBatch(
    rows.map((row) => [row]),
    size,
    targetsOf(rows),
  );

async function train(
  stepper: DecoderStepper,
  count: number,
  batches = (rows: readonly TokenRow[]) => [wholeBatch(rows)],
) {
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = 0; step < count; step++) {
    for (const batch of batches(rowsOf(step))) await stepper.pass(batch);
    const { loss, norm } = await stepper.apply(rate(step));
    losses.push(loss);
    norms.push(norm);
  }
  return { losses, norms };
}
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (x, i) => Math.abs(x - (b[i] ?? Number.NaN))));

describe.each(decoderFamilies)('a small %s', (family) => {
  const config = smallConfig(family);
  const expected = fixtures.families[family];

  it('scores as transformers does', async () => {
    // Every place is a target; the labels do not matter. An adapter of zeros changes nothing.
    const rows = [0, 1].map((b) => ({ ids: fixtures.tokens.slice(b * 24, b * 24 + 24), trained: [] }));
    const batch = makeBatch(
      rows.map((row) => [row]),
      size,
      1,
    );
    batch.at.forEach((_, i) => (batch.at[i] = i));
    const stepper = await opened(config, { parameters: new Float32Array(drawnAdapter(config).length) });
    expect(worst(floatsOf(expected?.scores), await stepper.predict(batch))).toBeLessThan(1e-5);
    await stepper.close();
  });
  it('learns as peft and torch.optim.AdamW do: the loss of each of 32 steps to 4 digits', async () => {
    const stepper = await opened(config);
    const { losses, norms } = await train(stepper, steps);
    await stepper.close();
    expect(worst(expected?.losses ?? [], losses)).toBeLessThan(5e-5);
    expect(worst(expected?.norms ?? [], norms)).toBeLessThan(5e-4);
  });
});

describe('the same numbers on other ways', () => {
  const config = smallConfig('gemma3');
  const plain = opened(config).then(async (stepper) => {
    const trained = await train(stepper, 6);
    return { ...trained, state: await stepper.state() };
  });
  const near = async (
    stepper: DecoderStepper,
    within: number,
    batches?: (rows: readonly TokenRow[]) => StepBatch[],
  ) => {
    const { losses } = await train(stepper, 6, batches);
    await stepper.close();
    expect(worst((await plain).losses, losses)).toBeLessThan(within);
  };
  it('layers that are computed again', async () => near(await opened(config, { recompute: true }), 2e-5));
  it('a vocabulary in parts, few targets at once', async () =>
    near(await opened(config, { targetsAtOnce: 5, vocabularyParts: 3 }), 2e-5));
  it('the form for graphics processors', async () => {
    const cpu = openStepMemory({ device: 'cpu', threads: 1 });
    await near(await opened(config, { memory: { ...cpu, kind: 'gpu' } }), 2e-5);
  });
  it('a step in two passes equals one', async () => {
    const halves = (rows: readonly TokenRow[]): StepBatch[] =>
      rows.map((row) => makeBatch([[row]], { batch: 1, length: 24, targets: 24 }, targetsOf(rows)));
    await near(await opened(config), 2e-5, halves);
  });
  it('two texts packed into one line do not see each other', async () => {
    const line = (rows: readonly TokenRow[]): StepBatch[] => [
      makeBatch([rows], { batch: 1, length: 48, targets: 48 }, targetsOf(rows)),
    ];
    await near(await opened(config, { packed: true }), 2e-5, line);
  });
  it('blocks of eight bits learn nearly the same, in parts and computed again too', async () => {
    const eight = { precision: 'eight-bit', recompute: true, vocabularyParts: 2, targetsAtOnce: 16 } as const;
    const { losses } = await train(await opened(config, eight), 6);
    expect(worst((await plain).losses, losses)).toBeLessThan(0.1);
  });
  it('stopped after four steps and gone on from its state elsewhere: the same bytes', async () => {
    const first = await opened(config);
    const early = await train(first, 4);
    const kept = await first.state();
    await first.close();
    const second = await opened(config);
    await second.restore(kept);
    for (let step = 4; step < 6; step++) {
      await second.pass(wholeBatch(rowsOf(step)));
      early.losses.push((await second.apply(rate(step))).loss);
    }
    const { losses, state } = await plain;
    expect(early.losses).toEqual(losses);
    const bytes = (values: Float32Array): string =>
      Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
    const end = await second.state();
    for (const name of ['parameters', 'mean', 'square', 'steps'] as const)
      expect(bytes(end[name])).toBe(bytes(state[name]));
    await second.close();
  });
});

describe('training every weight', () => {
  it('lowers the loss, and measures the loss of each target', async () => {
    const config = smallConfig('llama');
    const learns: Learns = { what: 'all' };
    const flat = learntParameters(config, learns).flatMap((weight) => [...drawnWeight(weight)]);
    const stepper = await opened(config, { learns, weights: new Map(), parameters: Float32Array.from(flat) });
    const row = rowsOf(0);
    const before = await stepper.measure(wholeBatch(row));
    for (let step = 0; step < 60; step++) {
      await stepper.pass(wholeBatch(row));
      await stepper.apply(3e-3);
    }
    const after = await stepper.measure(wholeBatch(row));
    const mean = (values: Float32Array): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(before.length).toBe(targetsOf(row));
    expect(mean(before)).toBeGreaterThan(4);
    expect(mean(after)).toBeLessThan(0.05);
    await stepper.close();
  });
});
