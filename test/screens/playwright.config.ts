import { defineConfig } from '@playwright/test';
import base from '../e2e/playwright.config.ts';

/** The pictures of `docs/screens.md`: walks like those of the end-to-end suite that judge nothing. */
export default defineConfig({
  ...base,
  workers: 1,
  expect: { timeout: 60_000 },
  use: { ...base.use, actionTimeout: 60_000, trace: 'off' },
  testMatch: '**/*.screens.ts',
  outputDir: '../../test-results/screens',
  projects: [{ name: 'screens' }],
});
