import type { Dropped } from '../state/files/dropped.ts';
import { zipNames } from '../state/files/zip-names.ts';
import { readerFor, readerForFolder, type Reader } from './reader-for.ts';

/** The kind that reads what was dropped; an archive stands for the folder that is in it. */
export async function readerForDropped(dropped: Dropped): Promise<Reader | undefined> {
  if (dropped.kind === 'folder') return readerForFolder(dropped.files.map(({ file }) => file.name));
  const { file } = dropped;
  return /\.zip$/i.test(file.name) ? readerForFolder(await zipNames(file)) : readerFor(file.name);
}
