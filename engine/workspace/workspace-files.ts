/** Paths of the workspace as a window names them: relative, with `/`, and never leading out of it, whatever links lie in between. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, normalize, relative, sep } from 'node:path';
import { fail } from '../../shared/errors.ts';

export interface FileEntry {
  path: string;
  name: string;
  kind: 'pipeline' | 'data' | 'folder' | 'other';
  bytes: number;
  modified_ms: number;
}

const outside = (path: string) =>
  fail('file.outside-workspace', {
    message: `"${path}" lies outside the workspace.`,
    mend: 'Give a path inside the workspace.',
    facts: { path },
  });

/**
 * The absolute path behind a path of the workspace; its last part need not exist yet, its folder must. Fails with `file.outside-workspace` and `file.missing`.
 * @param workspace a real path
 */
export async function resolveInWorkspace(workspace: string, path: string): Promise<string> {
  const clean = normalize(path.replaceAll('\\', '/'));
  if (path.includes('\0') || clean.startsWith('..') || clean.startsWith(sep) || /^[a-zA-Z]:/.test(clean))
    throw outside(path);
  const wanted = join(workspace, clean);
  if (clean.split(sep)[0] === '.flowyard')
    throw fail('file.hidden', { message: 'The folder .flowyard belongs to Flowyard.', mend: 'Choose another folder.' });
  const real = await realpath(wanted).catch(async () => {
    const folder = await realpath(dirname(wanted)).catch((cause: unknown) => {
      throw fail(
        'file.missing',
        {
          message: `The folder of "${path}" is not there.`,
          mend: 'Make the folder, or choose another.',
          facts: { path },
        },
        { cause },
      );
    });
    return join(folder, basename(wanted));
  });
  if (real !== workspace && !real.startsWith(workspace + sep)) throw outside(path);
  return real;
}

export const nameInWorkspace = (workspace: string, absolute: string): string =>
  relative(workspace, absolute).replaceAll(sep, '/');

const dataEndings = /\.(csv|tsv|txt|jsonl|ndjson|json|parquet)(\.gz)?$/i;
/** A window lists so many; who has more in one folder types the name. */
const mostEntries = 5000;

/** What lies in a folder of the workspace, folders first. Hidden files and links that lead out are left out. */
export async function listFolder(workspace: string, folder: string): Promise<FileEntry[]> {
  const place = await resolveInWorkspace(workspace, folder);
  const names = await readdir(place).catch((cause: unknown) => {
    throw fail(
      'file.missing',
      { message: `The folder "${folder}" is not there.`, mend: 'Choose another folder.', facts: { path: folder } },
      { cause },
    );
  });
  const entries = await Promise.all(
    names
      .filter((name) => !name.startsWith('.') && name !== 'node_modules')
      .slice(0, mostEntries)
      .map(async (name): Promise<FileEntry | undefined> => {
        const path = nameInWorkspace(workspace, join(place, name));
        try {
          const info = await stat(await resolveInWorkspace(workspace, path));
          const kind = info.isDirectory()
            ? 'folder'
            : name.endsWith('.pipeline.json')
              ? 'pipeline'
              : dataEndings.test(name)
                ? 'data'
                : 'other';
          return { path, name, kind, bytes: info.isDirectory() ? 0 : info.size, modified_ms: info.mtimeMs };
        } catch {
          return undefined;
        }
      }),
  );
  return entries
    .filter((entry) => entry !== undefined)
    .sort(
      (a, b) =>
        Number(b.kind === 'folder') - Number(a.kind === 'folder') ||
        a.name.localeCompare(b.name, 'en', { numeric: true, sensitivity: 'base' }),
    );
}

/** A name that every file system takes. */
export function safeFileName(name: string): string {
  const last = name.replaceAll('\\', '/').split('/').at(-1) ?? '';
  const clean = last
    .replaceAll(/[<>:"|?*\p{Cc}]/gu, '_')
    .replace(/^[.\s]+/, '')
    .replace(/[.\s]+$/, '');
  const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(clean);
  return (reserved ? `_${clean}` : clean).slice(-200) || 'file';
}
