/** Trainings in their thread: paused, killed and gone on with; cancelled; failed in words. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { smallDecoder } from '../../methods/decoder/small-decoder.ts';
import { trainTinyModel } from '../../test/support/trained-tiny-model.ts';
import type { ControlState, TaskCheckpoint, TaskControl } from '../../shared/capabilities.ts';
import { type DecoderJob, decoderModules, type DecoderStep, type TrainedDecoder } from '../../shared/decoder.ts';
import { processorDevice } from '../neural/devices/processor.ts';
import { taskDecoders } from './task-decoders.ts';

const folder = mkdtempSync(join(tmpdir(), 'decoders-'));
const path = join(folder, 'tiny.gguf');
beforeAll(async () => void (await trainTinyModel(path)));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const row = (seed: number) => {
  const ids = Array.from({ length: 12 + (seed % 5) }, (_, i) => (seed * 31 + i * 17) % 300);
  return { ids, trained: ids.map((_, i) => i > 3) };
};
const job: DecoderJob = {
  model: { from: 'files', files: [path] },
  learns: { what: 'adapter', rank: 2, alpha: 4, modules: decoderModules },
  rows: [1, 2, 3, 4, 5, 6].map(row),
  settings: {
    epochs: 6,
    rowsPerStep: 2,
    tokensAtOnce: 64,
    pack: false,
    rate: { peak: 0.01, shape: 'cosine', warmUp: 2, final: 0.1 },
    weightDecay: 0.01,
    clipNorm: null,
    seed: 7,
  },
  measured: [{ name: 'held-out', rows: [row(9)] }],
  prompts: [{ name: 'a prompt', ids: [0, 5, 9] }],
  sampleTokens: 4,
  stopTokens: [],
  memory: 'full',
  device: 'cpu',
  tryOneBatch: true,
};

class Hands implements TaskControl {
  now: ControlState = 'run';
  #wake: (() => void) | undefined;
  readonly kept: { bytes?: Uint8Array } = {};
  readonly checkpoint: TaskCheckpoint = {
    load: async () => this.kept.bytes,
    save: async (bytes) => void (this.kept.bytes = bytes),
  };
  set(state: ControlState): void {
    this.now = state;
    if (state !== 'pause') this.#wake?.();
  }
  state = (): ControlState => this.now;
  changed = () => () => {};
  turn = async (): Promise<'run' | 'finish'> => {
    if (this.now === 'pause') await new Promise<void>((wake) => (this.#wake = wake));
    return this.now === 'finish' ? 'finish' : 'run';
  };
}
function train(
  hands: Hands,
  more: Partial<DecoderJob> = {},
  signal = new AbortController().signal,
): Promise<TrainedDecoder> {
  const steered = { control: () => hands, checkpoint: hands.checkpoint };
  return taskDecoders({ steered, signal, threads: 1, device: async () => processorDevice(1).used }).train({
    ...job,
    ...more,
  });
}
const bytesOf = ({ parameters }: TrainedDecoder): string =>
  Buffer.from(parameters.buffer, parameters.byteOffset, parameters.byteLength).toString('base64');
const losses = ({ steps }: TrainedDecoder): number[] => steps.map(({ loss }) => loss);

describe('a training in its thread', () => {
  let whole: Promise<TrainedDecoder>;
  beforeAll(() => void (whole = train(new Hands())));

  it('tells its steps, its measures and what it says', async () => {
    const made = await whole;
    expect(made.ended).toBe('epochs');
    expect(made.steps.map(({ step }) => step)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
    expect(made.measures.map(({ name, step }) => [name, step])).toEqual(
      [0, 3, 6, 9, 12, 15, 18].map((step) => ['held-out', step]),
    );
    expect(made.samples.map(({ step, ids }) => [step, ids.length])).toEqual(
      [0, 5, 10, 15, 18].map((step) => [step, 4]),
    );
    expect(made.check?.after).toBeLessThan(made.check?.before ?? 0);
    expect(made.quote).toMatchObject({ steps: 18, precision: 'full', recompute: false });
  });

  it('paused, killed while it is, and gone on with by another process: the same bytes', async () => {
    const hands = new Hands();
    const kill = new AbortController();
    const seen: DecoderStep[] = [];
    const first = train(
      hands,
      {
        onStep: (step) => {
          seen.push(step);
          if (step.step === 7) hands.set('pause');
        },
      },
      kill.signal,
    );
    await vi.waitFor(() => expect(hands.kept.bytes).toBeDefined(), 240_000);
    kill.abort(new Error('killed'));
    await expect(first).rejects.toThrow('killed');
    expect(seen.length).toBeLessThan(10);

    const later = new Hands();
    later.kept.bytes = hands.kept.bytes!;
    const second = await train(later);
    const made = await whole;
    expect(losses(second)).toEqual(losses(made));
    expect(bytesOf(second)).toBe(bytesOf(made));
  });

  it('goes on after a pause, and ends early with what it has', async () => {
    const hands = new Hands();
    const made = await train(hands, {
      onStep: ({ step }) => {
        if (step === 4) {
          hands.set('pause');
          setTimeout(() => hands.set('run'), 50);
        }
        if (step === 8) hands.set('finish');
      },
    });
    expect(made.ended).toBe('finished');
    expect(made.steps.length).toBeGreaterThanOrEqual(8);
    expect(made.steps.length).toBeLessThan(18);
    expect(losses(made)).toEqual(losses(await whole).slice(0, made.steps.length));
  });

  it('a checkpoint of another training is not gone on from', async () => {
    const hands = new Hands();
    hands.kept.bytes = new TextEncoder().encode('not a checkpoint');
    expect(bytesOf(await train(hands))).toBe(bytesOf(await whole));
  });

  it('is cancelled at once, and takes nothing else of the process with it', async () => {
    const cancelled = async (): Promise<void> => {
      const stop = new AbortController();
      // The next step is under way when its thread hears of it.
      const onStep = (): void => void setTimeout(() => stop.abort(new Error('enough')), 1);
      await expect(train(new Hands(), { onStep }, stop.signal)).rejects.toThrow('enough');
    };
    for (let i = 0; i < 2; i++) await Promise.all([cancelled(), cancelled()]);
  });

  it('keeps what it had when the loss rises without end', async () => {
    // A model from nothing learns at first, and the rate climbs on and on.
    const config = smallDecoder({ vocabulary: 300, layers: 1, width: 32, heads: 2, context: 32 });
    const rate = { peak: 3, shape: 'constant', warmUp: 400, final: 1 } as const;
    const settings = { ...job.settings, epochs: 130, rate };
    const made = train(new Hands(), {
      model: { from: 'scratch', config },
      learns: { what: 'all' },
      settings,
      tryOneBatch: false,
      measured: [],
      prompts: [],
    });
    const { ended, steps } = await made;
    expect(ended).toBe('diverged');
    expect(steps.length).toBeLessThan(390);
  });

  it('packs rows, computes layers again and takes eight bits, with losses nearly the same', async () => {
    const small = await train(new Hands(), { memory: 'small', settings: { ...job.settings, pack: true } });
    const made = await whole;
    const worst = Math.max(...losses(small).map((loss, i) => Math.abs(loss - (losses(made)[i] ?? 0))));
    expect(small.quote).toMatchObject({ precision: 'eight-bit', recompute: true });
    expect(worst).toBeLessThan(0.1);
  });

  it('what it cannot read fails in words', async () => {
    const model = { from: 'files', files: [join(folder, 'none.gguf')] } as const;
    await expect(train(new Hands(), { model })).rejects.toThrow(/none\.gguf/);
  });
});
