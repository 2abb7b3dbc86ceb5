import { defineConfig } from '@playwright/test';

/** Chromium as servers have it: no GPU, and no talk with the network. Root cannot have its sandbox. */
const args = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** CHROMIUM is set by the launcher where Playwright's own browser is not in its cache. */
const executablePath = process.env['CHROMIUM'];

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../../test-results/e2e',
  // Files side by side: each test has an app and a workspace of its own.
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  retries: 0,
  // Against hanging alone, since the machine may be shared by many and stand still for seconds: the longest job took a minute and a half on two cores with a load of fifteen.
  timeout: 480_000,
  expect: { timeout: 120_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    // A step that finds nothing ends a test soon, whatever the test's own limit.
    actionTimeout: 120_000,
    trace: { mode: 'retain-on-failure', snapshots: false, screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: { args, ...(executablePath === undefined ? {} : { executablePath }) },
  },
  // Tests run in light and large (`npm test`, but for those tagged @later), those tagged @dark and @later in dark, those tagged @everywhere in a dark and
  // small window, too (`npm run test:themes`).
  projects: [
    { name: 'light', use: { colorScheme: 'light' } },
    { name: 'dark', use: { colorScheme: 'dark' }, grep: /@dark|@later/ },
    { name: 'dark-small', use: { colorScheme: 'dark', viewport: { width: 1280, height: 720 } }, grep: /@everywhere/ },
  ],
});
