import { type Tensor, TensorGraph } from '../neural/tensor-graph.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { DecoderConfig } from './decoder-config.ts';
import {
  addUp,
  attention,
  chosenRows,
  gatedUnit,
  learntRows,
  linear,
  type LowRank,
  reshaped,
  rmsNorm,
  rotated,
} from './decoder-operators.ts';
import { biasedModules, type DecoderModule, decoderModules, moduleShape, sizeOf } from './decoder-weights.ts';
import { joinFlat, recomputed, splitFlat } from './graph-order.ts';
import { type Learns, learntParameters } from './learnt-parameters.ts';
import { eightBitBlock, forwardProduct, type Matrix, matrixRows } from './matrix.ts';
import { attentionMasks, rotaryTables } from './positions.ts';

/** What a step's graph is made for: sizes are fixed. */
export interface DecoderPlan {
  /** Rows of text side by side. */
  readonly batch: number;
  /** Tokens a row. */
  readonly length: number;
  /** Places whose next token is predicted, in the whole batch: the output layer runs on these alone. */
  readonly targets: number;
  readonly learns: Learns;
  /** How frozen matrices are kept: as float32, or in blocks of eight bits that are unpacked at each use. */
  readonly precision: 'full' | 'eight-bit';
  /** Each layer is computed again on the way back. */
  readonly recompute: boolean;
  /** Targets whose scores over the vocabulary are in memory at a time, and in how many parts the vocabulary is taken. */
  readonly targetsAtOnce: number;
  readonly vocabularyParts: number;
  /** Several texts in one row: inputs `positions` and `segments` tell them apart. */
  readonly packed: boolean;
  readonly style: 'cpu' | 'gpu';
}
/**
 * `train`: loss and gradients are added to the inputs `loss` and `gradients`. `measure`: `losses` of the targets. `predict`: `scores` over the
 * vocabulary at each target.
 */
export type DecoderPurpose = 'train' | 'measure' | 'predict';

/** Blocks of eight bits need rows that are whole blocks. */
export const canBeEightBit = (shape: readonly number[]): boolean =>
  shape.length === 2 && (shape[1] ?? 0) % eightBitBlock === 0;

/**
 * One static graph of a decoder and of what is learnt of it. Inputs: frozen weights by llama.cpp's names (`NAME`, or `NAME|values`, `NAME|scales`,
 * `NAME|zeros`), `parameters` (what is learnt, flat), `tokens` int32 [batch · length], `at` int32 [targets] (places in the flat tokens); for `train`
 * and `measure` `labels` int32 [targets]; for `train` `weights` [targets], `inverse` int32 [batch · length] (each token's place among the targets, or
 * their number), `gradients` and `loss`. Padding on the right needs no mask: nothing that counts looks at it.
 */
export function decoderGraph(config: DecoderConfig, plan: DecoderPlan, purpose: DecoderPurpose): TensorGraph {
  const graph = new TensorGraph({ opset: 21, irVersion: 10, style: plan.style });
  const inside = openInside(graph, config, plan);
  const tokens = graph.input('tokens', [plan.batch * plan.length], 'int32');
  const at = graph.input('at', [plan.targets], 'int32');
  const embedding = inside.matrix('token_embd.weight', [config.vocabulary, config.width]);
  const rows =
    embedding.form === 'full' && embedding.learnt
      ? learntRows(graph, embedding.tensor, tokens)
      : matrixRows(graph, embedding, tokens);
  let x = scaled(graph, rows, config.embeddingScale);
  for (let layer = 0; layer < config.layers; layer++) {
    graph.label = `layer ${layer}`;
    x = decoderLayer(inside, x, layer, purpose === 'train' && plan.recompute);
  }
  graph.label = 'output';
  const inverse = purpose === 'train' ? graph.input('inverse', [plan.batch * plan.length], 'int32') : null;
  const h = rmsNorm(
    graph,
    chosenRows(graph, x, at, inverse),
    inside.vector('output_norm.weight', config.width),
    config.epsilon,
  );
  const head = config.tied ? embedding : inside.matrix('output.weight', [config.vocabulary, config.width]);
  finish(inside, h, head, purpose);
  return graph;
}

function finish(
  { graph, plan, parameters, sizes, flat }: Inside,
  h: Tensor,
  head: Matrix,
  purpose: DecoderPurpose,
): void {
  if (purpose === 'predict') {
    graph.output('scores', forwardProduct(graph, h, head));
    return;
  }
  const labels = graph.input('labels', [plan.targets], 'int32');
  const weights = purpose === 'train' ? graph.input('weights', [plan.targets]) : null;
  const options = { labels, weights, rowsAtOnce: plan.targetsAtOnce, parts: plan.vocabularyParts };
  const { losses, loss } = crossEntropy(graph, h, head, options);
  if (purpose === 'measure') {
    graph.output('losses', losses);
    return;
  }
  graph.output('loss_next', graph.add(graph.input('loss', []), loss));
  const gradients = graph.gradients(loss, parameters);
  const joined = joinFlat(
    graph,
    gradients.map((g, i) => graph.reshape(g, [sizes[i] ?? 0])),
  );
  graph.output('gradients_next', graph.add(graph.input('gradients', flat.shape), joined));
}

/** What the parts of one graph share. */
interface Inside {
  readonly graph: TensorGraph;
  readonly config: DecoderConfig;
  readonly plan: DecoderPlan;
  readonly flat: Tensor;
  /** What is learnt, in the order of `learntParameters`. */
  readonly parameters: readonly Tensor[];
  readonly sizes: readonly number[];
  readonly matrix: (name: string, shape: readonly number[]) => Matrix;
  readonly vector: (name: string, size: number) => Tensor;
  readonly lowRank: (layer: number, module: DecoderModule) => LowRank | undefined;
  readonly positions: Tensor;
  readonly tables: ReturnType<typeof rotaryTables>;
  readonly masks: ReturnType<typeof attentionMasks>;
}

function openInside(graph: TensorGraph, config: DecoderConfig, plan: DecoderPlan): Inside {
  const { batch, length, learns, precision } = plan;
  const listed = learntParameters(config, learns);
  const sizes = listed.map(({ shape }) => sizeOf(shape));
  const flat = graph.input('parameters', [sizes.reduce((sum, size) => sum + size, 0)]);
  const parameters = splitFlat(graph, flat, sizes).map((part, i) => graph.reshape(part, listed[i]?.shape ?? []));
  const learnt = new Map(listed.map(({ name }, i) => [name, parameters[i]]));
  const matrix = (name: string, shape: readonly number[]): Matrix => {
    const own = learnt.get(name);
    if (own) return { form: 'full', tensor: own, learnt: true };
    if (precision === 'full' || !canBeEightBit(shape))
      return { form: 'full', tensor: graph.input(name, shape), learnt: false };
    const blocks = [shape[0] ?? 0, (shape[1] ?? 0) / eightBitBlock];
    return {
      form: 'eight-bit',
      tensor: graph.input(`${name}|values`, shape, 'uint8'),
      scales: graph.input(`${name}|scales`, blocks),
      zeros: graph.input(`${name}|zeros`, blocks, 'uint8'),
    };
  };
  const positions = plan.packed
    ? graph.input('positions', [batch, length], 'int64')
    : graph.constant(
        'int64',
        [batch, length],
        BigInt64Array.from({ length: batch * length }, (_, i) => BigInt(i % length)),
      );
  const segments = plan.packed ? graph.input('segments', [batch, length], 'int32') : null;
  return {
    graph,
    config,
    plan,
    flat,
    parameters,
    sizes,
    matrix,
    vector: (name, size) => learnt.get(name) ?? graph.input(name, [size]),
    lowRank: (layer, module) => {
      if (learns.what === 'all') return undefined;
      const name = `blk.${layer}.${module}.weight`;
      const [a, b] = [learnt.get(`${name}.lora_a`), learnt.get(`${name}.lora_b`)];
      return a && b ? { a, b, scale: learns.alpha / learns.rank } : undefined;
    },
    positions,
    tables: rotaryTables(graph, config, length),
    masks: attentionMasks(graph, config, length, segments),
  };
}

const scaled = (graph: TensorGraph, x: Tensor, factor: number): Tensor =>
  factor === 1 ? x : graph.record(graph.scale(x, factor), [x], (g) => [graph.scale(g, factor)]);

function decoderLayer(inside: Inside, x: Tensor, layer: number, recompute: boolean): Tensor {
  const { graph } = inside;
  const parts = layerParts(inside, layer);
  const block = (input: Tensor): Tensor => feedForward(inside, parts, selfAttention(inside, parts, input));
  if (!recompute) return block(x);
  return recomputed(graph, block, x, parts.learnt);
}

interface LayerParts {
  readonly local: boolean;
  readonly norm: (name: string) => Tensor;
  readonly project: (x: Tensor, module: DecoderModule) => Tensor;
  /** What is learnt within the layer. */
  readonly learnt: readonly Tensor[];
}

function layerParts({ graph, config, plan, parameters, matrix, vector, lowRank }: Inside, layer: number): LayerParts {
  const { window, headNorm, postNorm, bias } = config;
  const own = (name: string): string => `blk.${layer}.${name}`;
  const norms = new Map<string, Tensor>();
  const addNorm = (name: string, size: number): void => void norms.set(name, vector(own(`${name}.weight`), size));
  addNorm('attn_norm', config.width);
  addNorm('ffn_norm', config.width);
  if (headNorm) for (const name of ['attn_q_norm', 'attn_k_norm']) addNorm(name, config.headWidth);
  if (postNorm) for (const name of ['post_attention_norm', 'post_ffw_norm']) addNorm(name, config.width);
  const matrices = new Map<DecoderModule, Matrix>();
  for (const m of decoderModules) matrices.set(m, matrix(own(`${m}.weight`), moduleShape(config, m)));
  const biases = new Map<DecoderModule, Tensor>();
  if (bias) for (const m of biasedModules) biases.set(m, vector(own(`${m}.bias`), moduleShape(config, m)[0]));
  const inLayer = learntParameters(config, plan.learns).flatMap(({ name }, i) => {
    const parameter = parameters[i];
    return name.startsWith(`blk.${layer}.`) && parameter ? [parameter] : [];
  });
  return {
    local: window !== null && (layer + 1) % window.every !== 0,
    norm: (name) => norms.get(name) ?? missing(name),
    project: (x, module) =>
      linear(graph, x, matrices.get(module) ?? missing(module), {
        bias: biases.get(module),
        lowRank: lowRank(layer, module),
      }),
    learnt: inLayer,
  };
}

const missing = (name: string): never => {
  throw new Error(`the layer has no ${name}`);
};

function selfAttention(inside: Inside, { local, norm, project }: LayerParts, x: Tensor): Tensor {
  const { graph, config, plan, positions, tables, masks } = inside;
  const { heads, keyHeads, headWidth, epsilon, headNorm, interleaved } = config;
  const { batch, length } = plan;
  const normal = rmsNorm(graph, x, norm('attn_norm'), epsilon);
  const byHeads = (value: Tensor, count: number, normName?: string): Tensor => {
    const one = normName
      ? rmsNorm(graph, reshaped(graph, value, [batch * length * count, headWidth]), norm(normName), epsilon)
      : value;
    return reshaped(graph, one, [batch, length, count * headWidth]);
  };
  const table = local ? tables.local : tables.global;
  const q = byHeads(project(normal, 'attn_q'), heads, headNorm ? 'attn_q_norm' : undefined);
  const k = byHeads(project(normal, 'attn_k'), keyHeads, headNorm ? 'attn_k_norm' : undefined);
  const v = byHeads(project(normal, 'attn_v'), keyHeads);
  const seen = attention(
    graph,
    rotated(graph, q, positions, table.queries, { heads, interleaved }),
    rotated(graph, k, positions, table.keys, { heads: keyHeads, interleaved }),
    v,
    local ? masks.local : masks.global,
    config,
  );
  let out = project(reshaped(graph, seen, [batch * length, heads * headWidth]), 'attn_output');
  if (config.postNorm) out = rmsNorm(graph, out, norm('post_attention_norm'), epsilon);
  return addUp(graph, x, out);
}

function feedForward({ graph, config }: Inside, { norm, project }: LayerParts, x: Tensor): Tensor {
  const normal = rmsNorm(graph, x, norm('ffn_norm'), config.epsilon);
  const inner = gatedUnit(graph, project(normal, 'ffn_gate'), project(normal, 'ffn_up'), config.activation);
  let out = project(inner, 'ffn_down');
  if (config.postNorm) out = rmsNorm(graph, out, norm('post_ffw_norm'), config.epsilon);
  return addUp(graph, x, out);
}
