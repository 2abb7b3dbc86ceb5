/** The training loop itself, in this process: what PyTorch learns, what a seed repeats, what a checkpoint goes on with, what fails in words. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { network as networkSchema, type Network } from '../../shared/neural/network.ts';
import type { Examples, StepFacts, TrainingState } from '../../shared/neural/neural-service.ts';
import { trainingSettings, type TrainingSettings } from '../../shared/neural/training-settings.ts';
import { FlowyardError } from '../../shared/errors.ts';
import { drawnExamples, drawnWeights, smallNets } from '../../test/support/neural-nets.ts';
import type { Device } from './devices/backend.ts';
import { openOrtDevice } from './devices/ort-device.ts';
import { processorDevice } from './devices/processor.ts';
import { type NetworkTraining, type TrainingHooks, trainNetwork, TrainingCancelled } from './train-network.ts';

const fixtures = z
  .object({ losses: z.record(z.string(), z.array(z.number())) })
  .parse(JSON.parse(readFileSync(new URL('../../methods/neural/fixtures/losses.json', import.meta.url), 'utf8')));

const device = (threads = 1): Promise<Device> => openOrtDevice(processorDevice(threads));
interface Heard {
  losses: number[];
  steps: StepFacts[];
  checkpoints: Uint8Array[];
  pauses: boolean[];
}
/** Hooks that hear everything; `more` replaces some. */
function hearing(more: Partial<TrainingHooks> = {}): { heard: Heard; hooks: TrainingHooks } {
  const heard: Heard = { losses: [], steps: [], checkpoints: [], pauses: [] };
  const hooks: TrainingHooks = {
    state: () => 'run',
    rest: async () => undefined,
    onEpoch: (facts) => void heard.losses.push(facts.loss),
    onProgress: () => undefined,
    onPause: (paused) => void heard.pauses.push(paused),
    onStep: (facts) => void heard.steps.push(facts),
    readCheckpoint: async () => undefined,
    writeCheckpoint: async (bytes) => void heard.checkpoints.push(bytes),
    now: () => performance.now(),
    checkpointMs: 1e9,
    ...more,
  };
  return { heard, hooks };
}
const settingsOf = (given: z.input<typeof trainingSettings>): TrainingSettings => trainingSettings.parse(given);
const jobOf = (network: Network, train: Examples, given: z.input<typeof trainingSettings>): NetworkTraining => ({
  network,
  train,
  settings: settingsOf(given),
  job: 'a job',
});
/** With dropout and batch normalisation: all that could differ from run to run. */
const noisy = networkSchema.parse({
  input: { kind: 'table', numbers: 6 },
  layers: [
    { layer: 'dense', units: 12, activation: 'relu' },
    { layer: 'batch-norm' },
    { layer: 'dropout', rate: 0.3 },
    { layer: 'dense', units: 8, activation: 'gelu' },
  ],
  output: { kind: 'classes', count: 3 },
});
const noisyJob = (more: z.input<typeof trainingSettings> = {}): NetworkTraining =>
  jobOf(noisy, drawnExamples(noisy, 75), { epochs: 4, batchSize: 16, keepBest: false, ...more });
const bytesOf = (weights: readonly { values: Float32Array }[]): string =>
  Buffer.concat(weights.map(({ values: v }) => Buffer.from(v.buffer, v.byteOffset, v.byteLength))).toString('base64');

describe('losses epoch by epoch are those of PyTorch to four digits', () => {
  test.each(Object.keys(smallNets))('%s', async (name) => {
    const { network, rows, settings, classWeights } = smallNets[name]!;
    const { heard, hooks } = hearing();
    const training: NetworkTraining = {
      network,
      train: drawnExamples(network, rows),
      settings,
      initial: drawnWeights(network),
      classWeights: classWeights === undefined ? undefined : Float32Array.from(classWeights),
      job: name,
    };
    await trainNetwork(training, await device(2), hooks);
    const wanted = fixtures.losses[name]!;
    expect(heard.losses.map((loss) => loss.toPrecision(4))).toEqual(wanted.map((loss) => loss.toPrecision(4)));
  });
});

describe('the same bytes', () => {
  test('from one seed twice, and other bytes from another', async () => {
    const run = async (seed: number): Promise<string> =>
      bytesOf((await trainNetwork(noisyJob({ seed }), await device(2), hearing().hooks)).weights);
    expect(await run(3)).toBe(await run(3));
    expect(await run(3)).not.toBe(await run(4));
  });
  test.each([
    ['adam', {}],
    ['sgd with momentum', { optimizer: 'sgd' }],
    ['adamw with clipping and warm-up', { optimizer: 'adamw', weightDecay: 0.1, clipNorm: 1, warmUpEpochs: 2 }],
  ] as const)('%s: killed within an epoch and gone on from the checkpoint, as from one run', async (_, more) => {
    const whole = await trainNetwork(noisyJob({ ...more, keepBest: true }), await device(), hearing().hooks);
    // Cancelled at a step in the middle of an epoch, with a checkpoint after every look.
    for (const at of [3, 7, 12]) {
      let asked = 0;
      const killed = hearing({
        state: () => (asked++ >= at ? 'pause' : 'run'),
        rest: async () => Promise.reject(new TrainingCancelled()),
      });
      await expect(trainNetwork(noisyJob({ ...more, keepBest: true }), await device(), killed.hooks)).rejects.toThrow(
        TrainingCancelled,
      );
      const checkpoint = killed.heard.checkpoints.at(-1);
      const again = hearing({ readCheckpoint: async () => checkpoint });
      const resumed = await trainNetwork(noisyJob({ ...more, keepBest: true }), await device(), again.hooks);
      expect(bytesOf(resumed.weights)).toBe(bytesOf(whole.weights));
      const plain = (h: typeof whole.history) =>
        h.map(({ epoch, loss, accuracy, best }) => ({ epoch, loss, accuracy, best }));
      expect(plain(resumed.history)).toEqual(plain(whole.history));
    }
  });
  test('paused and gone on, as without a pause', async () => {
    let state: TrainingState = 'run';
    let asked = 0;
    const paused = hearing({
      state: () => {
        if (++asked === 5) state = 'pause';
        return state;
      },
      rest: async () => void (state = 'run'),
    });
    const [one, other] = [
      await trainNetwork(noisyJob(), await device(), paused.hooks),
      await trainNetwork(noisyJob(), await device(), hearing().hooks),
    ];
    expect(paused.heard.pauses).toEqual([true, false]);
    expect(bytesOf(one.weights)).toBe(bytesOf(other.weights));
  });
  test('a finished training is not done again', async () => {
    const first = hearing();
    const done = await trainNetwork(noisyJob(), await device(), first.hooks);
    const again = hearing({ readCheckpoint: async () => first.heard.checkpoints.at(-1) });
    const known = await trainNetwork(noisyJob(), await device(), again.hooks);
    expect(again.heard.losses).toEqual([]);
    expect(bytesOf(known.weights)).toBe(bytesOf(done.weights));
  });
  test('a checkpoint of another job, or one that is cut off, is not used', async () => {
    const first = hearing();
    await trainNetwork(noisyJob(), await device(), first.hooks);
    const bytes = first.heard.checkpoints.at(-1)!;
    for (const [given, job] of [
      [bytes, 'another'],
      [bytes.subarray(0, bytes.length - 5), 'a job'],
    ] as const) {
      const again = hearing({ readCheckpoint: async () => given });
      await trainNetwork({ ...noisyJob(), job }, await device(), again.hooks);
      expect(again.heard.losses).toHaveLength(4);
    }
  });
});

test('a last batch of one row changes no running statistics: what is normalised by them stays as wide as the data', async () => {
  const network = networkSchema.parse({
    input: { kind: 'table', numbers: 1 },
    layers: [{ layer: 'batch-norm' }],
    output: { kind: 'values', count: 1 },
  });
  const numbers = Float32Array.from({ length: 17 }, (_, i) => i - 8);
  const job = jobOf(
    network,
    { count: 17, numbers, values: numbers },
    { epochs: 60, batchSize: 16, learningRate: 1e-6, keepBest: false },
  );
  const { weights } = await trainNetwork(job, await device(), hearing().hooks);
  const variance = weights.find(({ name }) => name === '0.variance')?.values[0];
  // Of all rows 25.5; half of it where the single row counted as one of no spread.
  expect(variance).toBeGreaterThan(20);
  expect(variance).toBeLessThan(31);
});

describe('ends', () => {
  const examples = drawnExamples(noisy, 60);
  const other = drawnExamples(noisy, 40, 99);
  test('when the validation loss does not fall, with the best epoch’s weights', async () => {
    const job = { ...jobOf(noisy, examples, { epochs: 200, learningRate: 0.05, patience: 3 }), validation: other };
    const trained = await trainNetwork(job, await device(), hearing().hooks);
    expect(trained.ended).toBe('patience');
    expect(trained.history).toHaveLength(trained.bestEpoch + 3);
    const losses = trained.history.map((h) => h.validationLoss!);
    expect(losses[trained.bestEpoch - 1]).toBe(Math.min(...losses));
  });
  test('when the person says so: what was learnt is kept', async () => {
    let epochs = 0;
    const { hooks } = hearing({ state: () => (epochs >= 2 ? 'finish' : 'run'), onEpoch: () => void epochs++ });
    const trained = await trainNetwork(noisyJob({ epochs: 50 }), await device(), hooks);
    expect([trained.ended, trained.history.length]).toEqual(['finished', 2]);
  });
  test('at once when it is cancelled', async () => {
    const { hooks, heard } = hearing({ state: () => 'cancel' });
    await expect(trainNetwork(noisyJob(), await device(), hooks)).rejects.toThrow(TrainingCancelled);
    expect(heard.losses).toEqual([]);
  });
});

describe('rows that weigh', () => {
  test('a row of weight 2 is that row twice, and one of weight 0 is not there', async () => {
    const plain = networkSchema.parse({ ...noisy, layers: [{ layer: 'dense', units: 5, activation: 'tanh' }] });
    const all = drawnExamples(plain, 4);
    const rowsOf = (rows: readonly number[]): Examples => ({
      count: rows.length,
      numbers: Float32Array.from(rows.flatMap((r) => [...all.numbers!.subarray(r * 6, r * 6 + 6)])),
      classes: Int32Array.from(rows, (r) => all.classes![r]!),
    });
    const run = async (examples: Examples): Promise<number[]> => {
      const { heard, hooks } = hearing();
      await trainNetwork(jobOf(plain, examples, { epochs: 3 }), await device(), hooks);
      return heard.losses.map((loss) => Number(loss.toPrecision(5)));
    };
    const sized = await run({ ...rowsOf([0, 1, 2, 3]), weights: Float32Array.of(2, 1, 0, 1) });
    expect(sized).toEqual(await run(rowsOf([0, 0, 1, 3])));
  });
});

describe('fails in words', () => {
  const failure = async (job: NetworkTraining, on?: Device): Promise<FlowyardError> => {
    const thrown = await trainNetwork(job, on ?? (await device()), hearing().hooks).catch((error: unknown) => error);
    if (thrown instanceof FlowyardError) return thrown;
    throw thrown;
  };
  test('a loss that is no number names the layer, the epoch and the learning rate', async () => {
    const net = networkSchema.parse({
      input: { kind: 'table', numbers: 2 },
      layers: [
        { layer: 'dense', units: 4, activation: 'relu' },
        { layer: 'dense', units: 4, activation: 'relu' },
      ],
      output: { kind: 'values', count: 1 },
    });
    const train = {
      count: 40,
      numbers: Float32Array.from({ length: 80 }, (_, i) => i * 1e4),
      values: Float32Array.from({ length: 40 }, (_, i) => i),
    };
    const { code, problem } = await failure(jobOf(net, train, { optimizer: 'sgd', learningRate: 5, epochs: 50 }));
    expect(code).toBe('neural.diverged');
    expect(problem.message).toMatch(
      /^The loss stopped being a number in epoch \d+, step \d+\. It began at layer [12] \(dense\)/,
    );
    expect(problem.mend).toContain('smaller learning rate (now 5), clip the gradients');
  });
  test('a number that is missing names its row', async () => {
    const examples = drawnExamples(noisy, 10);
    examples.numbers![6 * 4 + 1] = Number.NaN;
    const { code, problem } = await failure(jobOf(noisy, examples, {}));
    expect([code, problem.message]).toEqual(['neural.not-a-number', 'Number 2 of the training row 5 is NaN.']);
  });
  test('one class alone', async () => {
    const examples = drawnExamples(noisy, 10);
    expect((await failure(jobOf(noisy, { ...examples, classes: new Int32Array(10) }, {}))).code).toBe(
      'neural.one-class',
    );
  });
  test.each([
    [
      "Non-zero status code returned while running Conv node. Name:'3 conv2d/Conv_17' Status Message: Failed to allocate memory",
      'neural.no-memory',
      'at layer 3 (conv2d)',
    ],
    ['webgpu: Device is lost', 'neural.device-lost', 'stopped answering'],
    ["Name:'2 dense/Gemm_4' Status Message: something else", 'neural.failed', 'at layer 2 (dense)'],
  ])('what a device says: %s', async (says, code, words) => {
    const good = await device();
    const bad: Device = {
      ...good,
      prepare: async () => ({ run: () => Promise.reject(new Error(says)), close: async () => undefined }),
    };
    const found = await failure(noisyJob(), bad);
    expect(found.code).toBe(code);
    expect(found.problem.message).toContain(words);
  });
});

describe('a look inside', () => {
  test('weights, gradients, activations and answers for probes after each step', async () => {
    const { heard, hooks } = hearing();
    const probes = drawnExamples(noisy, 5, 42);
    await trainNetwork({ ...noisyJob({ epochs: 1 }), watch: { everySteps: 2, probes } }, await device(), hooks);
    expect(heard.steps.map((s) => s.step)).toEqual([2, 4, 5]);
    const last = heard.steps.at(-1)!;
    expect(last.gradients.map((t) => t.name)).toEqual([
      '0.weight',
      '0.bias',
      '1.weight',
      '1.bias',
      '3.weight',
      '3.bias',
      'head.weight',
      'head.bias',
    ]);
    expect(last.outputs?.values).toHaveLength(15);
    expect(last.activations?.map((a) => a.shape)).toEqual([[12], [12], [12], [8]]);
    expect(last.gradients.every((t) => t.values.some((v) => v !== 0))).toBe(true);
  });
});
