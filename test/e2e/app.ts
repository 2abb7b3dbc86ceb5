/**
 * The app as a person has it, for each test its own, in an empty workspace: served to the browser, or with FLOWYARD_E2E=desktop in Electron.
 * Specs import `test` and `expect` from here and get a `page` that shows the first screen. A console error or an uncaught one fails the test.
 */
import { _electron, expect, test as base, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveApp } from '../support/served-app.ts';

export interface OpenApp extends AsyncDisposable {
  /** Absolute folder; empty at first. */
  workspace: string;
  page: Page;
}
export interface Fixtures {
  openApp: OpenApp;
  workspace: string;
  /** What the page complained of; a test that provokes an error empties it. */
  complaints: string[];
}

const root = join(import.meta.dirname, '..', '..');
const isDesktop = process.env['FLOWYARD_E2E'] === 'desktop';

async function openInBrowser(page: Page): Promise<OpenApp> {
  const app = await serveApp();
  await page.goto(app.url);
  // Keys that are pressed before the window listens are pressed in vain.
  await page.getByRole('button', { name: /Blank pipeline/ }).waitFor();
  return {
    workspace: app.workspace,
    page,
    [Symbol.asyncDispose]: async () => {
      // A window that outlives its host asks for it again and again, and complains.
      await page.close();
      await app[Symbol.asyncDispose]();
    },
  };
}

/** Before the page loads, so that nothing is missed. */
function collect(page: Page, complaints: string[]): Page {
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return page;
}

async function openInElectron(complaints: string[]): Promise<OpenApp> {
  const scratch = await mkdtemp(join(tmpdir(), 'flowyard-e2e-'));
  const workspace = join(scratch, 'Flowyard');
  const electron = await _electron.launch({
    args: [join(root, 'dist/desktop'), `--user-data-dir=${join(scratch, 'user')}`],
    env: { ...process.env, FLOWYARD_NODE: process.execPath, FLOWYARD_HOME: scratch },
  });
  return {
    workspace,
    page: collect(await electron.firstWindow(), complaints),
    [Symbol.asyncDispose]: async () => {
      await electron.close();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}

export const test = base.extend<Fixtures>({
  complaints: async ({}, give) => {
    const complaints: string[] = [];
    await give(complaints);
    expect(complaints).toEqual([]);
  },
  openApp: async ({ context, complaints }, give) => {
    await using app = isDesktop
      ? await openInElectron(complaints)
      : await openInBrowser(collect(await context.newPage(), complaints));
    await give(app);
  },
  workspace: async ({ openApp }, give) => give(openApp.workspace),
  page: async ({ openApp }, give) => give(openApp.page),
});
export { expect };
