/** The Electron that the desktop suites run in: that of package.json where its binary is, else Electron 22; and as which user it runs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { electron22Version, fetchElectron22 } from './electron22/fetch.ts';
import { stageForElectron22 } from './electron22/stage.ts';
import { needTools } from './system-tools.ts';

const root = join(import.meta.dirname, '..', '..');

export interface RealElectron {
  /** The folder of the program, as it is started: with a sandbox. */
  dist: string;
  /** The folder of the program itself. */
  binaries: string;
  /** The folder of the app. */
  app: string;
  /** It is not package.json's. */
  isOld: boolean;
  version: string;
}

/** Fails where there is none, or where it could not run with its sandbox. `within` is a command that starts it, as the shell reads it. */
export async function prepareElectron(scratch: string, within?: string): Promise<RealElectron> {
  const asStarted = (folder: string): string =>
    withSandbox(within === undefined ? folder : startedBy(within, folder, scratch), scratch);
  execFileSync(process.execPath, [join(root, 'cli/launch/build/build-desktop.mjs')], { cwd: root });
  const own = ownBinary();
  if (process.platform === 'linux') needTools('display', 'keyboard', 'electronLibraries');
  if (own !== undefined) {
    const { version }: { version: string } = JSON.parse(
      readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'),
    );
    const binaries = dirname(own);
    return { dist: asStarted(binaries), binaries, app: join(root, 'dist', 'desktop'), isOld: false, version };
  }
  const binaries = await fetchElectron22();
  const app = await stageForElectron22();
  return { dist: asStarted(binaries), binaries, app, isOld: true, version: electron22Version };
}

/** By Electron's own record of what it unpacked. */
function ownBinary(): string | undefined {
  const record = join(root, 'node_modules/electron/path.txt');
  if (!existsSync(record)) return undefined;
  const binary = join(root, 'node_modules/electron/dist', readFileSync(record, 'utf8'));
  return existsSync(binary) ? binary : undefined;
}

/**
 * Electron keeps its sandbox only for a user who is not root. As root it runs in a user namespace in which it is nobody: files are root's as before, so
 * that neither the checkout nor the scratch folders need other rights.
 */
export function withSandbox(dist: string, scratch: string, name = 'electron'): string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return dist;
  const unshare = ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'];
  const [program = '', ...options] = unshare;
  const tried = spawnSync(program, [...options, 'true'], { encoding: 'utf8' });
  if (tried.status !== 0)
    throw new Error(
      `Electron keeps its sandbox only for a user who is not root, and this system makes no user namespace (${tried.stderr.trim()}). Run the suite as another user.`,
    );
  return startedBy(unshare.join(' '), dist, scratch, name);
}

/** A folder whose program starts that of `dist` by a command, given as the shell reads it. */
export function startedBy(command: string, dist: string, scratch: string, name = 'electron'): string {
  const folder = mkdtempSync(join(scratch, 'electron-'));
  const script = `#!/bin/sh\nexec ${command} '${join(dist, name)}' "$@"\n`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
  return folder;
}
