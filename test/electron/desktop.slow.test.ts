/** A real window of real Electron, where there is one: the sandboxed preload, the port across processes, the protocol, the policy. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDesktop, type Desktop, type RealWindow } from './real-window.ts';

describe('in a real window', () => {
  let desktop: Desktop;
  let open: RealWindow;

  beforeAll(async () => {
    desktop = await openDesktop();
    console.log(`Electron ${desktop.electron.version}`);
    open = await desktop.open();
  });
  afterAll(() => desktop?.[Symbol.asyncDispose]());

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

  test.runIf(process.platform === 'linux')('the page runs in the system’s sandbox', async () => {
    const pids = await open.electron.evaluate(({ app }) =>
      app.getAppMetrics().flatMap(({ type, pid }) => (type === 'Tab' ? [pid] : [])),
    );
    expect(pids.length).toBeGreaterThan(0);
    // 2: what the process may ask of the kernel is filtered.
    for (const pid of pids) expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
  });

  test('files beside the window’s cannot be read', async () => {
    const status = await open.page.evaluate(async () => (await fetch('flowyard://app/..%2f..%2fpackage.json')).status);
    expect(status).toBe(403);
  });
});
