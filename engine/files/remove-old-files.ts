import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What of a folder has not been written or touched for so long. */
export async function removeOldFiles(folder: string, keptMs: number, nowMs: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts !== undefined && nowMs - facts.mtimeMs > keptMs) await rm(path, { force: true });
  }
}
