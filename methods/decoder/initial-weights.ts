import { randomGenerator } from '../random/random-generator.ts';
import type { DecoderConfig } from './decoder-config.ts';
import { decoderWeights, sizeOf } from './decoder-weights.ts';

/**
 * Weights to begin a training with (Radford et al. 2019): normal with standard deviation 0.02, divided by √(2 · layers) in the matrices that add to the
 * residual stream; norms 1, biases 0. Each tensor has its own stream of the seed.
 */
export function initialWeights(config: DecoderConfig, seed: number | string): Map<string, Float32Array<ArrayBuffer>> {
  const random = randomGenerator(seed);
  const weights = new Map<string, Float32Array<ArrayBuffer>>();
  for (const { name, shape } of decoderWeights(config)) {
    const values = new Float32Array(sizeOf(shape));
    if (name.endsWith('_norm.weight')) values.fill(1);
    else if (!name.endsWith('.bias')) {
      const residual = name.includes('attn_output') || name.includes('ffn_down');
      const deviation = 0.02 / (residual ? Math.sqrt(2 * config.layers) : 1);
      const stream = random.stream(name);
      for (let i = 0; i < values.length; i++) values[i] = stream.nextNormal() * deviation;
    }
    weights.set(name, values);
  }
  return weights;
}
