/** Says before a training begins that its memory cannot suffice, and what would fit: a process that runs out of memory is killed and can say nothing. */
import { fail } from '../../shared/errors.ts';
import { describeNetwork, sizeOf } from '../../shared/neural/describe-network.ts';
import type { Layer, Network } from '../../shared/neural/network.ts';
import type { TrainingSettings } from '../../shared/neural/training-settings.ts';
import { slotsOf } from '../../methods/neural/optimizer.ts';
import { parametersOf } from '../../methods/neural/parameters.ts';
import { product } from '../../methods/neural/tensor-graph.ts';

export interface MemoryNeed {
  /** Weights, what the optimizer keeps for them, their gradients, and all but the gradients twice: a step reads one set and writes the other. Frozen ones once. */
  weights: number;
  /** What each layer gives for a row of the batch, kept for the way back. */
  row: number;
  /** The layer that needs the most with this batch: its place from 0, or the answer (null). */
  largest: { layer: number | null; bytes: number };
}

/** Bytes that a training cannot do without; what passes (windows, noise, the data) comes on top. */
export function memoryNeed(
  network: Network,
  settings: Pick<TrainingSettings, 'optimizer' | 'momentum' | 'weightDecay' | 'clipNorm'>,
  batch: number,
): MemoryNeed {
  const facts = describeNetwork(network);
  const perLearnt = 4 * (2 * (1 + slotsOf(settings)) + 1);
  const weights = parametersOf(network).map(({ name, shape, learnt }) => ({
    layer: name.slice(0, name.indexOf('.')),
    bytes: product(shape) * (learnt ? perLearnt : 4),
  }));
  const weightsOf = (layer: number | null): number =>
    weights.reduce((sum, one) => sum + (one.layer === String(layer ?? 'head') ? one.bytes : 0), 0);
  let largest: MemoryNeed['largest'] = { layer: null, bytes: 0 };
  let row = 4 * sizeOf(facts.input.shape);
  const parts = [...facts.layers.map((one, layer) => ({ one, layer })), { one: facts.head, layer: null }];
  for (const { one, layer } of parts) {
    if (one === undefined) continue;
    const inner = (one.inner ?? []).reduce((sum, i) => sum + sizeOf(i.shape), 0);
    const own = isAnotherView(layer === null ? undefined : network.layers[layer]) ? 0 : 4 * (sizeOf(one.shape) + inner);
    row += own;
    const bytes = weightsOf(layer) + batch * own;
    if (bytes > largest.bytes) largest = { layer, bytes };
  }
  return { weights: weights.reduce((sum, one) => sum + one.bytes, 0), row, largest };
}

/** The same numbers under another shape. */
const isAnotherView = (layer: Layer | undefined): boolean => layer?.layer === 'flatten' || layer?.layer === 'reshape';

/**
 * @param free bytes that this process may still take
 * @throws `neural.no-memory`
 */
export function refuseTooLarge(
  network: Network,
  settings: TrainingSettings,
  { rows, free }: { rows: number; free: number },
): void {
  const batch = Math.min(settings.batchSize, rows);
  const { weights, row, largest } = memoryNeed(network, settings, batch);
  const bytes = weights + row * batch;
  if (bytes <= free) return;
  const fitting = Math.floor((free - weights) / row);
  const { layer } = largest;
  const name = layer === null ? 'the answer' : `layer ${layer + 1} (${network.layers[layer]?.layer ?? ''})`;
  throw fail('neural.no-memory', {
    message: `A step of this training takes ${inGigabytes(bytes)}, ${inGigabytes(largest.bytes)} of it for ${name}; ${inGigabytes(free)} are free.`,
    mend:
      fitting >= 1
        ? `Make the batch smaller: at most ${fitting.toLocaleString('en')} (now ${batch.toLocaleString('en')}), or that layer.`
        : 'Make that layer smaller: its weights alone do not fit, whatever the batch.',
    facts: { bytes, free, layer: layer === null ? null : layer + 1, ...(fitting >= 1 ? { batch: fitting } : {}) },
  });
}
const inGigabytes = (bytes: number): string => `${Number((bytes / 2 ** 30).toPrecision(2)).toLocaleString('en')} GB`;
