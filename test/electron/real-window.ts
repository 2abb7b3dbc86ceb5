/** Windows of a real Electron for the desktop suite. */
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { prepareElectron, type RealElectron } from '../support/real-electron.ts';

const hasDisplay = (): boolean => process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;

/** A display of the test's own where there is none. */
export async function openDisplay(): Promise<AsyncDisposable> {
  if (process.platform !== 'linux' || hasDisplay()) return { [Symbol.asyncDispose]: async () => undefined };
  // It finds a free number by itself, and says which.
  const args = ['-displayfd', '1', '-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(server, 'exit');
  const number = await new Promise<string>((resolve, reject) => {
    createInterface({ input: server.stdout }).once('line', resolve);
    server.once('exit', () => reject(new Error('Xvfb ended at once')));
  });
  process.env['DISPLAY'] = `:${number}`;
  return {
    [Symbol.asyncDispose]: async () => {
      delete process.env['DISPLAY'];
      server.kill();
      await ended;
    },
  };
}

export interface RealWindow {
  electron: ElectronApplication;
  page: Page;
  errors: string[];
}

export interface Desktop extends AsyncDisposable {
  electron: RealElectron;
  /** A folder of the tests' own. */
  scratch: string;
  /** The workspace that the app opens by itself. */
  home: string;
  open: (options?: OpenOptions) => Promise<RealWindow>;
  /** Ends what tests left open. */
  endAll: () => void;
}

export interface OpenOptions {
  args?: string[];
  env?: Record<string, string>;
  /** What the app remembers, over several starts. */
  user?: string;
}

/** One Electron on one display, for the tests of a file. `within` is a command that starts it, as the shell reads it. */
export async function openDesktop({ within }: { within?: string } = {}): Promise<Desktop> {
  const scratch = mkdtempSync(join(tmpdir(), 'flowyard-desktop-'));
  mkdirSync(join(scratch, 'work'));
  const electron = await prepareElectron(scratch, within);
  // What Playwright asks for Electron's binary heeds it.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = electron.dist;
  const display = await openDisplay();
  const opened: ChildProcess[] = [];
  // What a failed test left would keep the whole suite waiting.
  const endAll = (): void => {
    for (const child of opened.splice(0)) killGroup(child);
  };
  return {
    electron,
    scratch,
    home: join(scratch, 'work', 'Flowyard'),
    endAll,
    open: async ({ args = [], env = {}, user = 'user' } = {}) => {
      const running = await _electron.launch({
        chromiumSandbox: true,
        args: [electron.app, `--user-data-dir=${join(scratch, user)}`, ...args],
        env: { ...environment(), FLOWYARD_NODE: process.execPath, FLOWYARD_HOME: join(scratch, 'work'), ...env },
      });
      opened.push(running.process());
      const errors: string[] = [];
      const page = await running.firstWindow();
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      return { electron: running, page, errors };
    },
    [Symbol.asyncDispose]: async () => {
      endAll();
      await display[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** With all that it started; it leads a group. */
export function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Ours, without what is not set. */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export const ended = ({ electron }: RealWindow): Promise<void> =>
  new Promise((resolve) => {
    if (electron.process().exitCode !== null) resolve();
    else electron.process().once('exit', () => resolve());
  });
export const quit = ({ electron }: RealWindow): Promise<void> => electron.evaluate(({ app }) => app.quit());
