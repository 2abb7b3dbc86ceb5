/** A real window of real Electron, where there is one: the sandboxed preload, the port across processes, the protocol, the policy. */
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Why there can be no window here; undefined where there can. */
function obstacle(): string | undefined {
  const record = join(root, 'node_modules/electron/path.txt');
  if (!existsSync(record) || !existsSync(join(root, 'node_modules/electron/dist', readFileSync(record, 'utf8'))))
    return 'Electron’s binary is not here (node node_modules/electron/install.js gets it)';
  if (process.platform !== 'linux') return undefined;
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display (xvfb-run gives one)';
  return process.getuid?.() === 0 ? 'Electron keeps its sandbox only for a user who is not root' : undefined;
}

const reason = obstacle();
if (reason !== undefined) console.log(`The test in a real Electron window was skipped: ${reason}.`);

describe.skipIf(reason !== undefined)('in a real window', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'flowyard-window-'));
  const errors: string[] = [];
  let electron: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    execFileSync(process.execPath, [join(root, 'cli/launch/build-desktop.mjs')], { cwd: root });
    mkdirSync(join(scratch, 'work'));
    electron = await _electron.launch({
      args: [join(root, 'dist/desktop'), `--user-data-dir=${join(scratch, 'user')}`],
      env: { ...process.env, FLOWYARD_NODE: process.execPath, FLOWYARD_HOME: join(scratch, 'work') },
    });
    page = await electron.firstWindow();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
  });
  afterAll(async () => {
    await electron.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  test('the page comes by the app’s own protocol, without Node, with the shell’s bridge', async () => {
    expect(page.url()).toBe('flowyard://app/index.html');
    const has = await page.evaluate(() => ({
      node: 'process' in window || 'require' in window,
      bridge: 'flowyardShell' in window,
    }));
    expect(has).toEqual({ node: false, bridge: true });
  });

  test('the window is joined with its host: the first screen lists the examples', async () => {
    await page.getByText('Penguins').first().waitFor({ timeout: 240_000 });
    expect(errors).toEqual([]);
  });

  test('the policy stops inline scripts, and the page cannot leave', async () => {
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "ran"';
      document.body.append(script);
      return document.title === 'ran';
    });
    expect(ran).toBe(false);
    await page.evaluate(() => location.assign('https://example.org/'));
    expect(page.url()).toBe('flowyard://app/index.html');
  });

  test('files beside the window’s cannot be read', async () => {
    const status = await page.evaluate(async () => (await fetch('flowyard://app/..%2f..%2fpackage.json')).status);
    expect(status).toBe(403);
  });
});
