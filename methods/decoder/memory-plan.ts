import type { DecoderConfig, DecoderMemory, Learns } from '../../shared/decoder.ts';
import { decoderWeights, sizeOf } from './decoder-weights.ts';
import { learntCount } from './learnt-parameters.ts';
import { canBeEightBit } from './decoder-graph.ts';
import { eightBitBlock } from './matrix.ts';

export interface MemoryPlan {
  readonly precision: 'full' | 'eight-bit';
  readonly recompute: boolean;
  readonly targetsAtOnce: number;
  readonly vocabularyParts: number;
  /** An estimate of what the process takes while it trains. */
  readonly bytes: number;
}

/** Scores of the output layer that are in memory at a time, as numbers. */
const scoresAtOnce = 32e6;
/** Numbers of the output layer that are unpacked at a time. */
const unpackedAtOnce = 32e6;
/** Node, onnxruntime and the graphs themselves. */
const ownBytes = 250e6;

/**
 * The plainest way that fits: weights as they are, else layers computed again, else also blocks of eight bits. With `full` or `small` the way is given and
 * only the estimate is made. `null`: not even the smallest fits.
 */
export function planMemory(
  config: DecoderConfig,
  learns: Learns,
  tokens: number,
  wanted: DecoderMemory,
  freeBytes: number,
): MemoryPlan | null {
  const whole = learns.what === 'all';
  const ways = [
    { precision: 'full', recompute: false },
    { precision: 'full', recompute: true },
    { precision: 'eight-bit', recompute: true },
  ] as const;
  const plans = ways
    .filter(({ precision }) => !(whole && precision === 'eight-bit'))
    .map((way) => ({ ...way, ...headSizes(config, way.precision), bytes: estimate(config, learns, tokens, way) }));
  if (wanted === 'full') return plans[0] ?? null;
  if (wanted === 'small') return plans.at(-1) ?? null;
  return plans.find(({ bytes }) => bytes <= freeBytes) ?? null;
}

function headSizes(
  { vocabulary, width }: DecoderConfig,
  precision: 'full' | 'eight-bit',
): Pick<MemoryPlan, 'targetsAtOnce' | 'vocabularyParts'> {
  const targets = 2 ** Math.floor(Math.log2(scoresAtOnce / vocabulary));
  return {
    targetsAtOnce: Math.min(1024, Math.max(16, targets)),
    vocabularyParts: precision === 'full' ? 1 : Math.max(1, Math.ceil((vocabulary * width) / unpackedAtOnce)),
  };
}

/** Fitted to measured trainings of 0.27 and 1 billion parameters at 64 to 512 tokens. */
function estimate(
  config: DecoderConfig,
  learns: Learns,
  tokens: number,
  { precision, recompute }: Pick<MemoryPlan, 'precision' | 'recompute'>,
): number {
  const frozen = learns.what === 'all' ? [] : decoderWeights(config);
  const weights = frozen.reduce((sum, { shape }) => {
    const small = precision === 'eight-bit' && canBeEightBit(shape);
    return sum + sizeOf(shape) * (small ? 1 + 4 / eightBitBlock : 4);
  }, 0);
  // Parameters, mean, square and gradients, each twice: a step reads one and writes the other.
  const learnt = learntCount(config, learns) * 4 * 8;
  const { layers, width, heads, keyHeads, headWidth, hidden, vocabulary } = config;
  const perLayer = 8 * width + 6 * (heads + 2 * keyHeads) * headWidth + 5 * hidden + 3 * heads * Math.min(tokens, 512);
  const activations = 4 * tokens * (recompute ? layers * width + 2 * perLayer : layers * perLayer);
  const { targetsAtOnce } = headSizes(config, precision);
  const scores = 4 * 3 * Math.min(targetsAtOnce, tokens) * vocabulary;
  const unpacked = precision === 'eight-bit' ? 4 * 2 * Math.min(unpackedAtOnce, vocabulary * width) : 0;
  return Math.round(weights + learnt + activations + scores + unpacked + ownBytes);
}
