/** Puts a file from this computer into the workspace, piece by piece. */
import { fail } from '../../../../shared/errors.ts';
import { host } from '../../rpc/host.ts';

/** Below the 1 MiB that a message may have. */
const pieceBytes = 768 * 1024;

/** Gives the file's path in the workspace. `folder` lies below `data/`. */
export async function uploadFile(
  file: File,
  onProgress: (fraction: number) => void = () => {},
  folder?: string,
): Promise<string> {
  let path: string | undefined;
  let at = 0;
  do {
    const bytes = new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer());
    at += bytes.length;
    const answer = await host()['files.upload']({
      name: file.name,
      bytes,
      done: at >= file.size,
      ...(path === undefined ? { ...(folder === undefined ? {} : { folder }) } : { append: path }),
    });
    path = answer.path;
    onProgress(file.size === 0 ? 1 : at / file.size);
  } while (at < file.size);
  return path;
}

/** A file and where it lies in the folder that was chosen, the folder's own name first. */
export interface FileInFolder {
  file: File;
  path: string;
}

/** Puts a folder with all that is in it below `data/`, under a name that is free, and gives its path in the workspace. Hidden files stay behind. */
export async function uploadFolder(
  files: readonly FileInFolder[],
  onProgress: (fraction: number) => void,
): Promise<string> {
  const seen = files.filter(({ path }) => path.split('/').every((part) => !part.startsWith('.')));
  const name = seen[0]?.path.split('/')[0];
  if (name === undefined)
    throw fail('file.empty-folder', {
      message: 'There is no file in this folder.',
      mend: 'Choose the folder that holds the files.',
    });
  const top = await freeFolder(name);
  const total = seen.reduce((sum, { file }) => sum + file.size, 0) || 1;
  let done = 0;
  for (const { file, path } of seen) {
    const inner = path.split('/').slice(1, -1);
    await uploadFile(file, (fraction) => onProgress((done + fraction * file.size) / total), [top, ...inner].join('/'));
    done += file.size;
  }
  return `data/${top}`;
}

async function freeFolder(name: string): Promise<string> {
  const there = await host()
    ['files.list']({ folder: 'data' })
    .catch(() => []);
  const isFree = (one: string): boolean => there.every((entry) => entry.name.toLowerCase() !== one.toLowerCase());
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} ${number}`;
    if (isFree(candidate)) return candidate;
  }
}
