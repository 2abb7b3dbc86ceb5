/** A real Electron for the slow suite, where there is one. */
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..', '..');
/** An app that was staged before, for an Electron that needs another shape of it; default: staged here. */
const staged = process.env['FLOWYARD_STAGED'];

/** Why there can be no window here; undefined where there can. */
export function noWindowBecause(): string | undefined {
  if (!hasElectron()) return 'Electron’s binary is not here (node node_modules/electron/install.js gets it)';
  if (process.platform !== 'linux') return undefined;
  if (process.getuid?.() === 0) return 'Electron keeps its sandbox only for a user who is not root';
  return hasDisplay() || hasXvfb() ? undefined : 'there is no display, and no Xvfb to give one';
}

/** Electron's own record of what it unpacked, or a folder that `ELECTRON_OVERRIDE_DIST_PATH` names. */
function hasElectron(): boolean {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given !== undefined) return existsSync(join(given, 'electron'));
  const record = join(root, 'node_modules/electron/path.txt');
  return existsSync(record) && existsSync(join(root, 'node_modules/electron/dist', readFileSync(record, 'utf8')));
}

const hasDisplay = (): boolean => process.env['DISPLAY'] !== undefined || process.env['WAYLAND_DISPLAY'] !== undefined;
const hasXvfb = (): boolean => spawnSync('Xvfb', ['-help'], { stdio: 'ignore' }).error === undefined;

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

export function stageDesktop(): void {
  if (staged === undefined) execFileSync(process.execPath, [join(root, 'cli/launch/build-desktop.mjs')], { cwd: root });
}

const opened: ChildProcess[] = [];
/** What a failed test left: it would keep the whole suite waiting. */
export function killOpened(): void {
  for (const child of opened.splice(0)) child.kill('SIGKILL');
}

export interface RealWindow {
  electron: ElectronApplication;
  page: Page;
  errors: string[];
}

/** @param scratch holds what the app remembers, and the workspace, over several starts */
export async function openElectron(scratch: string): Promise<RealWindow> {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const electron = await _electron.launch({
    args: [staged ?? join(root, 'dist/desktop'), `--user-data-dir=${join(scratch, 'user')}`],
    ...(given === undefined ? {} : { executablePath: join(given, 'electron') }),
    env: { ...process.env, FLOWYARD_NODE: process.execPath, FLOWYARD_HOME: join(scratch, 'work') },
  });
  opened.push(electron.process());
  const errors: string[] = [];
  const page = await electron.firstWindow();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { electron, page, errors };
}
