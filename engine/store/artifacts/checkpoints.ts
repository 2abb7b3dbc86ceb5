/** Where tasks stand, kept so that a killed run goes on from there: `checkpoints/<recipe key>` under `.flowyard/`, and behind a full stop the part of the task, gone when the result is there. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../files/durable-write.ts';
import { removeOldFiles } from '../../files/remove-old-files.ts';
import { guardStoreAsync } from '../../files/store-problem.ts';

/** Nobody goes on with it any more. */
const keptMs = 30 * 24 * 3600 * 1000;
const folderOf = (storeFolder: string): string => join(storeFolder, 'checkpoints');

export interface CheckpointFiles {
  load: (part?: string) => Promise<Uint8Array | undefined>;
  save: (bytes: Uint8Array, part?: string) => Promise<void>;
  /** All parts, those that another process left as well. */
  remove: () => Promise<void>;
}

/** @param key a recipe key: who has the same key computes the same, so that its checkpoint fits */
export function checkpointFiles(storeFolder: string, key: string): CheckpointFiles {
  const folder = folderOf(storeFolder);
  const pathOf = (part: string | undefined): string => join(folder, part === undefined ? key : `${key}.${part}`);
  return {
    load: async (part) =>
      readFile(pathOf(part)).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }),
    save: (bytes, part) =>
      guardStoreAsync(pathOf(part), async () => {
        await mkdir(folder, { recursive: true });
        await writeFileAtomic(pathOf(part), bytes);
      }),
    remove: async () => {
      const isOwn = (name: string): boolean => name === key || name.startsWith(`${key}.`);
      for (const name of (await readdir(folder).catch(() => [])).filter(isOwn))
        await rm(join(folder, name), { force: true });
    },
  };
}

/** What was left behind a month ago. */
export const removeOldCheckpoints = (storeFolder: string, nowMs: number): Promise<void> =>
  removeOldFiles(folderOf(storeFolder), keptMs, nowMs);
