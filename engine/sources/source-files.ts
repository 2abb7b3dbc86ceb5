/** A table in several files: a folder, or a pattern. One file alone is what it always was. */
import { stat } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import type { SourceFile } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';
import { stampOf } from '../files/file-stamp.ts';
import type { FolderHashes } from './source-folder.ts';
import type { FoundSource } from './sources.ts';

type FilesSource = Extract<SourceFile, { from: 'files' }>;

const wild = /[*?[\]{}]/;
/** `sales/2024/*.parquet` → the folder before the first pattern, and what files in it must match. */
export function splitPattern(path: string): { folder: string; pattern: string | undefined } {
  const steps = path.replaceAll('\\', '/').split('/');
  const at = steps.findIndex((step) => wild.test(step));
  if (at < 0) return { folder: path, pattern: undefined };
  return {
    folder: steps.slice(0, at).join('/') || (path.startsWith('/') ? '/' : '.'),
    pattern: steps.slice(at).join('/'),
  };
}

/** @param path a real path: of the file, or of the folder */
export async function findFiles(
  source: FilesSource,
  path: string,
  hashes: {
    hash: (path: string) => Promise<Omit<FoundSource, 'param' | 'path'>>;
    folders: Pick<FolderHashes, 'hash'>;
  },
): Promise<Omit<FoundSource, 'param'>> {
  if ((await stat(path)).isFile()) return { path, ...(await hashes.hash(path)) };
  const { pattern } = splitPattern(source.path);
  const folder = await hashes.folders.hash(path, source.endings, pattern);
  const [first] = folder.files;
  if (first === undefined)
    throw fail('file.none-fits', {
      message:
        pattern === undefined
          ? `The folder "${source.path}" holds no file that ends in ${source.endings.join(' or ')}.`
          : `No file fits "${source.path}".`,
      mend: 'Choose another folder or pattern; * stands for any letters of one name, ** for any folders.',
      param: source.param,
    });
  const bytes = folder.files.reduce((sum, file) => sum + file.bytes, 0);
  return { path: first.place, sha256: folder.version, bytes, stamp: folder.version, folder, isTable: true };
}

export const fitsPattern = (path: string, pattern: string): boolean => matchesGlob(path, pattern);

/** A copy that was sent, as it lies here now. */
export async function stampCopy(copy: Omit<FoundSource, 'param' | 'stamp'>): Promise<Omit<FoundSource, 'param'>> {
  const { folder, isTable, columns } = copy;
  if (columns !== undefined) return { ...copy, stamp: copy.sha256 };
  if (folder === undefined) return { ...copy, stamp: await stampOf(copy.path) };
  if (isTable !== true) return { ...copy, stamp: copy.sha256 };
  const files = await Promise.all(
    folder.files.map(async (file) => ({ ...file, stamp: file.stamp ?? (await stampOf(file.place)) })),
  );
  return { ...copy, stamp: copy.sha256, folder: { ...folder, files } };
}
