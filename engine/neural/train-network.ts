/**
 * Trains a network on a device, epoch by epoch: the loop, early stopping, the best weights, checkpoints, pause. Everything by chance follows from the seed and
 * the step, so a training that was killed goes on from its checkpoint with the same numbers.
 */
import * as z from 'zod';
import type { Network } from '../../shared/neural/network.ts';
import type {
  EpochFacts,
  Examples,
  NetworkRows,
  NetworkWeights,
  StepFacts,
  TrainedNetwork,
  TrainingState,
} from '../../shared/neural/neural-service.ts';
import type { TrainingSettings } from '../../shared/neural/training-settings.ts';
import { readCheckpoint, writeCheckpoint } from '../../methods/neural/checkpoint.ts';
import { beginWeights, mergeLowRank, parametersOf } from '../../methods/neural/parameters.ts';
import { product } from '../../methods/neural/tensor-graph.ts';
import type { Device } from './devices/backend.ts';
import { feedOf, type EpochFeed } from './epoch-feed.ts';
import { explainBackend, explainDivergence } from './explain-training.ts';
import { findDivergence, LookingGlass } from './look-inside.ts';
import { NetworkRunner, type NetworkState, type RunnerPlan } from './network-runner.ts';
import { balancedWeights, checkedExamples, refuseOneClass } from './training-data.ts';

export interface NetworkTraining {
  network: Network;
  train: Examples;
  validation?: Examples | undefined;
  settings: TrainingSettings;
  classWeights?: Float32Array | undefined;
  initial?: NetworkWeights | undefined;
  watch?: { everySteps: number; probes?: NetworkRows | undefined } | undefined;
  /** Names what is trained: a checkpoint of anything else is not used. */
  job: string;
}
export interface TrainingHooks {
  /** Asked before each step. `cancel` ends at once. */
  state: () => TrainingState | 'cancel';
  /** Resolves when the state is no longer `pause`. */
  rest: () => Promise<void>;
  onEpoch: (facts: EpochFacts) => void;
  onProgress: (fraction: number) => void;
  onPause: (paused: boolean) => void;
  onStep: (facts: StepFacts) => void;
  readCheckpoint: () => Promise<Uint8Array | undefined>;
  writeCheckpoint: (bytes: Uint8Array) => Promise<void>;
  now: () => number;
  /** A checkpoint within an epoch is written when so long has passed since the last. */
  checkpointMs: number;
}
export class TrainingCancelled extends Error {}
export type Trained = Omit<TrainedNetwork, 'device'>;

/** What a checkpoint holds beside the state's tensors. */
const facts = z.object({
  /** The epoch under way, from 1, and its next step, from 0. */
  epoch: z.number(),
  step: z.number(),
  seconds: z.number(),
  best: z.object({ epoch: z.number(), score: z.number().nullable() }),
  history: z.array(z.json()),
  ended: z.enum(['epochs', 'patience', 'finished']).nullable(),
});

export async function trainNetwork(training: NetworkTraining, device: Device, hooks: TrainingHooks): Promise<Trained> {
  const loop = new TrainingLoop(training, device, hooks);
  try {
    return await loop.run();
  } catch (thrown) {
    if (thrown instanceof TrainingCancelled) throw thrown;
    throw explainBackend(thrown, training.settings, device.used.name);
  }
}

class TrainingLoop {
  readonly #training: NetworkTraining;
  readonly #device: Device;
  readonly #hooks: TrainingHooks;
  readonly #plan: RunnerPlan;
  readonly #weights: Float32Array;
  #history: EpochFacts[] = [];
  #epoch = 1;
  #step = 0;
  #seconds = 0;
  #best: { epoch: number; score: number; weights: NetworkState } = { epoch: 0, score: Infinity, weights: new Map() };
  #ended: Trained['ended'] | undefined;
  #savedMs: number;
  /** What the last checkpoint took. */
  #saveMs = 0;
  #glass: LookingGlass | undefined;
  #reportedMs = 0;
  /** Where a search for what went wrong begins. */
  #sound: { state: NetworkState; step: number } | undefined;

  constructor(training: NetworkTraining, device: Device, hooks: TrainingHooks) {
    this.#training = training;
    this.#device = device;
    this.#hooks = hooks;
    this.#savedMs = hooks.now();
    const { network, train, validation, settings } = training;
    refuseOneClass(network, train);
    const balanced =
      settings.classWeights === 'balanced' && network.output.kind === 'classes' && train.classes !== undefined
        ? balancedWeights(train.classes, network.output.count)
        : undefined;
    const data = checkedExamples(network, train, training.classWeights ?? balanced, 'training');
    const weights = data['weights']?.values;
    this.#weights = weights instanceof Float32Array ? weights : new Float32Array(0);
    this.#plan = {
      network,
      settings,
      train: data,
      rows: train.count,
      validation:
        validation === undefined
          ? undefined
          : { data: checkedExamples(network, validation, undefined, 'validation'), rows: validation.count },
      reportGradients: training.watch !== undefined,
      frozen: frozenOf(network, training.initial ?? []),
    };
  }

  async run(): Promise<Trained> {
    const begin = await this.#begin();
    const runner = await NetworkRunner.open(this.#device, this.#plan, begin);
    if (begin.size > 0) this.#sound = { state: await runner.readState(), step: this.#step };
    const { epochs } = this.#training.settings;
    while (this.#ended === undefined) {
      await this.#runEpoch(runner);
      if (this.#ended === undefined && this.#epoch > epochs) this.#ended = 'epochs';
      if (this.#ended !== undefined || this.#hooks.now() - this.#savedMs > this.#restMs()) await this.#save(runner);
    }
    await this.#glass?.close();
    return this.#result(await runner.readState());
  }

  /** The state to begin with: of a checkpoint, or drawn. */
  async #begin(): Promise<NetworkState> {
    const { network, settings, initial = [], job } = this.#training;
    const bytes = await this.#hooks.readCheckpoint();
    const kept = bytes === undefined ? undefined : readCheckpoint(bytes, job);
    const known = facts.safeParse(kept?.facts);
    if (kept !== undefined && known.success) {
      const { epoch, step, seconds, best, history, ended } = known.data;
      this.#epoch = epoch;
      this.#step = step;
      this.#seconds = seconds;
      this.#history = history as unknown as EpochFacts[];
      this.#ended = ended ?? undefined;
      const prefix = 'best ';
      const weights = new Map(
        [...kept.arrays].flatMap(([name, values]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), values] as const] : [],
        ),
      );
      this.#best = { epoch: best.epoch, score: best.score ?? Infinity, weights };
      return new Map([...kept.arrays].filter(([name]) => !name.startsWith(prefix)));
    }
    const given = new Map(initial.map((w) => [w.name, w.values]));
    return new Map(beginWeights(network, settings.seed, given).map(({ name, values }) => [name, values] as const));
  }

  async #runEpoch(runner: NetworkRunner): Promise<void> {
    const { settings, train } = this.#training;
    const feed = feedOf(settings, this.#epoch, {
      rows: train.count,
      steps: runner.steps,
      noiseSites: runner.noiseSites,
      noiseSize: runner.noiseSize,
      noiseReach: runner.noiseReach,
    });
    if (this.#step === 0) await runner.clearSums();
    const startedMs = this.#hooks.now();
    const firstStep = this.#step;
    while (this.#step < runner.steps) {
      this.#step = await runner.run(feed, this.#step, this.#nextLook(runner), (step) =>
        this.#interrupted(runner, step),
      );
      await this.#between(runner, feed);
      if (this.#ended !== undefined) break;
    }
    // Asked to finish before a first step: there is no epoch to tell of.
    if (this.#step === 0) return;
    const sums = await runner.sums();
    if (!Number.isFinite(sums[0])) await this.#diverged(feed, this.#step);
    const seconds = (this.#hooks.now() - startedMs) / 1000;
    await this.#finishEpoch(runner, feed, sums, { seconds, steps: this.#step - firstStep });
  }

  /** Steps run without a look aside until here. */
  #nextLook(runner: NetworkRunner): number {
    const every = this.#training.watch?.everySteps ?? (this.#device.inPlace ? 256 : 32);
    return Math.min(runner.steps, (Math.floor(this.#step / every) + 1) * every);
  }
  #interrupted(runner: NetworkRunner, step: number): boolean {
    const now = this.#hooks.now();
    if (now - this.#reportedMs > 250) {
      this.#reportedMs = now;
      const all = this.#training.settings.epochs * runner.steps;
      this.#hooks.onProgress(((this.#epoch - 1) * runner.steps + step) / all);
    }
    return this.#hooks.state() !== 'run';
  }

  /** After some steps: cancel, pause, finish; a look inside; a checkpoint where it is time. */
  async #between(runner: NetworkRunner, feed: EpochFeed): Promise<void> {
    const { watch } = this.#training;
    const state = this.#hooks.state();
    if (state === 'cancel') throw new TrainingCancelled();
    if (watch !== undefined && this.#step > 0) this.#hooks.onStep(await this.#look(runner));
    if (!this.#device.inPlace) {
      const [loss = 0] = await runner.sums();
      if (!Number.isFinite(loss)) await this.#diverged(feed, this.#step);
    }
    const due = this.#hooks.now() - this.#savedMs > this.#hooks.checkpointMs && this.#step < runner.steps;
    if (state === 'pause' || due) await this.#save(runner);
    if (state === 'pause') {
      this.#hooks.onPause(true);
      await this.#hooks.rest();
      this.#hooks.onPause(false);
      if (this.#hooks.state() === 'cancel') throw new TrainingCancelled();
    }
    if (this.#hooks.state() === 'finish') this.#ended = 'finished';
  }
  async #look(runner: NetworkRunner): Promise<StepFacts> {
    const { network, watch } = this.#training;
    this.#glass ??= new LookingGlass(network, watch?.probes);
    const [loss = 0] = await runner.sums();
    const step = (this.#epoch - 1) * runner.steps + this.#step;
    const seen = await this.#glass.look(await runner.readState(), await runner.readGradients());
    return { step, epoch: this.#epoch, loss: loss / this.#weightOf(undefined, runner, this.#step), ...seen };
  }

  /** What the rows of the first steps of an epoch weigh together. */
  #weightOf(feed: EpochFeed | undefined, runner: NetworkRunner, steps: number): number {
    if (feed === undefined || steps >= runner.steps) {
      const share = Math.min(1, (steps * runner.batch) / this.#weights.length);
      return Math.max(1e-12, this.#weights.reduce((a, b) => a + b, 0) * share);
    }
    let total = 0;
    for (const row of feed.order.subarray(0, steps * runner.batch)) total += this.#weights[row] ?? 0;
    return Math.max(1e-12, total);
  }

  async #finishEpoch(
    runner: NetworkRunner,
    feed: EpochFeed,
    sums: Float32Array,
    ran: { seconds: number; steps: number },
  ): Promise<void> {
    const { network, validation, settings } = this.#training;
    const [loss = 0, right = 0, norms = 0] = sums;
    const weight = this.#weightOf(feed, runner, this.#step);
    const measured = validation === undefined ? undefined : await runner.evaluate();
    const sized = validation?.weights?.reduce((a, b) => a + b, 0) ?? validation?.count ?? 1;
    const rightShare = measured === undefined ? right / weight : measured[1] / sized;
    const isValues = network.output.kind !== 'classes' && network.output.kind !== 'labels';
    const score = measured === undefined ? loss / weight : measured[0] / sized;
    const best = score < this.#best.score - settings.minDelta;
    this.#seconds += ran.seconds;
    const pace = ran.seconds / Math.max(1, ran.steps);
    const done: EpochFacts = {
      epoch: this.#epoch,
      epochs: settings.epochs,
      loss: loss / weight,
      ...(measured === undefined ? {} : { validationLoss: score }),
      ...(isValues ? { absoluteError: rightShare } : { accuracy: rightShare }),
      learningRate: feed.rates[Math.max(0, this.#step - 1)] ?? settings.learningRate,
      gradientNorm: norms / Math.max(1, this.#step),
      seconds: ran.seconds,
      stepsPerSecond: pace > 0 ? 1 / pace : 0,
      secondsLeft: (settings.epochs - this.#epoch) * runner.steps * pace,
      memoryBytes: process.memoryUsage().rss,
      best,
    };
    const state = await runner.readState();
    if (!Number.isFinite(score)) await this.#diverged(feed, this.#step);
    if (best) this.#best = { epoch: this.#epoch, score, weights: this.#learnt(state) };
    this.#history.push(done);
    this.#hooks.onEpoch(done);
    const { patience } = settings;
    if (this.#ended === undefined && patience !== null && this.#epoch - this.#best.epoch >= patience)
      this.#ended = 'patience';
    this.#epoch += 1;
    this.#step = 0;
    this.#sound = { state, step: 0 };
  }

  #learnt(state: NetworkState): NetworkState {
    return new Map(
      parametersOf(this.#training.network).flatMap((p) =>
        p.frozen ? [] : [[p.name, state.get(p.name) ?? new Float32Array(0)] as const],
      ),
    );
  }

  async #diverged(feed: EpochFeed, step: number): Promise<never> {
    const { network, settings } = this.#training;
    const seen = await findDivergence(this.#plan, feed, this.#sound, step);
    throw explainDivergence(network, settings, seen);
  }

  /** How long after a checkpoint the end of an epoch has none: so long that checkpoints take a fiftieth of the time at most. */
  #restMs(): number {
    return Math.min(this.#hooks.checkpointMs / 4, Math.max(1000, 50 * this.#saveMs));
  }
  async #save(runner: NetworkRunner): Promise<void> {
    const startedMs = this.#hooks.now();
    const arrays = new Map(await runner.readState());
    for (const [name, values] of this.#best.weights) arrays.set(`best ${name}`, values);
    const score = Number.isFinite(this.#best.score) ? this.#best.score : null;
    const kept: z.output<typeof facts> = {
      epoch: this.#epoch,
      step: this.#step,
      seconds: this.#seconds,
      best: { epoch: this.#best.epoch, score },
      history: JSON.parse(JSON.stringify(this.#history)),
      ended: this.#ended ?? null,
    };
    await this.#hooks.writeCheckpoint(writeCheckpoint({ job: this.#training.job, facts: kept, arrays }));
    this.#savedMs = this.#hooks.now();
    this.#saveMs = this.#savedMs - startedMs;
  }

  #result(state: NetworkState): Trained {
    const { network, settings } = this.#training;
    const parameters = parametersOf(network);
    const weights = settings.keepBest && this.#best.weights.size > 0 ? this.#best.weights : this.#learnt(state);
    const values = (name: string): Float32Array =>
      weights.get(name) ?? this.#plan.frozen.get(name) ?? new Float32Array(0);
    return {
      ...mergeLowRank(
        network,
        parameters.map(({ name, shape }) => ({ name, shape, values: values(name) })),
      ),
      history: this.#history,
      bestEpoch: this.#best.epoch,
      ended: this.#ended ?? 'epochs',
      seconds: this.#seconds,
      parameters: parameters.reduce((sum, p) => sum + (p.learnt ? product(p.shape) : 0), 0),
    };
  }
}

/** What is given and stays. @throws when something of it was not given */
function frozenOf(network: Network, initial: NetworkWeights): NetworkState {
  const given = new Map(initial.map((w) => [w.name, w.values]));
  return new Map(
    parametersOf(network).flatMap((p) => {
      if (!p.frozen) return [];
      const values = given.get(p.name);
      if (values?.length !== product(p.shape)) throw new Error(`the frozen weights lack ${p.name}`);
      return [[p.name, values] as const];
    }),
  );
}
