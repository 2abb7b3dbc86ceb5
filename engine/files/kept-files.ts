/**
 * Files by content: `.flowyard/files/<first two letters>/<SHA-256>`. Tables name them by hash (images), so a data set that grew by twelve images shares all its
 * other bytes with the version before. What is taken in is checked on the way; what is read back is checked again, so a write needs no sync to the disk.
 */
import { createHash, randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guardStoreAsync } from './store-problem.ts';

export interface KeptFiles {
  /** Is a file of that size there? Its content is compared when it is read. */
  has: (sha256: string, bytes: number) => Promise<boolean>;
  /** Nothing where the file is not there or is no longer what its name says; then it is removed, so that it can be kept anew. */
  read: (sha256: string) => Promise<Uint8Array | undefined>;
  keep: (sha256: string, bytes: Uint8Array) => Promise<void>;
  /** Removes what is not named, but for what was kept after `sinceMs`. */
  collect: (named: ReadonlySet<string>, sinceMs: number) => Promise<{ freedBytes: number }>;
}

/** Among a result's files: the hashes of those that it names, one a line. They are not collected while the result is stored. */
export const keptFilesList = 'kept-files.txt';

/** Written at once: for 10,000 small files the way to another thread and back would be most of the work. */
const smallBytes = 1 << 14;

const hashName = /^[0-9a-f]{64}$/;
export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** @param flowyardFolder `.flowyard` of a workspace */
export function openKeptFiles(flowyardFolder: string): KeptFiles {
  const root = join(flowyardFolder, 'files');
  const made = new Set<string>();
  const folderOf = (sha256: string): string => join(root, sha256.slice(0, 2));
  const placeOf = (sha256: string): string => join(folderOf(sha256), sha256);
  return {
    has: async (sha256, bytes) => {
      const info = await stat(placeOf(sha256)).catch(() => undefined);
      return info?.size === bytes;
    },
    read: async (sha256) => {
      if (!hashName.test(sha256)) return undefined;
      const bytes = await readFile(placeOf(sha256)).catch(() => undefined);
      if (bytes === undefined || sha256Of(bytes) === sha256) return bytes;
      await rm(placeOf(sha256), { force: true });
      return undefined;
    },
    keep: (sha256, bytes) =>
      guardStoreAsync(root, async () => {
        if (!made.has(folderOf(sha256))) await mkdir(folderOf(sha256), { recursive: true });
        made.add(folderOf(sha256));
        const temporary = `${placeOf(sha256)}.${randomBytes(4).toString('hex')}.tmp`;
        if (bytes.length <= smallBytes) {
          writeFileSync(temporary, bytes, { flag: 'wx' });
          renameSync(temporary, placeOf(sha256));
        } else {
          await writeFile(temporary, bytes, { flag: 'wx' });
          await rename(temporary, placeOf(sha256));
        }
      }),
    collect: async (named, sinceMs) => {
      let freedBytes = 0;
      for (const group of await namesIn(root))
        for (const name of await namesIn(join(root, group))) {
          const place = join(root, group, name);
          if (named.has(name)) continue;
          const info = await stat(place).catch(() => undefined);
          if (info === undefined || info.mtimeMs >= sinceMs) continue;
          await rm(place, { force: true });
          freedBytes += info.size;
        }
      return { freedBytes };
    },
  };
}

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).then(
    (names) => names.filter((name) => !name.startsWith('.')),
    () => [],
  );
