import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type Tensor, TensorGraph } from '../neural/tensor-graph.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { adamWGraph } from './adamw-graph.ts';
import { crossEntropy } from './cross-entropy.ts';
import { attention, chosenRows, gatedUnit, learntRows, linear, rmsNorm, rotated } from './decoder-operators.ts';
import { joinFlat, recomputed, splitFlat } from './graph-order.ts';
import { toEightBits } from './matrix.ts';

type Feeds = Record<string, ort.Tensor>;
interface Case {
  /** Inputs that are learnt, with their shapes. */
  inputs: Record<string, number[]>;
  build: (graph: TensorGraph, inputs: Record<string, Tensor>) => Tensor;
}

const whole = (graph: TensorGraph, values: number[], dims = [values.length]): Tensor =>
  graph.constant('int32', dims, values);
const full = (tensor: Tensor, learnt: boolean) => ({ form: 'full', tensor, learnt }) as const;
/** A tensor of the case; a case names only what it has. */
const get = (inputs: Record<string, Tensor>, name: string): Tensor => inputs[name]!;

const positions = (graph: TensorGraph) => graph.constant('int64', [2, 4], [0, 1, 2, 3, 0, 1, 2, 3]);
function table(graph: TensorGraph) {
  const angles = Array.from({ length: 8 }, (_, i) => Math.floor(i / 2) / 10 ** (i % 2));
  const values = (f: (x: number) => number) => graph.constant('float', [4, 2], Float32Array.from(angles, f));
  return { cos: values(Math.cos), sin: values(Math.sin), back: values((x) => -Math.sin(x)) };
}
function causal(graph: TensorGraph): Tensor {
  const values = Float32Array.from({ length: 16 }, (_, i) => (i % 4 > Math.floor(i / 4) ? -1e9 : 0));
  return graph.constant('float', [1, 1, 4, 4], values);
}
const spread =
  (graph: TensorGraph, rowsAtOnce: number, parts: number, learnt: boolean) => (t: Record<string, Tensor>) =>
    crossEntropy(graph, get(t, 'h'), full(get(t, 'e'), learnt), {
      labels: whole(graph, [1, 6, 0, 3, 3]),
      weights: graph.constant('float', [5], [0.2, 0.4, 0, 0.1, 0.3]),
      rowsAtOnce,
      parts,
    }).loss;

const cases: Record<string, Case> = {
  'RMS norm': {
    inputs: { x: [3, 8], w: [8] },
    build: (graph, t) => rmsNorm(graph, get(t, 'x'), get(t, 'w'), 1e-5),
  },
  'rotary positions by halves': {
    inputs: { x: [2, 4, 8] },
    build: (graph, t) => rotated(graph, get(t, 'x'), positions(graph), table(graph), { heads: 2, interleaved: false }),
  },
  'rotary positions by neighbours': {
    inputs: { x: [2, 4, 8] },
    build: (graph, t) => rotated(graph, get(t, 'x'), positions(graph), table(graph), { heads: 2, interleaved: true }),
  },
  'a unit gated by SiLU': {
    inputs: { a: [3, 4], b: [3, 4] },
    build: (graph, t) => gatedUnit(graph, get(t, 'a'), get(t, 'b'), 'silu'),
  },
  'a unit gated by GELU': {
    inputs: { a: [3, 4], b: [3, 4] },
    build: (graph, t) => gatedUnit(graph, get(t, 'a'), get(t, 'b'), 'gelu-tanh'),
  },
  'attention with grouped queries': {
    inputs: { q: [2, 4, 8], k: [2, 4, 4], v: [2, 4, 4] },
    build: (graph, t) =>
      attention(graph, get(t, 'q'), get(t, 'k'), get(t, 'v'), causal(graph), { heads: 4, keyHeads: 2, headWidth: 2 }),
  },
  'a matrix with bias': {
    inputs: { x: [3, 4], w: [5, 4], bias: [5] },
    build: (graph, t) => linear(graph, get(t, 'x'), full(get(t, 'w'), true), { bias: get(t, 'bias') }),
  },
  'a frozen matrix with a change of low rank, and x used twice': {
    inputs: { x: [3, 4], a: [2, 4], b: [4, 2] },
    build: (graph, t) => {
      const frozen = graph.constant(
        'float',
        [4, 4],
        Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)),
      );
      const lowRank = { a: get(t, 'a'), b: get(t, 'b'), scale: 2 };
      const once = linear(graph, get(t, 'x'), full(frozen, false), { lowRank });
      return linear(graph, linear(graph, get(t, 'x'), full(frozen, false)), full(once, true));
    },
  },
  'rows chosen from many': {
    inputs: { x: [4, 3] },
    build: (graph, t) => chosenRows(graph, get(t, 'x'), whole(graph, [2, 0]), whole(graph, [1, 2, 0, 2])),
  },
  'embeddings that are learnt': {
    inputs: { e: [5, 3] },
    build: (graph, t) => learntRows(graph, get(t, 'e'), whole(graph, [4, 1, 1, 0])),
  },
  'cross-entropy, frozen head': {
    inputs: { h: [5, 4] },
    build: (graph, t) => {
      const e = graph.constant(
        'float',
        [7, 4],
        Float32Array.from({ length: 28 }, (_, i) => Math.cos(3 * i)),
      );
      return spread(graph, 5, 1, false)({ ...t, e });
    },
  },
  'cross-entropy, frozen head, two rows at once and three parts of the vocabulary': {
    inputs: { h: [5, 4] },
    build: (graph, t) => {
      const e = graph.constant(
        'float',
        [7, 4],
        Float32Array.from({ length: 28 }, (_, i) => Math.cos(3 * i)),
      );
      return spread(graph, 2, 3, false)({ ...t, e });
    },
  },
  'cross-entropy, learnt head': {
    inputs: { h: [5, 4], e: [7, 4] },
    build: (graph, t) => spread(graph, 5, 1, true)(t),
  },
  'a block that is computed again': {
    inputs: { x: [3, 8], w: [8], m: [8, 8] },
    build: (graph, t) =>
      recomputed(
        graph,
        (x) => linear(graph, rmsNorm(graph, x, get(t, 'w'), 1e-5), full(get(t, 'm'), true)),
        get(t, 'x'),
        [get(t, 'w'), get(t, 'm')],
      ),
  },
  'many parts of one vector': {
    inputs: { x: [30] },
    build: (graph, t) => {
      const sizes = [1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 8];
      const parts = splitFlat(graph, get(t, 'x'), sizes);
      const joined = joinFlat(graph, parts.toReversed());
      return graph.record(graph.mul(joined, joined), [get(t, 'x')], (g) => {
        const back = splitFlat(graph, graph.mul(graph.scale(joined, 2), g), sizes.toReversed());
        return [joinFlat(graph, back.toReversed())];
      });
    },
  },
};

const session = (bytes: Uint8Array) =>
  ort.InferenceSession.create(bytes, { executionProviders: ['cpu'], intraOpNumThreads: 1, logSeverityLevel: 3 });
const numbers = (tensor: ort.Tensor | undefined): Float32Array => {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('no numbers');
  return tensor.data;
};

function graphOf({ inputs, build }: Case, style: 'cpu' | 'gpu'): TensorGraph {
  const graph = new TensorGraph({ opset: 21, irVersion: 10, style });
  const tensors = Object.fromEntries(Object.entries(inputs).map(([name, shape]) => [name, graph.input(name, shape)]));
  const out = build(graph, tensors);
  // Each result counts with its own weight, so that no error cancels out.
  const size = out.shape.reduce((a, b) => a * b, 1);
  const weight = graph.constant(
    'float',
    out.shape,
    Float32Array.from({ length: size }, (_, i) => Math.cos(i + 1)),
  );
  const axes = out.shape.map((_, i) => i);
  const loss = axes.length === 0 ? graph.mul(out, weight) : graph.reduce('ReduceSum', graph.mul(out, weight), axes);
  graph.record(loss, [out], (g) => [graph.mul(weight, g)]);
  graph.output('loss', loss);
  graph.gradients(loss, Object.values(tensors)).forEach((g, i) => graph.output(`d_${Object.keys(tensors)[i]}`, g));
  return graph;
}

describe.each(['cpu', 'gpu'] as const)('gradients equal finite differences, in the form for a %s', (style) => {
  it.each(Object.entries(cases))('%s', async (_, one) => {
    const run = await session(graphOf(one, style).toBytes());
    const random = randomGenerator(3);
    const feeds: Feeds = {};
    for (const [name, shape] of Object.entries(one.inputs)) {
      const size = shape.reduce((a, b) => a * b, 1);
      feeds[name] = new ort.Tensor(
        'float32',
        Float32Array.from({ length: size }, () => random.nextNormal()),
        shape,
      );
    }
    const loss = async (): Promise<number> => numbers((await run.run(feeds, ['loss']))['loss'])[0]!;
    const found = await run.run(feeds);
    for (const name of Object.keys(one.inputs)) {
      const values = numbers(feeds[name]);
      const gradient = numbers(found[`d_${name}`]);
      for (let i = 0; i < values.length; i++) {
        const before = values[i]!;
        const step = 1e-2;
        values[i] = before + step;
        const up = await loss();
        values[i] = before - step;
        const down = await loss();
        values[i] = before;
        expect(Math.abs(gradient[i]! - (up - down) / (2 * step)), `${name}[${i}]`).toBeLessThan(
          4e-3 * (1 + Math.abs(gradient[i]!)),
        );
      }
    }
    await run.release();
  });
});

describe('blocks of eight bits', () => {
  it('are off by half a step at most, and zeros stay zeros', () => {
    const random = randomGenerator(4);
    const values = Float32Array.from({ length: 96 }, (_, i) => (i < 32 ? 0 : random.nextNormal()));
    const packed = toEightBits(values);
    values.forEach((value, i) => {
      const scale = packed.scales[i >> 5]!;
      expect(Math.abs((packed.values[i]! - 128) * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
    });
    expect([...packed.scales.slice(0, 1)]).toEqual([0]);
  });
});

describe('AdamW', () => {
  it('makes the steps of torch.optim.AdamW, clipped to a length', async () => {
    // By hand from its formula, in double.
    const run = await session(adamWGraph(2, { weightDecay: 0.1, clipNorm: 1 }));
    let [p, m, v] = [
      [1, -2],
      [0, 0],
      [0, 0],
    ];
    let tensors: Feeds = Object.fromEntries(
      ['parameters', 'mean', 'square'].map((name) => [
        name,
        new ort.Tensor('float32', name === 'parameters' ? p! : [0, 0], [2]),
      ]),
    );
    tensors['steps'] = new ort.Tensor('float32', [0, 0, 0], [3]);
    for (let t = 1; t <= 5; t++) {
      const g = [3 * t, -4 * t];
      const feeds = {
        ...tensors,
        gradients: new ort.Tensor('float32', g, [2]),
        rate: new ort.Tensor('float32', [0.01], []),
      };
      const out = await run.run(feeds);
      const clipped = g.map((x) => x / (5 * t + 1e-6));
      m = m!.map((x, i) => 0.9 * x + 0.1 * clipped[i]!);
      v = v!.map((x, i) => 0.999 * x + 0.001 * clipped[i]! ** 2);
      p = p!.map((x, i) => {
        const stride = (0.01 * (m![i]! / (1 - 0.9 ** t))) / (Math.sqrt(v![i]! / (1 - 0.999 ** t)) + 1e-8);
        return x * (1 - 0.001) - stride;
      });
      expect(numbers(out['norm'])[0]).toBeCloseTo(5 * t, 4);
      expect([...numbers(out['gradients_next'])].map(Math.abs)).toEqual([0, 0]);
      numbers(out['parameters_next']).forEach((x, i) => expect(x).toBeCloseTo(p![i]!, 6));
      tensors = Object.fromEntries(
        ['parameters', 'mean', 'square', 'steps'].map((name) => [name, out[`${name}_next`]!]),
      );
    }
  });
});
