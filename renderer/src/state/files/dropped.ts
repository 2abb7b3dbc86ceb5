/** What a person drops on the window: files, and folders with all that is in them. */
import { append } from '../../../../shared/append.ts';
import { toProblem } from '../../../../shared/errors.ts';
import { t } from '../../text/t.ts';
import { busyToast, toastProblem } from '../window/toasts.ts';
import { uploadFile, uploadFolder, type FileInFolder } from './upload.ts';

export type Dropped = { kind: 'file'; file: File } | { kind: 'folder'; name: string; files: readonly FileInFolder[] };

/** The part of a `DataTransfer` that is read here, so that a test can make one. */
export interface DroppedItems {
  items: Iterable<Pick<DataTransferItem, 'kind' | 'getAsFile'> & { webkitGetAsEntry?: () => FileSystemEntry | null }>;
}

/** To be called while the drop is handled: afterwards the browser has forgotten what it was. */
export function takeDropped({ items }: DroppedItems): Promise<Dropped[]> {
  const taken = [...items]
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  return Promise.all(
    taken.map(async ({ entry, file }): Promise<Dropped[]> => {
      if (entry !== null && isFolder(entry))
        return [{ kind: 'folder', name: entry.name, files: await filesWithin(entry) }];
      return file === null ? [] : [{ kind: 'file', file }];
    }),
  ).then((all) => all.flat());
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function filesWithin(folder: FileSystemDirectoryEntry): Promise<FileInFolder[]> {
  const found: FileInFolder[] = [];
  for (const entry of await entriesOf(folder)) {
    // What is hidden stays behind in any case, and a `.git` can be large.
    if (entry.name.startsWith('.')) continue;
    if (isFolder(entry)) append(found, await filesWithin(entry));
    else if (isFile(entry))
      found.push({
        file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)),
        path: entry.fullPath.replace(/^\//, ''),
      });
  }
  return found;
}

/** All of them: a reader gives a hundred at a time, and none when it is through. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    append(all, some);
  }
}

/** Copies it into the workspace, says how far it is, and gives its path there; undefined when that failed, which is told. */
export async function bringDropped(dropped: Dropped): Promise<string | undefined> {
  const name = dropped.kind === 'file' ? dropped.file.name : dropped.name;
  const sayCopying = (fraction: number): string =>
    t('start.pick.uploading', { name, percent: String(Math.floor(fraction * 100)) });
  const busy = busyToast(sayCopying(0));
  const onProgress = (fraction: number): void => busy.say(sayCopying(fraction));
  try {
    return dropped.kind === 'file'
      ? await uploadFile(dropped.file, onProgress)
      : await uploadFolder(dropped.files, onProgress);
  } catch (thrown) {
    toastProblem(toProblem(thrown));
    return undefined;
  } finally {
    busy.close();
  }
}
