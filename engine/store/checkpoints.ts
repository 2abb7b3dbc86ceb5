/** Where tasks stand, kept so that a killed run goes on from there: `checkpoints/<recipe key>` under `.flowyard/`, gone when the result is there. */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from './durable-write.ts';
import { guardStoreAsync } from './store-problem.ts';

/** Nobody goes on with it any more. */
const keptMs = 30 * 24 * 3600 * 1000;
const folderOf = (storeFolder: string): string => join(storeFolder, 'checkpoints');

export interface CheckpointFile {
  load: () => Promise<Uint8Array | undefined>;
  save: (bytes: Uint8Array) => Promise<void>;
  remove: () => Promise<void>;
}

/** @param key a recipe key: who has the same key computes the same, so that its checkpoint fits */
export function checkpointFile(storeFolder: string, key: string): CheckpointFile {
  const folder = folderOf(storeFolder);
  const path = join(folder, key);
  return {
    load: async () =>
      readFile(path).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }),
    save: (bytes) =>
      guardStoreAsync(path, async () => {
        await mkdir(folder, { recursive: true });
        await writeFileAtomic(path, bytes);
      }),
    remove: () => rm(path, { force: true }),
  };
}

/** What was left behind a month ago. */
export async function removeOldCheckpoints(storeFolder: string, nowMs: number): Promise<void> {
  const folder = folderOf(storeFolder);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts !== undefined && nowMs - facts.mtimeMs > keptMs) await rm(path, { force: true });
  }
}
