/** What the system does to the app, in a real Electron: starts, the menu's keys, dialogs, drops, crashes, a keychain that is not there. */
import { expect as see } from '@playwright/test';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DesktopBridge } from '../../shared/desktop-bridge.ts';
import { card } from '../e2e/window.ts';
import { ended, openDesktop, quit, type Desktop, type RealWindow } from './real-window.ts';

const patient = see.configure({ timeout: 60_000 });
const pipeline = { flowyard: 1, nodes: { data: { kind: 'data.example-data', params: {} } }, wires: [] };

describe('the shell of a real window', () => {
  let desktop: Desktop;
  let open: RealWindow;
  /** Beside the app's own workspace. */
  let other: string;

  const secretsFile = (): string => join(desktop.scratch, 'secrets-file.json');

  beforeAll(async () => {
    desktop = await openDesktop();
    other = join(desktop.scratch, 'an other');
    mkdirSync(other);
    open = await desktop.open({ env: { FLOWYARD_SECRETS_FILE: secretsFile(), FLOWYARD_SECRETS_KEY: 'a passphrase' } });
    await patient(open.page.getByText('Penguins').first()).toBeVisible();
  });
  afterAll(() => desktop?.[Symbol.asyncDispose]());

  /** As a keyboard does: the system gives the key to the focused window, that to the page, and what the page leaves to the menu. */
  async function press(keys: string): Promise<void> {
    const handle = await open.electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.webContents.focus();
      return window?.getNativeWindowHandle().readUInt32LE() ?? 0;
    });
    execFileSync('xdotool', ['windowfocus', '--sync', String(handle), 'key', '--clearmodifiers', keys]);
  }
  /** Starts the app a second time, which hands over and ends. */
  async function startAgain(...args: string[]): Promise<void> {
    const program = join(desktop.electron.dist, 'electron');
    const child = spawn(program, [desktop.electron.app, `--user-data-dir=${join(desktop.scratch, 'user')}`, ...args], {
      cwd: desktop.scratch,
      stdio: 'ignore',
    });
    await once(child, 'exit');
  }
  const titles = (): Promise<string[]> =>
    open.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((one) => one.getTitle()));

  test('the window is called by its workspace', async () => {
    await patient.poll(titles).toEqual(['Flowyard – Flowyard']);
  });

  test.runIf(process.platform === 'linux')(
    'Ctrl+N makes a pipeline, Ctrl+W closes it, Ctrl+O asks for a CSV',
    async () => {
      await press('ctrl+n');
      await patient.poll(titles).toEqual([expect.stringMatching(/^.+ – Flowyard – Flowyard$/)]);
      await press('ctrl+w');
      await patient.poll(titles).toEqual(['Flowyard – Flowyard']);
      // A workspace without data may ask at once, by the system's own dialog, which takes all keys until it is closed.
      open.page.on('filechooser', () => undefined);
      await press('ctrl+o');
      await patient(open.page.getByRole('dialog')).toBeVisible();
      await open.page.keyboard.press('Escape');
      await patient(open.page.getByRole('dialog')).toBeHidden();
    },
  );

  test.runIf(process.platform === 'linux')(
    'Ctrl+Shift+O asks by the system’s own dialog, and what is chosen opens',
    async () => {
      const file = join(desktop.home, 'chosen.pipeline.json');
      writeFileSync(file, JSON.stringify(pipeline));
      await open.electron.evaluate(({ dialog }, path) => {
        dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
      }, file);
      await press('ctrl+shift+o');
      await patient(card(open.page, 'data')).toBeVisible();
    },
  );

  test('a problem of the shell is told in its own words', async () => {
    const said = await open.page.evaluate(() =>
      (window as { flowyardShell?: DesktopBridge }).flowyardShell?.secrets.set('a.key', 'hush').then(
        () => 'kept',
        (error: unknown) => String(error),
      ),
    );
    expect(said).toMatch(/^Error: This system offers no keychain, so the secret was not kept\. /);
  });

  test('without a keychain a secret goes into the encrypted file', async () => {
    await open.page.keyboard.press('Alt+5');
    const { page } = open;
    await page.getByRole('radiogroup', { name: 'Language models' }).getByText('Models', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('api.key');
    await page.getByLabel('Value', { exact: true }).fill('hush-hush');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await patient(page.getByText('api.key', { exact: true })).toBeVisible();
    const kept = readFileSync(secretsFile(), 'utf8');
    expect(Object.keys(JSON.parse(kept).secrets)).toEqual(['api.key']);
    expect(kept).not.toContain('hush');
  });

  test('a CSV that is dropped on the window comes into the workspace', async () => {
    const transfer = await open.page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['size,kind\n1,a\n2,b\n'], 'dropped.csv', { type: 'text/csv' }));
      return data;
    });
    for (const type of ['dragenter', 'dragover', 'drop'])
      await open.page.locator('#root > div').first().dispatchEvent(type, { dataTransfer: transfer });
    await patient.poll(() => existsSync(join(desktop.home, 'data', 'dropped.csv'))).toBe(true);
    await open.page.keyboard.press('Escape');
  });

  test('a page that crashes comes back, joined with its host', async () => {
    await open.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer(),
    );
    // Playwright gives a crashed page up: main is asked.
    const text = (): Promise<string> =>
      open.electron.evaluate(({ BrowserWindow }) =>
        Promise.race([
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText') ?? '',
          new Promise<string>((resolve) => setTimeout(() => resolve(''), 2000)),
        ]),
      );
    await patient.poll(text).toContain('Engine ready');
  });

  test('a second start opens the folder that it names, however it is named, and a pipeline by its address', async () => {
    await startAgain('--workspace', 'an other');
    await patient.poll(titles).toEqual(expect.arrayContaining(['an other – Flowyard']));
    const file = join(desktop.scratch, 'third', 'sent.pipeline.json');
    mkdirSync(join(desktop.scratch, 'third'));
    writeFileSync(file, JSON.stringify(pipeline));
    await startAgain(pathToFileURL(file).href);
    await patient.poll(titles).toEqual(expect.arrayContaining([expect.stringContaining(' – third – Flowyard')]));
    expect(await titles()).toHaveLength(3);
    expect(readdirSync(desktop.scratch).filter((name) => name.startsWith('file'))).toEqual([]);
  });

  test('quitting ends all windows and the process', async () => {
    // Asked for beforehand: once it has gone nothing is known of it here.
    const program = open.electron.process();
    const gone = ended(open);
    await quit(open);
    await gone;
    expect(program.exitCode).toBe(0);
  });

  test('a host that is killed is started again, and the page goes on with it', async () => {
    const again = await desktop.open({ args: ['--workspace', other], user: 'second user' });
    await patient(again.page.getByText('Engine ready').or(again.page.getByText('Penguins')).first()).toBeVisible();
    const [host] = hostsOf(other);
    if (host === undefined) throw new Error('there is no host');
    process.kill(host, 'SIGKILL');
    await patient.poll(() => hostsOf(other).filter((pid) => pid !== host).length).toBeGreaterThan(0);
    await again.page.getByRole('button', { name: /Blank pipeline/ }).click();
    await patient(again.page.getByText('Engine ready')).toBeVisible();
    const gone = ended(again);
    await quit(again);
    await gone;
  });
});

/** The processes that hold a workspace: what Electron started, or what the relay of the old one did. */
function hostsOf(workspace: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const words = readFileSync(join('/proc', name, 'cmdline'), 'utf8').split('\0');
      const isHost = words.includes(workspace) && words.some((word) => word.endsWith('host.js'));
      return isHost && !words.some((word) => word.startsWith('--type=')) ? [Number(name)] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
