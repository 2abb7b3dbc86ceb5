/** A real window of real Electron, where there is one: the sandboxed preload, the port across processes, the protocol, the policy. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  killOpened,
  noWindowBecause,
  openDisplay,
  openElectron,
  stageDesktop,
  type RealWindow,
} from './real-window.ts';

const reason = noWindowBecause();
if (reason !== undefined) console.log(`The test in a real Electron window was skipped: ${reason}.`);

describe.skipIf(reason !== undefined)('in a real window', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'flowyard-window-'));
  let open: RealWindow;
  let display: AsyncDisposable | undefined;

  beforeAll(async () => {
    display = await openDisplay();
    stageDesktop();
    mkdirSync(join(scratch, 'work'));
    open = await openElectron(scratch);
  });
  afterAll(async () => {
    killOpened();
    await display?.[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  });

  test('the page comes by the app’s own protocol, without Node, with the shell’s bridge', async () => {
    expect(open.page.url()).toBe('flowyard://app/index.html');
    const has = await open.page.evaluate(() => ({
      node: 'process' in window || 'require' in window,
      bridge: 'flowyardShell' in window,
    }));
    expect(has).toEqual({ node: false, bridge: true });
  });

  test('the window is joined with its host: the first screen lists the examples', async () => {
    await open.page.getByText('Penguins').first().waitFor({ timeout: 240_000 });
    expect(open.errors).toEqual([]);
  });

  test('the policy stops inline scripts, and the page cannot leave', async () => {
    const ran = await open.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "ran"';
      document.body.append(script);
      return document.title === 'ran';
    });
    expect(ran).toBe(false);
    await open.page.evaluate(() => location.assign('https://example.org/'));
    expect(open.page.url()).toBe('flowyard://app/index.html');
  });

  test('files beside the window’s cannot be read', async () => {
    const status = await open.page.evaluate(async () => (await fetch('flowyard://app/..%2f..%2fpackage.json')).status);
    expect(status).toBe(403);
  });
});
