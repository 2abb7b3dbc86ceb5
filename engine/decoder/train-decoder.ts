/** The loop of a decoder's training: what happens before, between and after its steps. Runs in a thread of its own (`decoder-thread.ts`). */
import { initialAdapter } from '../../methods/decoder/initial-adapter.ts';
import { initialWeights } from '../../methods/decoder/initial-weights.ts';
import { learningRate } from '../../methods/decoder/learning-rate.ts';
import { learntParameters } from '../../methods/decoder/learnt-parameters.ts';
import { makeBatch } from '../../methods/decoder/make-batch.ts';
import type { MemoryPlan } from '../../methods/decoder/memory-plan.ts';
import { type OptimizerStep, planEpoch, planStep, stepsInEpoch } from '../../methods/decoder/plan-steps.ts';
import type {
  DecoderConfig,
  DecoderJob,
  DecoderMeasure,
  DecoderQuote,
  DecoderSample,
  DecoderStep,
  OneBatchCheck,
  TokenRow,
} from '../../shared/decoder.ts';
import { fail } from '../../shared/errors.ts';
import { type DecoderStepper, openStepper, type StepperState } from './decoder-stepper.ts';
import type { HostWeights } from './decoder-weights-host.ts';
import { goOnWriting } from './go-on-writing.ts';
import type { StepMemory } from './step-memory.ts';
import { freshProgress, readTraining, type TrainingProgress, writeTraining } from './training-state.ts';

/** A job without what cannot be sent to a thread. */
export type SentJob = {
  [K in keyof DecoderJob as K extends `on${string}` ? never : K]: DecoderJob[K];
};

export type TrainingEvent =
  | { type: 'phase'; text: string; fraction: number | null }
  | { type: 'resumed'; step: number; steps: number }
  | { type: 'check'; check: OneBatchCheck }
  | { type: 'quote'; quote: DecoderQuote }
  | { type: 'step'; step: DecoderStep; steps: number }
  | { type: 'measure'; measure: DecoderMeasure }
  | { type: 'sample'; sample: DecoderSample };

/** What the loop asks of the outside. */
export interface TrainingOutside {
  notify: (event: TrainingEvent) => void;
  /** Between two steps. `save`: a pause begins, keep what is there. */
  turn: (save: () => Promise<Uint8Array>) => Promise<'run' | 'finish'>;
  save: (bytes: Uint8Array) => Promise<void>;
  /** Bytes of an earlier `save`. */
  checkpoint: Uint8Array | undefined;
  memoryBytes: () => number;
  /** Milliseconds that only grow. */
  now: () => number;
}

export interface TrainingParts {
  readonly config: DecoderConfig;
  readonly weights: HostWeights;
  readonly memory: StepMemory;
  readonly plan: MemoryPlan;
}

export interface TrainingEnd {
  readonly parameters: Float32Array;
  readonly progress: TrainingProgress;
  readonly quote: DecoderQuote | null;
  readonly ended: 'epochs' | 'finished' | 'diverged';
}

/** Between two checkpoints: at least so long, and fifty times as long as one takes, so that keeping them costs two hundredths of the time at most. */
const saveEveryMs = 5000;
const savingShare = 50;
/** How much of the smoothed loss is new at each step. */
const smoothing = 0.1;
const quoteAfter = 3;

export async function trainDecoder(job: SentJob, parts: TrainingParts, outside: TrainingOutside): Promise<TrainingEnd> {
  const stepper = await openStepper({
    ...parts,
    ...parts.plan,
    learns: job.learns,
    optimizer: { weightDecay: job.settings.weightDecay, clipNorm: job.settings.clipNorm },
    parameters: firstParameters(job, parts.config),
    packed: job.settings.pack,
  });
  try {
    return await new Training(job, parts, outside, stepper).run();
  } finally {
    await stepper.close();
  }
}

function firstParameters({ learns, settings }: SentJob, config: DecoderConfig): Float32Array {
  const listed = learntParameters(config, learns);
  if (learns.what === 'adapter') return initialAdapter(listed, settings.seed);
  const weights = initialWeights(config, settings.seed);
  const flat = new Float32Array(listed.reduce((sum, { name }) => sum + (weights.get(name)?.length ?? 0), 0));
  let at = 0;
  for (const { name } of listed) {
    const values = weights.get(name);
    if (values) flat.set(values, at);
    at += values?.length ?? 0;
  }
  return flat;
}

class Training {
  readonly #job: SentJob;
  readonly #parts: TrainingParts;
  readonly #outside: TrainingOutside;
  readonly #stepper: DecoderStepper;
  readonly #steps: number;
  #progress = freshProgress();
  #quote: DecoderQuote | null = null;
  /** As it was when the smoothed loss was lowest. */
  #best: StepperState | undefined;
  #bestAt = 0;
  #nextSaveMs: number;

  constructor(job: SentJob, parts: TrainingParts, outside: TrainingOutside, stepper: DecoderStepper) {
    this.#job = job;
    this.#parts = parts;
    this.#outside = outside;
    this.#stepper = stepper;
    this.#steps = job.settings.epochs * stepsInEpoch(job.rows.length, job.settings);
    this.#nextSaveMs = outside.now() + saveEveryMs;
  }

  async run(): Promise<TrainingEnd> {
    await this.#begin();
    const ended = await this.#learn();
    if (ended === 'diverged') await this.#takeBest();
    await this.#measureAll();
    await this.#writeSamples();
    const { parameters } = await this.#stepper.state();
    return { parameters, progress: this.#progress, quote: this.#quote, ended };
  }

  /** From the checkpoint; else the check and the first measures. */
  async #begin(): Promise<void> {
    const first = await this.#stepper.state();
    const { checkpoint, notify } = this.#outside;
    const found = checkpoint && (await readTraining(checkpoint, first.parameters.length));
    if (found && found.progress.done > 0) {
      await this.#stepper.restore(found.state);
      this.#progress = found.progress;
      notify({ type: 'resumed', step: found.progress.done, steps: this.#steps });
      for (const step of found.progress.steps) notify({ type: 'step', step, steps: this.#steps });
      for (const measure of found.progress.measures) notify({ type: 'measure', measure });
      for (const sample of found.progress.samples) notify({ type: 'sample', sample });
      return;
    }
    if (this.#job.tryOneBatch) {
      await this.#checkOneBatch(first);
      await this.#stepper.restore(first);
    }
    await this.#measureAll();
    // What it says before it has learnt anything, to be read beside what it says then.
    await this.#writeSamples();
  }

  /** A few rows again and again: a model that cannot learn these by heart learns nothing. */
  async #checkOneBatch(first: StepperState): Promise<void> {
    const { rows, settings } = this.#job;
    this.#outside.notify({
      type: 'phase',
      text: 'learning one batch by heart, to see that it can learn',
      fraction: null,
    });
    const chosen = rows.slice(0, Math.min(rows.length, Math.max(2, Math.min(settings.rowsPerStep, 4))));
    const step = planStep(chosen, settings);
    const losses: number[] = [];
    const tries = 12;
    for (let i = 0; i < tries; i++) {
      // Who goes on from here begins anew.
      if ((await this.#outside.turn(() => writeTraining(first, freshProgress()))) === 'finish') break;
      // Warmed up within the check, at the rate that the training will have at its peak.
      losses.push((await this.#change(step, settings.rate.peak * Math.min(1, (i + 1) / 4))).loss);
    }
    const check = { before: losses[0] ?? Number.NaN, after: losses.at(-1) ?? Number.NaN, steps: losses.length };
    this.#progress.check = check;
    this.#outside.notify({ type: 'check', check });
  }

  async #change({ parts, targets }: OptimizerStep, rate: number): Promise<{ loss: number; norm: number }> {
    for (const part of parts) await this.#stepper.pass(makeBatch(part.lines, part.size, Math.max(1, targets)));
    return this.#stepper.apply(rate);
  }

  async #learn(): Promise<TrainingEnd['ended']> {
    const { rows, settings } = this.#job;
    const perEpoch = stepsInEpoch(rows.length, settings);
    const sampleEvery = Math.max(1, Math.ceil(this.#steps / 4));
    while (this.#progress.done < this.#steps) {
      const epoch = Math.floor(this.#progress.done / perEpoch);
      const planned = planEpoch(rows, epoch, settings);
      for (let i = this.#progress.done % perEpoch; i < planned.length; i++) {
        if ((await this.#outside.turn(() => this.#bytes())) === 'finish') return 'finished';
        const step = planned[i];
        if (!step) break;
        await this.#oneStep(step, epoch);
        if (this.#diverged()) return 'diverged';
        await this.#keepBest();
        await this.#saveNowAndThen();
        if (this.#progress.done % sampleEvery === 0 && this.#progress.done < this.#steps) await this.#writeSamples();
      }
      if (epoch + 1 < settings.epochs) await this.#measureFirst();
    }
    return 'epochs';
  }

  async #oneStep(step: OptimizerStep, epoch: number): Promise<void> {
    const started = this.#outside.now();
    const rate = learningRate(this.#progress.done, this.#steps, this.#job.settings.rate);
    const { loss, norm } = await this.#change(step, rate);
    const seconds = (this.#outside.now() - started) / 1000;
    this.#progress.done++;
    this.#progress.seconds += seconds;
    const fact = {
      step: this.#progress.done,
      epoch: epoch + 1,
      loss,
      rate,
      norm,
      seconds,
      tokensPerSecond: step.tokens / seconds,
    };
    this.#progress.steps.push(fact);
    const { smoothed } = this.#progress;
    this.#progress.smoothed = smoothed === null ? loss : smoothed + smoothing * (loss - smoothed);
    this.#outside.notify({ type: 'step', step: fact, steps: this.#steps });
    if (this.#quote === null && (this.#progress.steps.length >= quoteAfter || this.#progress.done === this.#steps))
      this.#makeQuote();
  }

  #makeQuote(): void {
    // The first step of each size compiles its graph.
    const recent = this.#progress.steps.slice(-quoteAfter).map(({ seconds }) => seconds);
    const secondsPerStep = recent.toSorted((a, b) => a - b)[Math.floor((recent.length - 1) / 2)] ?? 0;
    const { precision, recompute } = this.#parts.plan;
    this.#quote = {
      steps: this.#steps,
      secondsPerStep,
      secondsInAll: secondsPerStep * this.#steps,
      memoryBytes: this.#outside.memoryBytes(),
      precision,
      recompute,
      learntParameters: learntParameters(this.#parts.config, this.#job.learns).reduce(
        (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
        0,
      ),
    };
    this.#outside.notify({ type: 'quote', quote: this.#quote });
  }

  /** The smoothed loss is half as high again as it once was, and not only near zero; or it is no number. */
  #diverged(): boolean {
    const { smoothed, lowest, steps, done } = this.#progress;
    if (!Number.isFinite(steps.at(-1)?.loss)) {
      if (this.#best) return true;
      throw fail('decoder.diverged', {
        message: `The loss was no number after ${done} steps.`,
        mend: 'Lower the learning rate.',
        param: 'learningRate',
      });
    }
    if (smoothed === null) return false;
    this.#progress.lowest = lowest === null ? smoothed : Math.min(lowest, smoothed);
    return done > 20 && lowest !== null && smoothed > 1.5 * lowest + 0.5;
  }

  async #keepBest(): Promise<void> {
    const { smoothed, lowest, done } = this.#progress;
    if (smoothed !== lowest || done - this.#bestAt < 10) return;
    this.#best = await this.#stepper.state();
    this.#bestAt = done;
  }

  async #takeBest(): Promise<void> {
    if (!this.#best)
      throw fail('decoder.diverged', {
        message: 'The loss rose without end.',
        mend: 'Lower the learning rate.',
        param: 'learningRate',
      });
    await this.#stepper.restore(this.#best);
  }

  async #saveNowAndThen(): Promise<void> {
    const started = this.#outside.now();
    if (started < this.#nextSaveMs) return;
    await this.#outside.save(await this.#bytes());
    const ended = this.#outside.now();
    this.#nextSaveMs = ended + Math.max(saveEveryMs, savingShare * (ended - started));
  }
  async #bytes(): Promise<Uint8Array> {
    return writeTraining(await this.#stepper.state(), this.#progress);
  }

  async #measureAll(): Promise<void> {
    for (const { name, rows } of this.#job.measured) await this.#measure(name, rows);
  }
  async #measureFirst(): Promise<void> {
    const [first] = this.#job.measured;
    if (first) await this.#measure(first.name, first.rows);
  }
  async #measure(name: string, rows: readonly TokenRow[]): Promise<void> {
    if (rows.length === 0) return;
    this.#outside.notify({ type: 'phase', text: `measuring ${name}`, fraction: null });
    let sum = 0;
    let targets = 0;
    for (const part of planStep(rows, this.#job.settings).parts) {
      const losses = await this.#stepper.measure(makeBatch(part.lines, part.size, 1));
      for (const loss of losses) sum += loss;
      targets += losses.length;
    }
    const measure = { name, step: this.#progress.done, loss: sum / Math.max(1, targets), targets };
    this.#progress.measures.push(measure);
    this.#outside.notify({ type: 'measure', measure });
  }

  async #writeSamples(): Promise<void> {
    const { prompts, sampleTokens, stopTokens } = this.#job;
    if (prompts.length === 0) return;
    this.#outside.notify({ type: 'phase', text: 'writing samples', fraction: null });
    for (const { name, ids } of prompts) {
      const options = { most: sampleTokens, stop: stopTokens, context: this.#parts.config.context };
      const sample = { name, step: this.#progress.done, ids: await goOnWriting(this.#stepper, ids, options) };
      this.#progress.samples.push(sample);
      this.#outside.notify({ type: 'sample', sample });
    }
  }
}
