import type { DecoderConfig, Learns } from '../../shared/decoder.ts';
import { decoderWeights, moduleShape, sizeOf, type WeightShape } from './decoder-weights.ts';

export type { Learns };

/** What is learnt, in the order in which it stands in the flat vector. LoRA's matrices have llama.cpp's names: `….lora_a` [rank, in], `….lora_b` [out, rank]. */
export function learntParameters(config: DecoderConfig, learns: Learns): WeightShape[] {
  if (learns.what === 'all') return decoderWeights(config);
  const { rank, modules } = learns;
  return Array.from({ length: config.layers }, (_, layer) =>
    modules.flatMap((module) => {
      const [out, into] = moduleShape(config, module);
      const name = `blk.${layer}.${module}.weight`;
      return [
        { name: `${name}.lora_a`, shape: [rank, into] },
        { name: `${name}.lora_b`, shape: [out, rank] },
      ];
    }),
  ).flat();
}

export const learntCount = (config: DecoderConfig, learns: Learns): number =>
  learntParameters(config, learns).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
