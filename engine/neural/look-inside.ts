/** What a network's layers hold at a moment: for people who watch it learn, and for the search for the layer where numbers stopped being numbers. */
import { largest } from '../../shared/append.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { NetworkRows, StepFacts, WeightTensor } from '../../shared/neural/neural-service.ts';
import { parametersOf } from '../../methods/neural/parameters.ts';
import { gradientOf } from '../../methods/neural/step-graph.ts';
import type { EpochFeed } from './epoch-feed.ts';
import type { Divergence } from './explain-training.ts';
import { NetworkRunner, type NetworkState, type RunnerPlan } from './network-runner.ts';
import type { Device } from './devices/backend.ts';
import { openAnswers, type OpenAnswers } from './open-answers.ts';
import { openOrtDevice } from './devices/ort-device.ts';
import { processorDevice } from './devices/processor.ts';

type Seen = Pick<StepFacts, 'weights' | 'gradients' | 'outputs' | 'activations'>;

/** Looks at one network again and again: its graphs are made once. */
export class LookingGlass {
  readonly #network: Network;
  readonly #probes: NetworkRows | undefined;
  #open: { device: Device; answers: OpenAnswers } | undefined;

  constructor(network: Network, probes: NetworkRows | undefined) {
    this.#network = network;
    this.#probes = probes;
  }
  async look(state: NetworkState, gradients: NetworkState): Promise<Seen> {
    const parameters = parametersOf(this.#network);
    const tensors = (name: (parameter: string) => string, from: NetworkState): WeightTensor[] =>
      parameters.flatMap((p) => {
        const values = from.get(name(p.name));
        return values === undefined ? [] : [{ name: p.name, shape: p.shape, values }];
      });
    const weights = tensors((name) => name, state);
    const seen: Seen = { weights, gradients: tensors(gradientOf, gradients) };
    if (this.#probes === undefined) return seen;
    const answers = await this.#answers(weights);
    const { answer, inner } = await answers.of(this.#probes);
    return {
      ...seen,
      outputs: { width: answer.width, values: answer.values },
      activations: inner.map((one, layer) => ({ layer, shape: one.shape, values: one.values })),
    };
  }
  async #answers(weights: readonly WeightTensor[]): Promise<OpenAnswers> {
    if (this.#open === undefined) {
      const device = await openOrtDevice(processorDevice(1));
      const layers = this.#network.layers.map((_, i) => i);
      this.#open = { device, answers: openAnswers(this.#network, weights, device, { layers }) };
    } else this.#open.answers.use(weights);
    return this.#open.answers;
  }
  async close(): Promise<void> {
    await this.#open?.device.close();
    this.#open = undefined;
  }
}

/** Goes the way again from where all was sound, step by step, and looks at the layers before the step that failed. */
export async function findDivergence(
  plan: RunnerPlan,
  feed: EpochFeed,
  sound: { state: NetworkState; step: number } | undefined,
  seenAt: number,
): Promise<Divergence> {
  const nothing: Divergence = { epoch: feed.epoch, step: seenAt, layer: null, largest: Number.POSITIVE_INFINITY };
  if (sound === undefined) return nothing;
  const device = await openOrtDevice(processorDevice(1));
  try {
    const runner = await NetworkRunner.open(device, { ...plan, reportGradients: false }, sound.state);
    for (let step = sound.step; step < Math.min(runner.steps, seenAt + 1); step++) {
      const before = await runner.readState();
      await runner.run(feed, step, step + 1, () => false);
      const [loss] = await runner.sums();
      if (Number.isFinite(loss)) continue;
      const rows = feed.order.subarray(step * runner.batch, Math.min(plan.rows, (step + 1) * runner.batch));
      return { ...nothing, step: step + 1, ...(await largestLayer(plan, before, rows)) };
    }
    return nothing;
  } finally {
    await device.close();
  }
}

/** The first layer that gives what is not finite, or else the one with the largest numbers. */
async function largestLayer(
  { network, train, frozen }: RunnerPlan,
  state: NetworkState,
  rows: Int32Array,
): Promise<Pick<Divergence, 'layer' | 'largest'>> {
  const picked = pickRows(train, rows);
  const device = await openOrtDevice(processorDevice(1));
  try {
    const weights = parametersOf(network).map((p) => ({
      ...p,
      values: state.get(p.name) ?? frozen.get(p.name) ?? new Float32Array(0),
    }));
    const answers = openAnswers(network, weights, device, { layers: network.layers.map((_, i) => i) });
    const { inner } = await answers.of(picked);
    const most = inner.map(({ values }) =>
      values.reduce((m, v) => Math.max(m, Number.isFinite(v) ? Math.abs(v) : Infinity), 0),
    );
    const broken = most.findIndex((m) => !Number.isFinite(m));
    const reach = largest([0, ...most]);
    const layer = broken >= 0 ? broken : most.indexOf(reach);
    return { layer: layer < 0 ? null : layer, largest: reach };
  } finally {
    await device.close();
  }
}
function pickRows(train: RunnerPlan['train'], rows: Int32Array): NetworkRows {
  const pick = <T extends Float32Array | Int32Array>(all: T, empty: (n: number) => T, width: number): T => {
    const picked = empty(rows.length * width);
    for (const [i, row] of rows.entries()) picked.set(all.subarray(row * width, (row + 1) * width), i * width);
    return picked;
  };
  const { numbers, codes } = train;
  const widthOf = (shape: readonly number[]): number => shape.slice(1).reduce((a, b) => a * b, 1);
  return {
    count: rows.length,
    ...(numbers?.values instanceof Float32Array
      ? { numbers: pick(numbers.values, (n) => new Float32Array(n), widthOf(numbers.shape)) }
      : {}),
    ...(codes?.values instanceof Int32Array
      ? { codes: pick(codes.values, (n) => new Int32Array(n), widthOf(codes.shape)) }
      : {}),
  };
}
