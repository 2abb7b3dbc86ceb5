import { configDefaults, defineConfig } from 'vitest/config';
import { ciWord } from './engine/llm/ci-word.ts';

/** What `npm test` runs. Slow suites (`*.slow.test.ts`) have `vitest.slow.config.ts`, end-to-end tests have Playwright. */
export default defineConfig({
  test: {
    include: ['{cli,electron,engine,methods,nodes,renderer,shared,test}/**/*.test.{ts,tsx,mjs}'],
    exclude: [...configDefaults.exclude, '**/*.slow.test.ts', 'test/e2e/**', 'test/templates/**'],
    // For the suites that ask node-llama-cpp without the worker.
    env: { CI: ciWord(process.env['CI']) },
    // Processes, not threads: native modules, child processes and SIGKILL tests need their own.
    pool: 'forks',
    maxWorkers: 2,
    // Against hanging alone: a machine that others use may stand still for seconds, and starts a process slowly.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
