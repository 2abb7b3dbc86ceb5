import { describeNetwork } from '../../../shared/neural/describe-network.ts';
import type { Network } from '../../../shared/neural/network.ts';

/** About 20 million multiplications a step: below, the calls cost more than the numbers. */
export function isSmall({ network, batchSize = 64 }: { network?: Network; batchSize?: number }): boolean {
  if (network === undefined) return false;
  const facts = describeNetwork(network);
  let work = 0;
  for (const [i, layer] of facts.layers.entries()) {
    const isConvolution = network.layers[i]?.layer.startsWith('conv') === true;
    const places = isConvolution
      ? layer.shape.slice(layer.shape.length === 3 ? 1 : 0, layer.shape.length === 3 ? 3 : 1).reduce((a, b) => a * b, 1)
      : layer.shape.length === 2
        ? (layer.shape[0] ?? 1)
        : 1;
    work += layer.parameters * places;
  }
  return (work + (facts.head?.parameters ?? 0)) * batchSize * 3 < 2e7;
}
