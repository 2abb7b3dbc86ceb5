/** What a network learns: names, shapes and how each begins. The order is that of the layers; files and checkpoints keep it. */
import { append } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import {
  describeNetwork,
  hasOwnAnswer,
  type LayerFacts,
  type NetworkFacts,
  outputWidth,
  sayProblem,
} from '../../shared/neural/describe-network.ts';
import type { Activation, Layer, LowRankSettings, Network } from '../../shared/neural/network.ts';
import type { NetworkWeights, WeightTensor } from '../../shared/neural/neural-service.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { product, type Shape } from './tensor-graph.ts';

/** Uniform within ± `bound`, or one value. */
export type Beginning = { bound: number } | { value: number };
export interface Parameter {
  name: string;
  shape: Shape;
  begins: Beginning;
  /** Running statistics are kept, not learnt. */
  learnt: boolean;
  /** Given, and the same to the end. */
  frozen: boolean;
  /** Weight decay of AdamW leaves biases and normalisation alone where this is false. */
  decays: boolean;
}

/** @throws `neural.unfit` when a layer does not fit */
export function checkedFacts(network: Network): NetworkFacts {
  const facts = describeNetwork(network);
  const { problem } = facts;
  if (problem !== undefined)
    throw fail('neural.unfit', {
      message: sayProblem(problem),
      mend: problem.mend,
      facts: { layer: problem.layer, ...(problem.inner === undefined ? {} : { inner: problem.inner }) },
    });
  return facts;
}

export function parametersOf(network: Network): Parameter[] {
  const facts = checkedFacts(network);
  const list: Parameter[] = [];
  if (network.input.kind === 'table')
    for (const [i, { count, size }] of network.input.categories.entries())
      list.push(weight(`input.${i}`, [count, size], { bound: 0.05 }, false));
  let { shape } = facts.input;
  for (const [i, layer] of network.layers.entries()) {
    const made = facts.layers[i] ?? { shape: [], parameters: 0 };
    const own = ofLayer(layer, String(i), shape, { network, made });
    append(list, network.lowRank === undefined ? own : besideFrozen(own, layer, network.lowRank));
    shape = made.shape;
  }
  if (!hasOwnAnswer(network, shape)) {
    const [size = 0] = shape;
    append(list, linear('head', [size, outputWidth(network.output, network.input)], size, 'none', true));
  }
  return list;
}

/** Matrices of a transformer block, and how many stand side by side in each. */
export const blockMatrices = { qkv: 3, out: 1, up: 1, down: 1 } as const;

/** What a layer has, frozen, and behind each matrix of a block what learns beside it: A [in, parts · rank] and B [rank, out]; B begins at nothing. */
function besideFrozen(own: readonly Parameter[], layer: Layer, { rank }: LowRankSettings): Parameter[] {
  const frozen = own.map((p): Parameter => ({ ...p, learnt: false, frozen: true }));
  if (layer.layer !== 'transformer') return frozen;
  return frozen.flatMap((p) => {
    const found = Object.entries(blockMatrices).find(([name]) => p.name.endsWith(`.${name}.weight`));
    if (found === undefined) return [p];
    const [into = 0, out = 0] = p.shape;
    const path = p.name.slice(0, -'.weight'.length);
    return [
      p,
      weight(`${path}.lora_a`, [into, found[1] * rank], { bound: 1 / Math.sqrt(into) }),
      weight(`${path}.lora_b`, [rank, out], { value: 0 }),
    ];
  });
}

interface Place {
  network: Network;
  /** What the layer gives. */
  made: LayerFacts;
}
function ofLayer(layer: Layer, path: string, shape: Shape, { network, made }: Place): Parameter[] {
  const last = shape.at(-1) ?? 0;
  const channels = shape.length === 3 ? (shape[0] ?? 0) : last;
  switch (layer.layer) {
    case 'dense':
      return linear(path, [last, layer.units], last, layer.activation, layer.bias);
    case 'conv2d': {
      const { filters, kernel: k } = layer;
      return linear(path, [filters, channels, k, k], channels * k * k, layer.activation, layer.bias, filters);
    }
    case 'conv1d': {
      const size = layer.kernel * last;
      return linear(path, [size, layer.filters], size, layer.activation, layer.bias);
    }
    case 'batch-norm':
      return [
        ...norm(path, channels),
        { name: `${path}.mean`, shape: [channels], begins: { value: 0 }, learnt: false, frozen: false, decays: false },
        {
          name: `${path}.variance`,
          shape: [channels],
          begins: { value: 1 },
          learnt: false,
          frozen: false,
          decays: false,
        },
      ];
    case 'layer-norm':
      return norm(path, last);
    case 'embedding': {
      const vocabulary = network.input.kind === 'tokens' ? network.input.vocabulary : 0;
      return [weight(`${path}.weight`, [vocabulary, layer.size], { bound: 0.05 }, false)];
    }
    case 'positional':
      return layer.by === 'learned' ? [weight(`${path}.weight`, shape, { bound: 0.05 }, false)] : [];
    case 'attention':
      return attention(path, last);
    case 'transformer': {
      const hidden = layer.hidden ?? 4 * last;
      return [
        ...norm(`${path}.norm1`, last),
        ...attention(path, last),
        ...norm(`${path}.norm2`, last),
        ...linear(`${path}.up`, [last, hidden], last, layer.activation, true),
        ...linear(`${path}.down`, [hidden, last], hidden, 'none', true),
      ];
    }
    case 'recurrent':
      return recurrence(path, last, layer.units, layer.cell === 'gru' ? 3 : 4);
    case 'residual':
      return layer.layers.flatMap((one, i) => {
        const before = i === 0 ? shape : (made.inner?.[i - 1]?.shape ?? []);
        const inner = made.inner?.[i] ?? { shape: [], parameters: 0 };
        return ofLayer(one, `${path}.layers.${i}`, before, { network, made: inner });
      });
    case 'pool':
    case 'global-pool':
    case 'flatten':
    case 'reshape':
    case 'dropout':
    case 'activation':
      return [];
  }
}

const weight = (name: string, shape: Shape, begins: Beginning, decays = true): Parameter => ({
  name,
  shape,
  begins,
  learnt: true,
  frozen: false,
  decays,
});
/** He's bound before functions that cut off the negative side, LeCun's (variance 1 / fan-in) otherwise. */
const reluLike: readonly Activation[] = ['relu', 'leaky-relu', 'elu', 'gelu', 'gelu-exact', 'silu', 'softplus'];
function linear(
  path: string,
  shape: Shape,
  fanIn: number,
  activation: Activation,
  bias: boolean,
  units = shape.at(-1) ?? 0,
): Parameter[] {
  const bound = Math.sqrt((reluLike.includes(activation) ? 6 : 3) / Math.max(1, fanIn));
  const w = weight(`${path}.weight`, shape, { bound });
  return bias ? [w, weight(`${path}.bias`, [units], { value: 0 }, false)] : [w];
}
const norm = (path: string, size: number): Parameter[] => [
  weight(`${path}.weight`, [size], { value: 1 }, false),
  weight(`${path}.bias`, [size], { value: 0 }, false),
];
const attention = (path: string, size: number): Parameter[] => [
  ...linear(`${path}.qkv`, [size, 3 * size], size, 'none', true),
  ...linear(`${path}.out`, [size, size], size, 'none', true),
];
const recurrence = (path: string, size: number, units: number, gates: number): Parameter[] => {
  const bound = 1 / Math.sqrt(units);
  return [
    weight(`${path}.input`, [size, gates * units], { bound }),
    weight(`${path}.state`, [units, gates * units], { bound }),
    weight(`${path}.inputBias`, [gates * units], { bound }, false),
    weight(`${path}.stateBias`, [gates * units], { bound }, false),
  ];
};

/**
 * Draws the beginning; the same seed gives the same bytes on every machine.
 *
 * @param given what is not drawn, by name
 */
export function beginWeights(
  network: Network,
  seed: number,
  given: ReadonlyMap<string, Float32Array> = new Map(),
): WeightTensor[] {
  const all = randomGenerator(seed);
  return parametersOf(network).map(({ name, shape, begins }) => {
    const own = given.get(name);
    if (own?.length === product(shape)) return { name, shape, values: own };
    const values = new Float32Array(product(shape));
    if ('value' in begins) values.fill(begins.value);
    else {
      // Each has a stream of its own: another layer elsewhere changes nothing here.
      const random = all.stream(name);
      for (let i = 0; i < values.length; i++) values[i] = (random.nextFloat() * 2 - 1) * begins.bound;
    }
    return { name, shape, values };
  });
}

/** The same network without anything beside its matrices: what was learnt there is in them. In double, rounded once. */
export function mergeLowRank(network: Network, weights: NetworkWeights): { network: Network; weights: WeightTensor[] } {
  const { lowRank, ...plain } = network;
  if (lowRank === undefined) return { network, weights: [...weights] };
  const known = new Map(weights.map((w) => [w.name, w]));
  const { rank, alpha } = lowRank;
  const merged = weights.flatMap((w) => {
    if (/\.lora_[ab]$/.test(w.name)) return [];
    const path = w.name.slice(0, -'.weight'.length);
    const [a, b] = [known.get(`${path}.lora_a`), known.get(`${path}.lora_b`)];
    if (a === undefined || b === undefined) return [w];
    const [into = 0, out = 0] = w.shape;
    const wide = a.shape[1] ?? 0;
    const units = (out * rank) / wide;
    const values = Float32Array.from(w.values);
    for (let i = 0; i < into; i++)
      for (let o = 0; o < out; o++) {
        const part = Math.floor(o / units) * rank;
        let sum = 0;
        for (let r = 0; r < rank; r++) sum += (a.values[i * wide + part + r] ?? 0) * (b.values[r * out + o] ?? 0);
        values[i * out + o] = (w.values[i * out + o] ?? 0) + (alpha / rank) * sum;
      }
    return [{ ...w, values }];
  });
  return { network: plain, weights: merged };
}
