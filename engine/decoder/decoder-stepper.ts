/** Runs the graphs of a decoder's training on one device: passes that add up gradients, the change of the parameters, measuring, scores. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { adamWGraph, type AdamWSettings } from '../../methods/decoder/adamw-graph.ts';
import type { DecoderConfig } from '../../methods/decoder/decoder-config.ts';
import { decoderGraph, type DecoderPlan, type DecoderPurpose } from '../../methods/decoder/decoder-graph.ts';
import { type Learns, learntCount } from '../../methods/decoder/learnt-parameters.ts';
import type { BatchSize, StepBatch } from '../../methods/decoder/make-batch.ts';
import type { HostWeights } from './decoder-weights-host.ts';
import type { StepMemory } from './step-memory.ts';

/** Everything that the next step depends on, beside rows and settings. */
export interface StepperState {
  readonly parameters: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
  /** 1 − β₁ᵗ, 1 − β₂ᵗ, t */
  readonly steps: Float32Array;
}

export interface StepperOptions extends Pick<
  DecoderPlan,
  'precision' | 'recompute' | 'targetsAtOnce' | 'vocabularyParts' | 'packed'
> {
  readonly config: DecoderConfig;
  readonly learns: Learns;
  readonly optimizer: AdamWSettings;
  readonly weights: HostWeights;
  readonly memory: StepMemory;
  /** Before the first step. */
  readonly parameters: Float32Array;
}

export interface DecoderStepper {
  /** One pass; its share of the loss and its gradients are added up. */
  pass: (batch: StepBatch) => Promise<void>;
  /** Changes the parameters by the gradients that were added up. Gives the loss that came together, and the gradients' length. */
  apply: (rate: number) => Promise<{ loss: number; norm: number }>;
  /** The loss of each target that counts. */
  measure: (batch: StepBatch) => Promise<Float32Array>;
  /** Scores over the vocabulary at each target, [targets, vocabulary]. */
  predict: (batch: StepBatch) => Promise<Float32Array>;
  state: () => Promise<StepperState>;
  restore: (state: StepperState) => Promise<void>;
  close: () => Promise<void>;
}

/** Graphs that are kept compiled; the one that was not used for longest goes. */
const mostSessions = 12;
const stateNames = ['parameters', 'mean', 'square', 'gradients', 'steps', 'loss'] as const;
type StateName = (typeof stateNames)[number];
type StateTensors = Record<StateName, Tensor>;

export async function openStepper(options: StepperOptions): Promise<DecoderStepper> {
  const { config, learns, memory, optimizer } = options;
  const size = learntCount(config, learns);
  const frozen = await placeAll(options.weights, memory);
  const sessions = openSessions(options);
  const apply = await InferenceSession.create(adamWGraph(size, optimizer), memory.sessionOptions);
  const now = await emptyState(size, memory);
  const next = await emptyState(size, memory);
  const norm = await memory.empty([]);
  now.parameters = await memory.place(new Tensor('float32', options.parameters.slice(), [size]));
  const swap = (...names: StateName[]): void => {
    for (const name of names) [now[name], next[name]] = [next[name], now[name]];
  };
  const pass = async (batch: StepBatch): Promise<void> => {
    const session = await sessions.open(batch, 'train');
    const { parameters, gradients, loss } = now;
    const feeds = feedsOf(session, frozen, { ...batchTensors(batch, options.packed), parameters, gradients, loss });
    await session.run(feeds, { gradients_next: next.gradients, loss_next: next.loss });
    swap('gradients', 'loss');
  };
  const restore = async (state: StepperState): Promise<void> => {
    for (const name of ['parameters', 'mean', 'square', 'steps'] as const)
      now[name] = await memory.place(new Tensor('float32', state[name].slice(), [state[name].length]));
    now.gradients = await memory.empty([size]);
    now.loss = await memory.empty([]);
  };
  const look = async (batch: StepBatch, purpose: 'measure' | 'predict'): Promise<Float32Array> => {
    const session = await sessions.open(batch, purpose);
    const feeds = feedsOf(session, frozen, { ...batchTensors(batch, options.packed), parameters: now.parameters });
    const found = Object.values(await session.run(feeds))[0];
    if (!found) throw new Error('a graph that gave nothing');
    return memory.read(found);
  };
  return {
    pass,
    async apply(rate) {
      const { parameters, mean, square, gradients, steps } = now;
      const loss = (await memory.read(now.loss))[0] ?? Number.NaN;
      await apply.run(
        { parameters, mean, square, gradients, steps, rate: new Tensor('float32', [rate], []) },
        {
          parameters_next: next.parameters,
          mean_next: next.mean,
          square_next: next.square,
          gradients_next: next.gradients,
          steps_next: next.steps,
          norm,
        },
      );
      swap('parameters', 'mean', 'square', 'gradients', 'steps');
      now.loss = await memory.empty([]);
      return { loss, norm: (await memory.read(norm))[0] ?? Number.NaN };
    },
    measure: async (batch) => (await look(batch, 'measure')).slice(0, batch.count),
    predict: (batch) => look(batch, 'predict'),
    state: async () => ({
      parameters: (await memory.read(now.parameters)).slice(),
      mean: (await memory.read(now.mean)).slice(),
      square: (await memory.read(now.square)).slice(),
      steps: (await memory.read(now.steps)).slice(),
    }),
    restore,
    async close() {
      await sessions.close();
      await apply.release();
    },
  };
}

async function emptyState(size: number, memory: StepMemory): Promise<StateTensors> {
  const flat = () => memory.empty([size]);
  return {
    parameters: await flat(),
    mean: await flat(),
    square: await flat(),
    gradients: await flat(),
    steps: await memory.empty([3]),
    loss: await memory.empty([]),
  };
}

async function placeAll(weights: HostWeights, memory: StepMemory): Promise<Map<string, Tensor>> {
  const placed = new Map<string, Tensor>();
  for (const [name, tensor] of weights) placed.set(name, await memory.place(tensor));
  return placed;
}

function batchTensors(batch: StepBatch, packed: boolean): Record<string, Tensor> {
  const { tokens, at, labels, weights, inverse, positions, segments } = batch;
  const whole = (values: Int32Array, dims: readonly number[]) => new Tensor('int32', values, dims);
  return {
    tokens: whole(tokens, [tokens.length]),
    at: whole(at, [at.length]),
    labels: whole(labels, [labels.length]),
    weights: new Tensor('float32', weights, [weights.length]),
    inverse: whole(inverse, [inverse.length]),
    ...(packed
      ? {
          positions: new Tensor('int64', positions, [batch.batch, batch.length]),
          segments: whole(segments, [batch.batch, batch.length]),
        }
      : {}),
  };
}

/** Just what the session asks for. */
function feedsOf(
  session: InferenceSession,
  frozen: ReadonlyMap<string, Tensor>,
  given: Readonly<Record<string, Tensor>>,
): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = {};
  for (const name of session.inputNames) {
    const tensor = given[name] ?? frozen.get(name);
    if (!tensor) throw new Error(`the graph asks for ${name}, which nobody has`);
    feeds[name] = tensor;
  }
  return feeds;
}

function openSessions({ config, memory, ...plan }: StepperOptions) {
  const opened = new Map<string, InferenceSession>();
  return {
    async open(size: BatchSize, purpose: DecoderPurpose): Promise<InferenceSession> {
      const { batch, length, targets } = size;
      const key = `${purpose} ${batch} ${length} ${targets}`;
      const known = opened.get(key);
      opened.delete(key);
      if (!known && opened.size >= mostSessions) await releaseOldest(opened);
      const session = known ?? (await create({ batch, length, targets }, purpose));
      opened.set(key, session);
      return session;
    },
    async close() {
      while (opened.size > 0) await releaseOldest(opened);
    },
  };

  function create(size: BatchSize, purpose: DecoderPurpose): Promise<InferenceSession> {
    const { learns, precision, recompute, targetsAtOnce, vocabularyParts, packed } = plan;
    const graph = decoderGraph(
      config,
      { ...size, learns, precision, recompute, targetsAtOnce, vocabularyParts, packed, style: memory.kind },
      purpose,
    );
    return InferenceSession.create(graph.toBytes(), memory.sessionOptions);
  }
}

async function releaseOldest(opened: Map<string, InferenceSession>): Promise<void> {
  const [oldest] = opened;
  if (!oldest) return;
  opened.delete(oldest[0]);
  await oldest[1].release();
}
