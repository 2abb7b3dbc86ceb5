/** Writes that a crash cannot halve: everything is synced to the disk before it gets its name. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Replaces the file at once: a reader sees the old text or the new one, and after a crash of the machine too. */
export async function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o666): Promise<void> {
  await replace(path, content, { mode, isSynced: true });
  await syncFolder(dirname(path));
}

/** The same without waiting for the disk, for what costs only time when a crash of the machine loses it. Makes the folder. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replace(path, content, { mode: 0o666, isSynced: false });
}

async function replace(
  path: string,
  content: string | Uint8Array,
  { mode, isSynced }: { mode: number; isSynced: boolean },
): Promise<void> {
  // A name of its own for each writer: two tasks of one process may write the same file at once.
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      if (isSynced) await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Makes the names in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network drives cannot sync a folder: then the file's own sync is all there is.
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR'].includes(codeOf(error))) throw error;
  } finally {
    await handle.close();
  }
}

/** Syncs a file and gives its size and SHA-256, read in one pass. */
export async function sealFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    const digest = await hashHandle(file);
    return digest;
  } finally {
    await file.close();
  }
}

export async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const file = await open(path, 'r');
  try {
    return await hashHandle(file);
  } finally {
    await file.close();
  }
}

async function hashHandle(file: Awaited<ReturnType<typeof open>>): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1 << 20);
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, bytes);
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

/** Paths of the plain files under a folder, with `/`, sorted. Links and special files are named in `others`. */
export async function listFiles(folder: string): Promise<{ files: string[]; others: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pathOf = (entry: (typeof entries)[number]): string =>
    join(entry.parentPath, entry.name)
      .slice(folder.length + 1)
      .replaceAll('\\', '/');
  return {
    files: entries
      .filter((entry) => entry.isFile())
      .map(pathOf)
      .sort(),
    others: entries
      .filter((entry) => !entry.isFile() && !entry.isDirectory())
      .map(pathOf)
      .sort(),
  };
}
