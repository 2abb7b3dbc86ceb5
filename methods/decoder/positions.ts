import type { Tensor, TensorGraph } from '../neural/tensor-graph.ts';
import type { DecoderConfig } from './decoder-config.ts';
import type { RotaryTable } from './decoder-operators.ts';

/** What makes a score vanish under softmax and stays finite in float32. */
const hidden = -1e9;

interface QueryAndKey {
  /** Scaled by 1 / √headWidth, so that attention need not do it. */
  readonly queries: RotaryTable;
  readonly keys: RotaryTable;
}

/** Cosines and sines of `length` positions, [length, headWidth / 2], for layers that see all tokens and for those with a window. */
export function rotaryTables(
  graph: TensorGraph,
  config: DecoderConfig,
  length: number,
): { global: QueryAndKey; local: QueryAndKey } {
  const { headWidth, theta, positionScale, frequencyDivisors, window } = config;
  const both = (base: number, step: number, divisors: readonly number[] | null): QueryAndKey => {
    const table = (factor: number) => rotaryTable(graph, { length, headWidth, base, step, divisors, factor });
    return { queries: table(1 / Math.sqrt(headWidth)), keys: table(1) };
  };
  const global = both(theta, positionScale, frequencyDivisors);
  return { global, local: window === null ? global : both(window.theta, 1, null) };
}

interface TableFacts {
  length: number;
  headWidth: number;
  base: number;
  step: number;
  divisors: readonly number[] | null;
  factor: number;
}

function rotaryTable(graph: TensorGraph, { length, headWidth, base, step, divisors, factor }: TableFacts): RotaryTable {
  const half = headWidth / 2;
  const angle = (i: number): number => {
    const pair = i % half;
    return (Math.floor(i / half) * step) / base ** ((2 * pair) / headWidth) / (divisors?.[pair] ?? 1);
  };
  const table = (value: (i: number) => number): Tensor =>
    graph.constant(
      'float',
      [length, half],
      Float32Array.from({ length: length * half }, (_, i) => value(i) * factor),
    );
  return {
    cos: table((i) => Math.cos(angle(i))),
    sin: table((i) => Math.sin(angle(i))),
    back: table((i) => -Math.sin(angle(i))),
  };
}

/** What is added to scores: a token sees itself and what stands before it, in its own segment, within the window. [1 or batch, 1, length, length] */
export function attentionMasks(
  graph: TensorGraph,
  { window }: DecoderConfig,
  length: number,
  segments: Tensor | null,
): { global: Tensor; local: Tensor } {
  const mask = (reach: number): Tensor => {
    const values = new Float32Array(length * length);
    for (let i = 0; i < length; i++)
      for (let j = 0; j < length; j++) if (j > i || i - j >= reach) values[i * length + j] = hidden;
    const causal = graph.constant('float', [1, 1, length, length], values);
    return segments === null ? causal : withinSegments(graph, causal, segments);
  };
  const global = mask(Number.POSITIVE_INFINITY);
  return { global, local: window !== null && window.tokens < length ? mask(window.tokens) : global };
}

function withinSegments(graph: TensorGraph, causal: Tensor, segments: Tensor): Tensor {
  const [batch = 0, length = 0] = segments.shape;
  const same = graph.compare(
    'Equal',
    graph.reshape(segments, [batch, 1, length, 1]),
    graph.reshape(segments, [batch, 1, 1, length]),
  );
  return graph.where(same, causal, graph.scalar(hidden));
}
