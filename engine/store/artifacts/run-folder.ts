/** `.flowyard/tmp/<run>/`: what a run writes before it is done. It names the process that writes, so that a later process knows what nobody will finish. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fault } from '../../../shared/errors.ts';
import { identifyProcess, isAlive, processIdentity } from '../process-identity.ts';

const ownerName = 'owner.json';
/** A folder without an owner may have been made this moment by a process that is about to sign it. */
const unsignedGraceMs = 60_000;

export async function openRunFolder(tmpFolder: string, run: string): Promise<string> {
  if (!/^[\w.-]{1,100}$/.test(run) || run.startsWith('.'))
    throw fault('store.bad-run', { message: `"${run}" is no name of a run.` });
  const folder = join(tmpFolder, run);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).includes(ownerName)) return folder;
  const unsigned = join(folder, `.${randomBytes(6).toString('hex')}`);
  await writeFile(unsigned, JSON.stringify(identifyProcess()));
  await rename(unsigned, join(folder, ownerName));
  return folder;
}

/** Where results wait to be deleted after they were renamed out of the store. */
export async function collectedFolder(tmpFolder: string): Promise<string> {
  const folder = join(tmpFolder, '.collected');
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Removes the folders whose process is no more. */
export async function removeLeftovers(tmpFolder: string, nowMs: number): Promise<void> {
  await rm(join(tmpFolder, '.collected'), { recursive: true, force: true });
  for (const run of await readdir(tmpFolder))
    if (!(await isInUse(join(tmpFolder, run), nowMs))) await rm(join(tmpFolder, run), { recursive: true, force: true });
}

async function isInUse(folder: string, nowMs: number): Promise<boolean> {
  try {
    const owner = processIdentity.safeParse(JSON.parse(await readFile(join(folder, ownerName), 'utf8')));
    return owner.success && isAlive(owner.data);
  } catch {
    const info = await stat(folder).catch(() => undefined);
    return info !== undefined && nowMs - info.mtimeMs < unsignedGraceMs;
  }
}
