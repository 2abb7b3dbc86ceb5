/** Checkpoints of one task, as files: `.flowyard/training/<key>/<name>.checkpoint`. Written beside and renamed, so that there is always a whole one. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointStore } from '../../shared/neural/neural-service.ts';

const folderOf = (flowyard: string, key: string): string => join(flowyard, 'training', key.replaceAll(/[^\w-]/g, '_'));

export function checkpointFiles(flowyard: string, key: string, name: string): CheckpointStore {
  const folder = folderOf(flowyard, key);
  const file = join(folder, `${createHash('sha256').update(name).digest('hex').slice(0, 16)}.checkpoint`);
  return {
    read: async () => {
      try {
        return new Uint8Array(await readFile(file));
      } catch (thrown) {
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
        throw thrown;
      }
    },
    write: async (bytes) => {
      await mkdir(folder, { recursive: true });
      const temporary = `${file}.${process.pid}.tmp`;
      const handle = await open(temporary, 'w');
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, file);
    },
    clear: () => rm(file, { force: true }),
  };
}

/** The task's result is stored: its checkpoints have done their work. */
export const forgetCheckpoints = (flowyard: string, key: string): Promise<void> =>
  rm(folderOf(flowyard, key), { recursive: true, force: true });
