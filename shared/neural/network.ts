/**
 * A neural network as data: what goes in, a list of layers, what comes out. The file that a person saves, the window's layer editor, the trainer and
 * the export all read this. Shapes leave out the examples' axis: a table row is [size], a series [length, channels], an image [channels, height, width].
 */
import * as z from 'zod';

export const activation = z.enum([
  'none',
  'relu',
  'leaky-relu',
  'elu',
  /** By tanh. */
  'gelu',
  /** By the error function, as BERT has it. */
  'gelu-exact',
  'silu',
  'tanh',
  'sigmoid',
  'softplus',
]);
export type Activation = z.output<typeof activation>;

const size = (most = 65_536) => z.number().int().min(1).max(most);
const activated = { activation: activation.default('none') };
/** Windows that slide over maps and series. `same` keeps the size (divided by the stride), `valid` loses the border. */
const windowed = {
  kernel: size(99).default(3),
  stride: size(99).default(1),
  padding: z.enum(['same', 'valid']).default('same'),
};
const heads = size(256).default(4);
const dropRate = z.number().min(0).lt(1);

const simpleLayers = [
  /** The last axis alone is mixed: [size] → [units], [length, channels] → [length, units]. */
  z.strictObject({ layer: z.literal('dense'), units: size(), bias: z.boolean().default(true), ...activated }),
  /** [channels, height, width] → [filters, …]. */
  z.strictObject({
    layer: z.literal('conv2d'),
    filters: size(),
    ...windowed,
    bias: z.boolean().default(true),
    ...activated,
  }),
  /** [length, channels] → [length / stride, filters]. `dilation` spreads the window. */
  z.strictObject({
    layer: z.literal('conv1d'),
    filters: size(),
    ...windowed,
    dilation: size(1024).default(1),
    bias: z.boolean().default(true),
    ...activated,
  }),
  /** Over images (squares) and over series (stretches). Borders that do not fill a window are left out. */
  z.strictObject({
    layer: z.literal('pool'),
    by: z.enum(['max', 'mean']).default('max'),
    size: size(99).default(2),
    stride: size(99).optional(),
  }),
  /** An image to one number a channel, a series to one number a channel; `first`: the numbers of a series' first place. `masked`: without filling. */
  z.strictObject({
    layer: z.literal('global-pool'),
    by: z.enum(['mean', 'max', 'first']).default('mean'),
    masked: z.boolean().optional(),
  }),
  z.strictObject({ layer: z.literal('flatten') }),
  z.strictObject({ layer: z.literal('reshape'), shape: z.array(size()).min(1).max(3) }),
  /** Only while training. */
  z.strictObject({ layer: z.literal('dropout'), rate: dropRate.default(0.2) }),
  /** Running mean and variance are kept for prediction: new = (1 − momentum) · old + momentum · batch. */
  z.strictObject({
    layer: z.literal('batch-norm'),
    momentum: z.number().gt(0).max(1).default(0.1),
    epsilon: z.number().gt(0).max(1).default(1e-5),
  }),
  /** Over the last axis. */
  z.strictObject({ layer: z.literal('layer-norm'), epsilon: z.number().gt(0).max(1).default(1e-5) }),
  z.strictObject({ layer: z.literal('activation'), activation }),
  /** Whole numbers [length] → [length, size]. Only as the first layer of a network that takes tokens. */
  z.strictObject({ layer: z.literal('embedding'), size: size(8192) }),
  /** Adds each place's own vector to a series. */
  z.strictObject({ layer: z.literal('positional'), by: z.enum(['learned', 'sinusoidal']).default('learned') }),
  /** Multi-head self-attention over a series, without normalisation or a way around it. `causal`: a place sees those before it alone. */
  z.strictObject({ layer: z.literal('attention'), heads, causal: z.boolean().default(false) }),
  /**
   * Pre-norm block: x + attention(norm x), then x + dense(activation(dense(norm x))). With the norm after, as in BERT: norm(x + attention x), then
   * norm(x + dense(activation(dense x))). `masked`: no place looks at filling (token 0).
   */
  z.strictObject({
    layer: z.literal('transformer'),
    heads,
    /** Width inside the second half; default four times the channels. */
    hidden: size().optional(),
    activation: activation.default('gelu'),
    causal: z.boolean().default(false),
    dropout: dropRate.default(0),
    norm: z.enum(['before', 'after']).optional(),
    epsilon: z.number().gt(0).max(1).optional(),
    masked: z.boolean().optional(),
  }),
  /** A series to its last state [units], or to all states [length, units]. */
  z.strictObject({
    layer: z.literal('recurrent'),
    cell: z.enum(['gru', 'lstm']).default('gru'),
    units: size(8192),
    gives: z.enum(['last', 'all']).default('last'),
  }),
] as const;

export const simpleLayer = z.discriminatedUnion('layer', [...simpleLayers]);
export type SimpleLayer = z.output<typeof simpleLayer>;
/** x + layers(x): what the layers give must have the shape of what they got. */
export const residual = z.strictObject({ layer: z.literal('residual'), layers: z.array(simpleLayer).min(1).max(32) });
export const layer = z.discriminatedUnion('layer', [...simpleLayers, residual]);
export type Layer = z.output<typeof layer>;
export type LayerName = Layer['layer'];

export const networkInput = z.discriminatedUnion('kind', [
  /** Numbers beside categories; each category has its own vector of `size` numbers, learnt, put behind the numbers: [numbers + Σ size]. */
  z.object({
    kind: z.literal('table'),
    numbers: z.number().int().min(0),
    categories: z.array(z.object({ name: z.string(), count: size(1_000_000), size: size(512) })).default([]),
  }),
  z.object({ kind: z.literal('image'), channels: size(64), height: size(4096), width: size(4096) }),
  z.object({ kind: z.literal('series'), length: size(), channels: size() }),
  /** `vocabulary`: how many different tokens; 0 is for filling. `texts`: an example is two texts of this length, which go through the same layers. */
  z.object({
    kind: z.literal('tokens'),
    length: size(),
    vocabulary: size(1_000_000),
    texts: z.literal(2).optional(),
  }),
]);
export type NetworkInput = z.output<typeof networkInput>;

/** What is predicted. The head (a dense layer of the right width) is added behind the layers. */
export const networkOutput = z.discriminatedUnion('kind', [
  /** One of `count` classes: softmax, cross-entropy. */
  z.object({ kind: z.literal('classes'), count: size(100_000) }),
  /** Numbers. */
  z.object({
    kind: z.literal('values'),
    count: size(),
    loss: z.enum(['squared', 'absolute', 'huber']).default('squared'),
  }),
  /** Each of `count` labels holds or not: sigmoid, binary cross-entropy. */
  z.object({ kind: z.literal('labels'), count: size() }),
  /** The input again (table without categories, image, series): an autoencoder. A dense head is added where the last layer's size is another. */
  z.object({ kind: z.literal('input-again'), loss: z.enum(['squared', 'absolute', 'huber']).default('squared') }),
  /**
   * Of two texts the cosine of what the last layer makes of them. `squared`: towards a given number. `contrast`: each first text is nearer to its second than
   * to those of the other rows of the batch (cross-entropy over their cosines × 20).
   */
  z.object({ kind: z.literal('similarity'), loss: z.enum(['squared', 'contrast']).default('squared') }),
]);
export type NetworkOutput = z.output<typeof networkOutput>;

/**
 * Low-rank matrices beside those of the transformer blocks learn instead of the layers themselves (Hu et al. 2021); the answer's layer learns as ever. In
 * training alone: what was learnt is added to the matrices afterwards.
 */
export const lowRank = z.object({ rank: size(1024), alpha: z.number().gt(0).max(4096) });
export type LowRankSettings = z.output<typeof lowRank>;

export const network = z.object({
  input: networkInput,
  layers: z.array(layer).max(256),
  output: networkOutput,
  lowRank: lowRank.optional(),
});
export type Network = z.output<typeof network>;
