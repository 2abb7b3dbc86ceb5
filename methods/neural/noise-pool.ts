/** The pool of uniform numbers that dropout reads: how many places read it in a step, how long a stretch each reads, and how long the pool is. */
import { largest } from '../../shared/append.ts';
import { sizeOf } from '../../shared/neural/describe-network.ts';
import type { Network } from '../../shared/neural/network.ts';
import { checkedFacts } from './parameters.ts';

const [leastReach, mostReach] = [32_768, 262_144];
/** As far as an epoch has use for: a small table's epoch would take longer to draw its noise than to learn. */
export const reachOf = (steps: number, sites: number, largest: number): number =>
  Math.min(mostReach, Math.max(leastReach, steps * sites * largest));

const innerLayers = (network: Network) => network.layers.flatMap((l) => (l.layer === 'residual' ? l.layers : [l]));
export function countNoiseSites(network: Network): number {
  return innerLayers(network).reduce((n, l) => {
    if (l.layer === 'dropout') return n + (l.rate > 0 ? 1 : 0);
    return n + (l.layer === 'transformer' && l.dropout > 0 ? 2 : 0);
  }, 0);
}
export function largestNoise(network: Network, batch: number): number {
  const facts = checkedFacts(network);
  const shapes = facts.layers.flatMap((l) => [l, ...(l.inner ?? [])]).map((l) => sizeOf(l.shape));
  const texts = network.input.kind === 'tokens' ? (network.input.texts ?? 1) : 1;
  return batch * texts * largest([1, ...shapes]);
}
