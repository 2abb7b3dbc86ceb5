/** An encoder as a network of the neural engine: what it learns, answers with and is exported as. */
import type { Layer, LowRankSettings, Network, NetworkOutput } from '../../shared/neural/network.ts';
import type { EncoderShape } from './encoder-shape.ts';

export type Pooling = 'mean' | 'first';

export interface EncoderUse {
  /** Tokens of a text. */
  readonly length: number;
  readonly pool: Pooling;
  /** Share that is left out while it learns: behind the embeddings, behind both halves of each layer, before the answer. */
  readonly dropout: number;
  readonly output: NetworkOutput;
  readonly lowRank?: LowRankSettings | undefined;
}

/** Layers before the first block: embedding, positions, norm, dropout. */
export const blocksBegin = 4;

/** The blocks' layers up to the numbers of each token. */
export const tokenLayers = (shape: EncoderShape, dropout = 0): Layer[] => [
  { layer: 'embedding', size: shape.width },
  { layer: 'positional', by: 'learned' },
  { layer: 'layer-norm', epsilon: shape.epsilon },
  { layer: 'dropout', rate: dropout },
  ...Array.from({ length: shape.layers }, (): Layer => ({
    layer: 'transformer',
    heads: shape.heads,
    hidden: shape.hidden,
    activation: shape.activation,
    causal: false,
    dropout,
    norm: 'after',
    epsilon: shape.epsilon,
    masked: true,
  })),
];

export const encoderInput = (shape: EncoderShape, length: number, texts: 1 | 2 = 1) => ({
  kind: 'tokens' as const,
  length,
  vocabulary: shape.vocabulary,
  ...(texts === 2 ? { texts } : {}),
});

export function encoderNetwork(shape: EncoderShape, { length, pool, dropout, output, lowRank }: EncoderUse): Network {
  return {
    input: encoderInput(shape, length, output.kind === 'similarity' ? 2 : 1),
    layers: [
      ...tokenLayers(shape, dropout),
      { layer: 'global-pool', by: pool, masked: true },
      { layer: 'dropout', rate: output.kind === 'similarity' ? 0 : dropout },
    ],
    output,
    ...(lowRank === undefined ? {} : { lowRank }),
  };
}
