import { existsSync, renameSync } from 'node:fs';

/** A folder that was fetched gets its name. Another process may have been sooner: then its folder is the same, and counts. */
export function putInPlace(half: string, folder: string): void {
  try {
    renameSync(half, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
