import { configDefaults, defineConfig } from 'vitest/config';
import { ciWord } from './engine/llm/ci-word.ts';

/** Suites of minutes, one file at a time: `npm run test:NAME` runs `NAME*.slow.test.ts`. */
export default defineConfig({
  test: {
    include: ['{cli,electron,engine,methods,nodes,renderer,shared,test}/**/*.slow.test.ts'],
    exclude: [...configDefaults.exclude, 'test/templates/**'],
    // For the suites that ask node-llama-cpp without the worker.
    env: { CI: ciWord(process.env['CI']) },
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 20 * 60_000,
    hookTimeout: 10 * 60_000,
  },
});
