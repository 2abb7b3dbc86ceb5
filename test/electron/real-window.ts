/** A real Electron for the slow suite, where there is one. */
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
/** An app that was staged before, for an Electron that needs another shape of it; default: staged here. */
const staged = process.env['FLOWYARD_STAGED'];

/** Why there can be no window here; undefined where there can. */
export function noWindowBecause(): string | undefined {
  if (!hasElectron()) return 'Electron’s binary is not here (node node_modules/electron/install.js gets it)';
  if (process.platform !== 'linux') return undefined;
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display (xvfb-run gives one)';
  return process.getuid?.() === 0 ? 'Electron keeps its sandbox only for a user who is not root' : undefined;
}

/** Electron's own record of what it unpacked, or a folder that `ELECTRON_OVERRIDE_DIST_PATH` names. */
function hasElectron(): boolean {
  const given = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (given !== undefined) return existsSync(join(given, 'electron'));
  const record = join(root, 'node_modules/electron/path.txt');
  return existsSync(record) && existsSync(join(root, 'node_modules/electron/dist', readFileSync(record, 'utf8')));
}

export function stageDesktop(): void {
  if (staged === undefined) execFileSync(process.execPath, [join(root, 'cli/launch/build-desktop.mjs')], { cwd: root });
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
  const errors: string[] = [];
  const page = await electron.firstWindow();
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { electron, page, errors };
}
