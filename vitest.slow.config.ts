import { configDefaults, defineConfig } from 'vitest/config';

/** Suites of minutes, one file at a time: `npm run test:NAME` runs `NAME*.slow.test.ts`. */
export default defineConfig({
  test: {
    include: ['{cli,electron,engine,methods,nodes,renderer,shared,test}/**/*.slow.test.ts'],
    exclude: configDefaults.exclude,
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 20 * 60_000,
    hookTimeout: 10 * 60_000,
  },
});
