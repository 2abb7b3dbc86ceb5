import { randomGenerator } from '../random/random-generator.ts';
import type { WeightShape } from './decoder-weights.ts';
import { sizeOf } from './decoder-weights.ts';

/** A uniform in ±1/√in (as peft: Kaiming uniform with √5), B zero: an adapter that changes nothing yet. Flat, in the order of the parameters. */
export function initialAdapter(parameters: readonly WeightShape[], seed: number): Float32Array<ArrayBuffer> {
  const random = randomGenerator(seed);
  const flat = new Float32Array(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let at = 0;
  for (const { name, shape } of parameters) {
    const size = sizeOf(shape);
    if (name.endsWith('.lora_a')) {
      const reach = 1 / Math.sqrt(shape[1] ?? 1);
      const stream = random.stream(name);
      for (let i = 0; i < size; i++) flat[at + i] = (stream.nextFloat() * 2 - 1) * reach;
    }
    at += size;
  }
  return flat;
}
