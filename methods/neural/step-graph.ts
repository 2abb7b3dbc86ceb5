/**
 * Graphs that a trainer runs. A step graph gathers a batch, computes the loss, its gradients and the next parameters; an evaluation graph sums the loss of a
 * batch. Both come from `forward`, like the graph that answers (`answer-graph.ts`).
 *
 * Tensors of the state are inputs by their name and outputs by `next NAME`, so that a runner binds one to the other without knowing what they are.
 */
import { outputWidth, sizeOf } from '../../shared/neural/describe-network.ts';
import type { Network } from '../../shared/neural/network.ts';
import { codesWidth, numbersShape } from './answer-graph.ts';
import { oneHot } from './differentiable.ts';
import { type Forward, forward, type ForwardInput } from './forward.ts';
import { binaryCrossEntropy, contrast, crossEntropy, distance } from './losses.ts';
import { countNoiseSites, largestNoise, reachOf } from './noise-pool.ts';
import { optimize, slotsOf, type Learnt, type OptimizerChoice } from './optimizer.ts';
import { parametersOf, type Parameter } from './parameters.ts';
import { type GraphOptions, product, type Shape, type Tensor, TensorGraph } from './tensor-graph.ts';

/** The data set as it lies on the device. */
export interface DataShape {
  count: number;
}
export interface StepOptions extends GraphOptions {
  batch: number;
  /** Steps in one graph: what is between them never leaves the device. */
  unroll?: number;
  /** `step`: the runner gives each step's row numbers; `epoch`: all row numbers of an epoch lie on the device, which counts. */
  feeding: 'step' | 'epoch';
  /** Steps of an epoch, where the device counts. */
  steps?: number;
  /** The runner gives the batch's numbers itself (augmented images) instead of their row numbers. */
  numbersGiven?: boolean;
  /** For a look inside. */
  reportGradients?: boolean;
  /** The largest batch that the same noise serves; default: this one. */
  noiseRows?: number;
}

/** State tensors: `name` in, `next name` out. */
export interface StateTensor {
  name: string;
  shape: Shape;
}
export interface StepGraph {
  graph: TensorGraph;
  state: readonly StateTensor[];
  /** Places where noise is needed: each step wants so many offsets. */
  noiseSites: number;
  /** Length of the noise pool, and how far offsets into it reach. */
  noiseSize: number;
  noiseReach: number;
}

export const nextOf = (name: string): string => `next ${name}`;
export const slotName = (parameter: string, slot: number): string => `${parameter} slot ${slot}`;
export const gradientOf = (name: string): string => `gradient ${name}`;
/** [Σ weight · loss, Σ weight · right, Σ length of the gradients] since it was last set to 0. */
export const sums = 'sums';
export const time = 'time';
/** Steps done in this epoch, where the device counts. */
export const counter = 'counter';

/** Everything that changes from step to step, in the order of a checkpoint. */
export function stateOf(network: Network, choice: OptimizerChoice): StateTensor[] {
  return [
    ...parametersOf(network).flatMap((p) =>
      p.frozen
        ? []
        : [
            { name: p.name, shape: p.shape },
            ...Array.from({ length: p.learnt ? slotsOf(choice) : 0 }, (_, i) => ({
              name: slotName(p.name, i),
              shape: p.shape,
            })),
          ],
    ),
    { name: time, shape: [2] },
    { name: sums, shape: [3] },
  ];
}

export function buildStep(network: Network, data: DataShape, choice: OptimizerChoice, options: StepOptions): StepGraph {
  const g = new TensorGraph(options);
  const making = new StepMaking(g, network, data, options);
  const parameters = parametersOf(network);
  const state = [...stateOf(network, choice)];
  if (options.feeding === 'epoch') state.push({ name: counter, shape: [1] });
  const frozen = parameters.filter((p) => p.frozen);
  let now = new Map([...state, ...frozen].map(({ name, shape }) => [name, g.input(name, shape)] as const));
  let reported: readonly Tensor[] = [];
  for (let u = 0; u < (options.unroll ?? 1); u++) {
    g.tape = [];
    const made = oneStep(making, parameters, now, choice);
    now = made.next;
    reported = made.gradients;
  }
  for (const { name, shape } of state) g.output(nextOf(name), required(now, name, shape));
  if (options.reportGradients === true)
    parameters
      .filter((p) => p.learnt)
      .forEach((p, i) => {
        const gradient = reported[i];
        if (gradient !== undefined) g.output(gradientOf(p.name), gradient);
      });
  return {
    graph: g,
    state,
    noiseSites: making.sites,
    noiseSize: making.largestNoise + making.noiseReach,
    noiseReach: making.noiseReach,
  };
}

const required = (map: ReadonlyMap<string, Tensor>, name: string, shape: Shape): Tensor => {
  const found = map.get(name);
  if (found === undefined) throw new Error(`no tensor ${name} of shape ${shape.join()}`);
  return found;
};

function oneStep(
  making: StepMaking,
  parameters: readonly Parameter[],
  now: ReadonlyMap<string, Tensor>,
  choice: OptimizerChoice,
): { next: Map<string, Tensor>; gradients: readonly Tensor[] } {
  const { g, network } = making;
  const at = (name: string): Tensor => required(now, name, []);
  const batch = making.batch(now);
  const made = forward(g, network, new Map(parameters.map((p) => [p.name, at(p.name)])), batch.input, {
    noise: (shape) => making.noise(shape, batch.offsets),
  });
  g.label = 'loss';
  const weight = g.reduce('ReduceSum', batch.weights, [0]);
  // A batch whose rows all weigh nothing teaches nothing.
  const share = g.div(batch.weights, g.binary('Max', weight, g.scalar(1e-12)));
  const loss = lossOf(g, network, made, batch.truth, share);
  const learnt: Learnt[] = parameters
    .filter((p) => p.learnt)
    .map((p) => ({
      value: at(p.name),
      slots: Array.from({ length: slotsOf(choice) }, (_, i) => at(slotName(p.name, i))),
      decays: p.decays,
    }));
  const gradients = g.gradients(
    loss,
    learnt.map((l) => l.value),
  );
  g.label = 'optimizer';
  const stepped = optimize(g, learnt, gradients, { rate: batch.rate, time: at(time) }, choice);
  const next = new Map(now);
  parameters
    .filter((p) => p.learnt)
    .forEach((p, i) => {
      const one = stepped.next[i];
      if (one === undefined) return;
      next.set(p.name, one.value);
      one.slots.forEach((slot, k) => next.set(slotName(p.name, k), slot));
    });
  for (const [name, value] of made.kept) next.set(name, value);
  // What is only counted is written after everything that reads it: buffers may be shared.
  const after = g.scale(loss, 0);
  next.set(time, g.add(stepped.time, after));
  const right = rightOf(g, network, made.answer, batch.truth, batch.weights);
  const one = (t: Tensor): Tensor => g.reshape(t, [1]);
  next.set(sums, g.add(at(sums), g.concat([one(g.mul(loss, weight)), one(right), one(stepped.norm)], 0)));
  if (making.options.feeding === 'epoch') next.set(counter, g.add(g.add(at(counter), g.scalar(1)), after));
  return { next, gradients };
}

interface Truth {
  classes?: Tensor;
  values?: Tensor;
}
interface Batch {
  input: ForwardInput;
  truth: Truth;
  weights: Tensor;
  rate: Tensor;
  offsets: Tensor | undefined;
}

/** Inputs of a step graph, made once and read by each of its steps. */
class StepMaking {
  readonly g: TensorGraph;
  readonly network: Network;
  readonly options: StepOptions;
  readonly #inputs: Map<string, Tensor>;
  readonly #ranges = new Map<number, Tensor>();
  #site = 0;
  sites = 0;
  largestNoise = 0;
  noiseReach = 0;
  #pool: Tensor | undefined;

  constructor(g: TensorGraph, network: Network, data: DataShape, options: StepOptions) {
    this.g = g;
    this.network = network;
    this.options = options;
    const { batch, steps = 0 } = options;
    const rows = options.numbersGiven === true ? { count: data.count, given: batch } : { count: data.count };
    this.#inputs = dataInputs(g, network, rows);
    const perEpoch = options.feeding === 'epoch';
    this.#inputs.set('index', g.input('index', [perEpoch ? steps * batch : batch], 'int32'));
    this.#inputs.set('rate', g.input('rate', perEpoch ? [steps] : []));
    const sites = countNoiseSites(network);
    if (sites > 0) {
      this.sites = sites;
      this.largestNoise = largestNoise(network, options.noiseRows ?? batch);
      this.noiseReach = reachOf(Math.ceil(data.count / (options.noiseRows ?? batch)), sites, this.largestNoise);
      this.#pool = g.input('noise', [this.largestNoise + this.noiseReach]);
      this.#inputs.set('offsets', g.input('offsets', perEpoch ? [steps, sites] : [sites], 'int32'));
    }
  }

  /** The rows of the next step. */
  batch(now: ReadonlyMap<string, Tensor>): Batch {
    const { g } = this;
    const { batch } = this.options;
    this.#site = 0;
    let index = required(this.#inputs, 'index', []);
    let rate = required(this.#inputs, 'rate', []);
    let offsets = this.#inputs.get('offsets');
    if (this.options.feeding === 'epoch') {
      const count = required(now, counter, [1]);
      const begin = g.cast(g.scale(count, batch), 'int32');
      const place = g.cast(count, 'int32');
      index = g.gather(index, g.add(begin, this.range(batch)));
      rate = g.reshape(g.gather(rate, place), []);
      if (offsets !== undefined) offsets = g.reshape(g.gather(offsets, place), [this.sites]);
    }
    const rows = (name: string): Tensor | undefined => {
      const all = this.#inputs.get(name);
      if (all === undefined || (name === 'numbers' && this.options.numbersGiven === true)) return all;
      return g.gather(all, index);
    };
    const [classes, values] = [rows('classes'), rows('values')];
    const numbers = rows('numbers');
    return {
      input: { numbers, codes: rows('codes') },
      truth: truthOf(g, this.network, { numbers, classes, values }),
      weights: needed(rows('weights')),
      rate,
      offsets,
    };
  }

  range(size: number): Tensor {
    const known = this.#ranges.get(size);
    if (known !== undefined) return known;
    const made = this.g.constant(
      'int32',
      [size],
      Int32Array.from({ length: size }, (_, i) => i),
    );
    this.#ranges.set(size, made);
    return made;
  }

  /** A stretch of the pool that begins where this step's offset for this place says. */
  noise(shape: Shape, offsets: Tensor | undefined): Tensor {
    const { g } = this;
    if (this.#pool === undefined || offsets === undefined) throw new Error('no noise was asked for');
    const size = product(shape);
    const site = this.#site++;
    const begin = g.slice(offsets, 0, site, site + 1);
    return g.reshape(g.gather(this.#pool, g.add(this.range(size), begin)), shape);
  }
}

function dataInputs(g: TensorGraph, network: Network, rows: { count: number; given?: number }): Map<string, Tensor> {
  const { input, output } = network;
  const inputs = new Map<string, Tensor>();
  const put = (name: string, shape: Shape, type: 'float' | 'int32' = 'float'): void =>
    void inputs.set(name, g.input(name, shape, type));
  const numbers = numbersShape(network);
  if (numbers !== undefined) put('numbers', [rows.given ?? rows.count, ...numbers]);
  const codes = codesWidth(network);
  if (codes > 0) put('codes', [rows.count, codes], 'int32');
  if (output.kind === 'classes') put('classes', [rows.count], 'int32');
  else if (output.kind !== 'input-again') put('values', [rows.count, outputWidth(output, input)]);
  put('weights', [rows.count]);
  return inputs;
}

function truthOf(
  g: TensorGraph,
  network: Network,
  {
    numbers,
    classes,
    values,
  }: { numbers: Tensor | undefined; classes: Tensor | undefined; values: Tensor | undefined },
): Truth {
  if (network.output.kind === 'input-again' && numbers !== undefined) {
    const [rows = 0, ...shape] = numbers.shape;
    return { values: g.reshape(numbers, [rows, sizeOf(shape)]) };
  }
  return { ...(classes === undefined ? {} : { classes }), ...(values === undefined ? {} : { values }) };
}

function lossOf(
  g: TensorGraph,
  network: Network,
  { answer, pair }: Pick<Forward, 'answer' | 'pair'>,
  truth: Truth,
  share: Tensor,
): Tensor {
  const { output } = network;
  if (output.kind === 'similarity')
    return output.loss === 'contrast' && pair !== undefined
      ? contrast(g, pair, share)
      : distance(g, answer, needed(truth.values), share, 'squared');
  if (output.kind === 'classes') return crossEntropy(g, answer, needed(truth.classes), share);
  if (output.kind === 'labels') return binaryCrossEntropy(g, answer, needed(truth.values), share);
  return distance(g, answer, needed(truth.values), share, output.loss);
}
const needed = (t: Tensor | undefined): Tensor => {
  if (t === undefined) throw new Error('no truth to learn from');
  return t;
};

/** Σ weight · (1 where right); of values: Σ weight · mean absolute error. */
function rightOf(g: TensorGraph, network: Network, answer: Tensor, truth: Truth, weights: Tensor): Tensor {
  const { output } = network;
  const each = (): Tensor => {
    if (output.kind === 'classes') {
      // Right where no other class reaches the true one: equal answers say nothing.
      const truthOnly = g.mul(answer, oneHot(g, needed(truth.classes), answer.shape[1] ?? 0));
      const own = g.reduce('ReduceSum', truthOnly, [1], true);
      const reach = g.reduce('ReduceSum', g.cast(g.compare('GreaterOrEqual', answer, own), 'float'), [1]);
      return g.cast(g.compare('Less', reach, g.scalar(1.5)), 'float');
    }
    if (output.kind === 'labels') {
      const yes = g.compare('Greater', answer, g.scalar(0));
      const is = g.compare('Equal', yes, g.compare('Greater', needed(truth.values), g.scalar(0.5)));
      return g.reduce('ReduceMean', g.cast(is, 'float'), [1]);
    }
    return g.reduce('ReduceMean', g.unary('Abs', g.sub(answer, needed(truth.values))), [1]);
  };
  return g.reduce('ReduceSum', g.mul(each(), weights), [0]);
}

// ── evaluation ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Inputs: parameters, data, `index` [batch]. Output `measured`: [Σ weight · loss, Σ weight · right]. */
export function buildEvaluation(
  network: Network,
  data: DataShape,
  options: GraphOptions & { batch: number },
): TensorGraph {
  const g = new TensorGraph(options);
  const parameters = new Map(parametersOf(network).map((p) => [p.name, g.input(p.name, p.shape)] as const));
  const inputs = dataInputs(g, network, data);
  const index = g.input('index', [options.batch], 'int32');
  const rows = (name: string): Tensor | undefined => {
    const all = inputs.get(name);
    return all === undefined ? undefined : g.gather(all, index);
  };
  const numbers = rows('numbers');
  const made = forward(g, network, parameters, { numbers, codes: rows('codes') });
  const { answer } = made;
  const truth = truthOf(g, network, { numbers, classes: rows('classes'), values: rows('values') });
  const weights = needed(rows('weights'));
  const loss = lossOf(g, network, made, truth, weights);
  const right = rightOf(g, network, answer, truth, weights);
  g.output('measured', g.concat([g.reshape(loss, [1]), g.reshape(right, [1])], 0));
  return g;
}
