/** The gradients of a whole block of an encoder, with all that learns beside frozen matrices. */
import { describe, test } from 'vitest';
import { network as networkSchema } from '../../shared/neural/network.ts';
import { expectSlopes, type GradientCase } from '../../test/support/gradient-case.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { forward } from './forward.ts';
import { parametersOf } from './parameters.ts';
import { product } from './tensor-graph.ts';

/** An encoder of one block over two texts, one with filling: everything that learns beside frozen matrices, and what the answer learns. */
function blockCase(norm: 'before' | 'after'): GradientCase {
  const network = networkSchema.parse({
    input: { kind: 'tokens', length: 3, vocabulary: 20 },
    layers: [
      { layer: 'embedding', size: 4 },
      { layer: 'transformer', heads: 2, hidden: 5, activation: 'gelu-exact', norm, masked: true, epsilon: 1e-5 },
      { layer: 'global-pool', by: norm === 'after' ? 'mean' : 'first', masked: true },
    ],
    output: { kind: 'classes', count: 2 },
    lowRank: { rank: 2, alpha: 3 },
  });
  const all = parametersOf(network);
  const learnt = all.filter((p) => p.learnt);
  return {
    name: `a masked block with the norm ${norm} each half, low rank beside`,
    shapes: learnt.map((p) => p.shape),
    build: (g, tensors) => {
      const random = randomGenerator('block');
      const given = new Map(learnt.map((p, i) => [p.name, tensors[i]!]));
      for (const { name, shape, frozen } of all)
        if (frozen)
          given.set(
            name,
            g.constant(
              'float',
              shape,
              Float32Array.from({ length: product(shape) }, () => random.nextNormal() * 0.5 + 0.2),
            ),
          );
      const codes = g.constant('int32', [2, 3], [5, 17, 3, 9, 2, 0]);
      return forward(g, network, given, { codes }).answer;
    },
  };
}

describe.each(['cpu', 'gpu'] as const)('in the style of a %s, the gradient is the slope of', (style) => {
  test.each([blockCase('before'), blockCase('after')])('$name', (one) => expectSlopes(one, style));
});
