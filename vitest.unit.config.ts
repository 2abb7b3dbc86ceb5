import { mergeConfig } from 'vitest/config';
import everything from './vitest.config.ts';

/** The quick ones, for `npm run check`: beside the code, and without those that start processes (`*.process.test.ts`). */
export default mergeConfig(everything, {
  test: {
    exclude: ['**/*.process.test.ts', 'test/{integration,conformance,support,peers}/**', 'nodes/conformance.test.ts'],
  },
});
