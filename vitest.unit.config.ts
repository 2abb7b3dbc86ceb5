import { mergeConfig } from 'vitest/config';
import everything from './vitest.config.ts';

/** The quick ones, for `npm run check`: beside the code, without those that start processes (`*.process.test.ts`) and those that compute for seconds. */
export default mergeConfig(everything, {
  test: {
    exclude: [
      '**/*.process.test.ts',
      'test/{integration,conformance,support,peers}/**',
      'nodes/conformance.test.ts',
      'nodes/train/{neural,image,sequence}-network/**',
      'nodes/train/{autoencoder,embedding-head,encoder}/**',
      'methods/trees/peers.test.ts',
      'engine/neural/train-network.test.ts',
      'engine/run/results/snapshots.test.ts',
    ],
  },
});
