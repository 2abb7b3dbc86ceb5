/** A network in training on a device: its state there, the graphs that change it, and what can be read of it. */
import { largest } from '../../shared/append.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { TrainingSettings } from '../../shared/neural/training-settings.ts';
import { augmentImage, augments } from '../../methods/neural/augment.ts';
import { parametersOf } from '../../methods/neural/parameters.ts';
import {
  buildEvaluation,
  buildStep,
  counter,
  gradientOf,
  nextOf,
  type StateTensor,
  stateOf,
  type StepGraph,
  type StepOptions,
  sums,
} from '../../methods/neural/step-graph.ts';
import { product } from '../../methods/neural/tensor-graph.ts';
import { randomGenerator } from '../../methods/random/random-generator.ts';
import type { Device, DeviceTensor, HostTensor, PreparedGraph } from './devices/backend.ts';
import type { EpochFeed } from './epoch-feed.ts';
import type { HostData } from './training-data.ts';

export interface RunnerPlan {
  network: Network;
  settings: TrainingSettings;
  train: HostData;
  rows: number;
  validation?: { data: HostData; rows: number } | undefined;
  /** Gradients can be read after each step. */
  reportGradients: boolean;
  /** Weights that no step changes: on the device once, in no checkpoint. */
  frozen: NetworkState;
}
export type NetworkState = Map<string, Float32Array>;

interface Stepper {
  prepared: PreparedGraph;
  shape: StepGraph;
}
/** Rows of an evaluation at a time. Where rows are told apart from one another, as many as in training: the loss grows with their number. */
const evaluationRows = ({ network: { output }, settings, rows }: RunnerPlan): number =>
  output.kind === 'similarity' && output.loss === 'contrast' ? Math.min(settings.batchSize, rows) : 512;

export class NetworkRunner {
  readonly batch: number;
  readonly steps: number;
  readonly noiseSites: number;
  readonly noiseSize: number;
  readonly noiseReach: number;
  readonly #device: Device;
  readonly #plan: RunnerPlan;
  readonly #names: readonly StateTensor[];
  readonly #steppers: { pair?: Stepper; one?: Stepper; rest?: Stepper };
  readonly #evaluators: ReadonlyMap<number, PreparedGraph>;
  readonly #frozen: ReadonlyMap<string, DeviceTensor>;
  readonly #data: ReadonlyMap<string, DeviceTensor>;
  readonly #validation: ReadonlyMap<string, DeviceTensor>;
  readonly #gradients: ReadonlyMap<string, DeviceTensor>;
  readonly #augmented: Float32Array | undefined;
  #state: Map<string, DeviceTensor>;
  #other: Map<string, DeviceTensor>;
  #fed: { feed: EpochFeed; tensors: Map<string, DeviceTensor> } | undefined;

  private constructor(device: Device, plan: RunnerPlan, parts: RunnerParts) {
    this.#device = device;
    this.#plan = plan;
    this.batch = Math.min(plan.settings.batchSize, plan.rows);
    this.steps = Math.ceil(plan.rows / this.batch);
    this.#names = parts.names;
    this.#steppers = parts.steppers;
    this.#evaluators = parts.evaluators;
    this.#frozen = parts.frozen;
    this.#data = parts.data;
    this.#validation = parts.validation;
    this.#gradients = parts.gradients;
    this.#state = parts.state;
    this.#other = parts.other;
    const graphs = [parts.steppers.one, parts.steppers.rest, parts.steppers.pair].flatMap((s) => s?.shape ?? []);
    this.noiseSites = largest([0, ...graphs.map((s) => s.noiseSites)]);
    this.noiseSize = largest([0, ...graphs.map((s) => s.noiseSize)]);
    this.noiseReach = largest([0, ...graphs.map((s) => s.noiseReach)]);
    this.#augmented = numbersAreGiven(plan)
      ? new Float32Array((this.batch * (plan.train['numbers']?.values.length ?? 0)) / plan.rows)
      : undefined;
  }

  static async open(device: Device, plan: RunnerPlan, begin: NetworkState): Promise<NetworkRunner> {
    const names = stateOf(plan.network, plan.settings);
    const uploaded = async (data: HostData): Promise<Map<string, DeviceTensor>> => {
      const tensors = new Map<string, DeviceTensor>();
      for (const [name, tensor] of Object.entries(data)) tensors.set(name, await device.upload(tensor));
      return tensors;
    };
    const zeros = (): HostData => Object.fromEntries(names.map((n) => [n.name, zerosOf(n)]));
    const starting = zeros();
    for (const [name, tensor] of Object.entries(starting))
      if (tensor.values instanceof Float32Array) tensor.values.set(begin.get(name) ?? []);
    const { numbers, ...rest } = plan.train;
    const kept = numbersAreGiven(plan) || numbers === undefined ? rest : plan.train;
    const reported = plan.reportGradients ? parametersOf(plan.network).filter((p) => p.learnt) : [];
    return new NetworkRunner(device, plan, {
      names,
      steppers: await openSteppers(device, plan),
      evaluators: await openEvaluators(device, plan),
      frozen: await uploaded(frozenTensors(plan)),
      data: await uploaded(kept),
      validation: await uploaded(plan.validation?.data ?? {}),
      gradients: await uploaded(Object.fromEntries(reported.map((p) => [gradientOf(p.name), zerosOf(p)]))),
      state: await uploaded(starting),
      other: await uploaded(zeros()),
    });
  }

  /** Runs steps from `from` until `to` of the epoch, or until `stop` says so; gives the number of the next step. */
  async run(feed: EpochFeed, from: number, to: number, stop: (step: number) => boolean): Promise<number> {
    await this.#feed(feed, from);
    const full = Math.floor(this.#plan.rows / this.batch);
    let step = from;
    while (step < to && !stop(step)) {
      const { pair } = this.#steppers;
      if (pair !== undefined && step + 2 <= Math.min(to, full)) {
        await this.#inPlace(pair);
        step += 2;
      } else {
        await this.#onward(feed, step);
        step += 1;
      }
    }
    return step;
  }

  async #feed(feed: EpochFeed, from: number): Promise<void> {
    if (this.#fed?.feed === feed) return;
    for (const tensor of this.#fed?.tensors.values() ?? []) this.#device.release(tensor);
    const tensors = new Map<string, DeviceTensor>();
    if (this.noiseSites > 0)
      tensors.set('noise', await this.#device.upload({ values: feed.noise, shape: [feed.noise.length] }));
    if (countsItself(this.#device, this.#plan)) {
      const full = Math.floor(this.#plan.rows / this.batch);
      tensors.set('index', await this.#device.upload(vector(feed.order.slice(0, full * this.batch))));
      tensors.set('rate', await this.#device.upload(vector(feed.rates.slice(0, full))));
      if (this.noiseSites > 0)
        tensors.set(
          'offsets',
          await this.#device.upload({
            values: feed.offsets.slice(0, full * this.noiseSites),
            shape: [full, this.noiseSites],
          }),
        );
      for (const set of [this.#state, this.#other]) {
        const before = set.get(counter);
        if (before !== undefined) this.#device.release(before);
        set.set(counter, await this.#device.upload(vector(Float32Array.of(from))));
      }
    }
    this.#fed = { feed, tensors };
  }

  /** Two steps that write the state where they read it. */
  async #inPlace({ prepared }: Stepper): Promise<void> {
    await prepared.run(
      { ...entries(this.#frozen), ...entries(this.#data), ...entries(this.#fed?.tensors), ...entries(this.#state) },
      outputsOf(this.#state),
    );
  }
  /** One step, from one set of tensors to the other. */
  async #onward(feed: EpochFeed, step: number): Promise<void> {
    const begin = step * this.batch;
    const rows = Math.min(this.batch, this.#plan.rows - begin);
    const isRest = rows < this.batch;
    const stepper = isRest ? this.#steppers.rest : this.#steppers.one;
    if (stepper === undefined) throw new Error('no graph for this step');
    const counts = countsItself(this.#device, this.#plan) && !isRest;
    const own = counts ? new Map<string, DeviceTensor>() : await this.#stepFeed(feed, step, begin, rows);
    const state = counts ? this.#state : withoutCounter(this.#state);
    const into = counts ? this.#other : withoutCounter(this.#other);
    await stepper.prepared.run(
      {
        ...entries(this.#frozen),
        ...entries(this.#data),
        ...entries(this.#fed?.tensors),
        ...entries(own),
        ...entries(state),
      },
      { ...outputsOf(into), ...entries(this.#gradients) },
    );
    for (const tensor of own.values()) this.#device.release(tensor);
    [this.#state, this.#other] = [this.#other, this.#state];
  }
  async #stepFeed(feed: EpochFeed, step: number, begin: number, rows: number): Promise<Map<string, DeviceTensor>> {
    const index = feed.order.subarray(begin, begin + rows);
    const own = new Map([
      ['index', await this.#device.upload(vector(index))],
      ['rate', await this.#device.upload({ values: feed.rates.subarray(step, step + 1), shape: [] })],
    ]);
    if (this.noiseSites > 0) {
      const from = step * this.noiseSites;
      own.set('offsets', await this.#device.upload(vector(feed.offsets.subarray(from, from + this.noiseSites))));
    }
    if (this.#augmented !== undefined) own.set('numbers', await this.#augment(feed, step, index));
    return own;
  }
  async #augment(feed: EpochFeed, step: number, index: Int32Array): Promise<DeviceTensor> {
    const { network, settings, train } = this.#plan;
    const source = train['numbers']?.values;
    const target = this.#augmented;
    if (network.input.kind !== 'image' || !(source instanceof Float32Array) || target === undefined)
      throw new Error('only images are augmented');
    const { channels, height, width } = network.input;
    const size = channels * height * width;
    const random = randomGenerator(settings.seed).stream(`augment ${feed.epoch} ${step}`);
    for (const [i, row] of index.entries())
      augmentImage({ source, from: row * size, target, to: i * size }, network.input, settings.augmentation, random);
    const values = target.subarray(0, index.length * size);
    return this.#device.upload({ values, shape: [index.length, channels, height, width] });
  }

  /** [Σ weight · loss, Σ weight · right, Σ length of the gradients] since they were last set to 0. */
  async sums(): Promise<Float32Array> {
    return this.read(sums);
  }
  async clearSums(): Promise<void> {
    const before = this.#state.get(sums);
    if (before !== undefined) this.#device.release(before);
    this.#state.set(sums, await this.#device.upload(vector(new Float32Array(3))));
  }

  /** A copy of one tensor of the state. */
  async read(name: string): Promise<Float32Array> {
    const tensor = this.#state.get(name);
    if (tensor === undefined) throw new Error(`the state has no ${name}`);
    return Float32Array.from(await this.#device.download(tensor));
  }
  async readState(): Promise<NetworkState> {
    const state: NetworkState = new Map();
    for (const { name } of this.#names) state.set(name, await this.read(name));
    return state;
  }
  async readGradients(): Promise<NetworkState> {
    const found: NetworkState = new Map();
    for (const [name, tensor] of this.#gradients)
      found.set(name, Float32Array.from(await this.#device.download(tensor)));
    return found;
  }

  /** [Σ weight · loss, Σ weight · right] of the validation rows, in double. */
  async evaluate(): Promise<[number, number]> {
    const { validation } = this.#plan;
    const total: [number, number] = [0, 0];
    if (validation === undefined) return total;
    const batch = Math.min(evaluationRows(this.#plan), validation.rows);
    const weights = new Set(parametersOf(this.#plan.network).map((p) => p.name));
    const parameters = new Map([...this.#frozen, ...this.#state].filter(([name]) => weights.has(name)));
    const measured = await this.#device.upload(vector(new Float32Array(2)));
    for (let begin = 0; begin < validation.rows; begin += batch) {
      const rows = Math.min(batch, validation.rows - begin);
      const index = await this.#device.upload(vector(Int32Array.from({ length: rows }, (_, i) => begin + i)));
      await this.#evaluators
        .get(rows)
        ?.run({ ...entries(this.#validation), ...entries(parameters), index }, { measured });
      const [loss = 0, right = 0] = await this.#device.download(measured);
      total[0] += loss;
      total[1] += right;
      this.#device.release(index);
    }
    this.#device.release(measured);
    return total;
  }
}

interface RunnerParts {
  names: readonly StateTensor[];
  steppers: { pair?: Stepper; one?: Stepper; rest?: Stepper };
  evaluators: ReadonlyMap<number, PreparedGraph>;
  frozen: ReadonlyMap<string, DeviceTensor>;
  data: ReadonlyMap<string, DeviceTensor>;
  validation: ReadonlyMap<string, DeviceTensor>;
  gradients: ReadonlyMap<string, DeviceTensor>;
  state: Map<string, DeviceTensor>;
  other: Map<string, DeviceTensor>;
}

const numbersAreGiven = ({ network, settings }: RunnerPlan): boolean =>
  network.input.kind === 'image' && augments(settings.augmentation);
/** Whether the device holds an epoch's order and counts its steps. */
const countsItself = (device: Device, plan: RunnerPlan): boolean =>
  device.inPlace && !numbersAreGiven(plan) && !plan.reportGradients;
const vector = (values: Float32Array | Int32Array): HostTensor => ({ values, shape: [values.length] });
const zerosOf = ({ shape }: { shape: readonly number[] }): HostTensor => ({
  values: new Float32Array(product(shape)),
  shape,
});
const frozenTensors = ({ network, frozen }: RunnerPlan): HostData =>
  Object.fromEntries(
    parametersOf(network).flatMap(({ name, shape }) => {
      const values = frozen.get(name);
      return values === undefined ? [] : [[name, { values, shape }]];
    }),
  );
const entries = (tensors: ReadonlyMap<string, DeviceTensor> | undefined): Record<string, DeviceTensor> =>
  Object.fromEntries(tensors ?? []);
const outputsOf = (state: ReadonlyMap<string, DeviceTensor>): Record<string, DeviceTensor> =>
  Object.fromEntries([...state].map(([name, tensor]) => [nextOf(name), tensor]));
const withoutCounter = (state: ReadonlyMap<string, DeviceTensor>): Map<string, DeviceTensor> =>
  new Map([...state].filter(([name]) => name !== counter));

async function openSteppers(device: Device, plan: RunnerPlan): Promise<RunnerParts['steppers']> {
  const batch = Math.min(plan.settings.batchSize, plan.rows);
  const full = Math.floor(plan.rows / batch);
  const rest = plan.rows % batch;
  const given = numbersAreGiven(plan);
  const open = async (options: Partial<StepOptions> & { batch: number }): Promise<Stepper> => {
    const shape = buildStep(plan.network, { count: plan.rows }, plan.settings, {
      style: device.style,
      feeding: 'step',
      numbersGiven: given,
      reportGradients: plan.reportGradients,
      noiseRows: batch,
      ...options,
    });
    return { shape, prepared: await device.prepare(shape.graph) };
  };
  const counts = countsItself(device, plan);
  const counting = { feeding: 'epoch', steps: full } as const;
  return {
    ...(counts && full >= 2 ? { pair: await open({ batch, ...counting, unroll: 2 }) } : {}),
    one: await open({ batch, ...(counts ? counting : {}) }),
    ...(rest > 0 ? { rest: await open({ batch: rest }) } : {}),
  };
}

async function openEvaluators(device: Device, plan: RunnerPlan): Promise<Map<number, PreparedGraph>> {
  const evaluators = new Map<number, PreparedGraph>();
  const rows = plan.validation?.rows ?? 0;
  if (rows === 0) return evaluators;
  const batch = Math.min(evaluationRows(plan), rows);
  for (const size of new Set([batch, rows % batch === 0 ? batch : rows % batch])) {
    const graph = buildEvaluation(plan.network, { count: rows }, { style: device.style, batch: size });
    evaluators.set(size, await device.prepare(graph));
  }
  return evaluators;
}
