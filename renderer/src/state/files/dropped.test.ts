import { expect, test } from 'vitest';
import { takeDropped, type Dropped } from './dropped.ts';

interface Tree {
  [name: string]: string | Tree;
}

/** Entries as Chromium gives them: a folder hands out few at a time, and then none. */
function entryOf(name: string, content: string | Tree, path = `/${name}`): FileSystemEntry {
  const isDirectory = typeof content !== 'string';
  const entry = {
    name,
    fullPath: path,
    isFile: !isDirectory,
    isDirectory,
    file: (done: (file: File) => void) => done(new File([String(content)], name)),
    createReader: () => {
      const left = isDirectory ? Object.entries(content).map(([n, c]) => entryOf(n, c, `${path}/${n}`)) : [];
      return { readEntries: (done: (some: FileSystemEntry[]) => void) => done(left.splice(0, 2)) };
    },
  };
  // The browser's own class cannot be made by hand.
  return entry as unknown as FileSystemEntry;
}
const item = (entry: FileSystemEntry | null, file: File | null) => ({
  kind: 'file',
  getAsFile: () => file,
  webkitGetAsEntry: () => entry,
});
const inWords = async (dropped: Dropped): Promise<string> =>
  dropped.kind === 'file'
    ? dropped.file.name
    : `${dropped.name}: ${(await Promise.all(dropped.files.map(async ({ path, file }) => `${path}=${await file.text()}`))).join(', ')}`;

test('a dropped folder gives all files in it by their paths, hidden ones left behind; a file is itself', async () => {
  const leaves = entryOf('leaves', {
    oak: { '1.png': 'a', '2.png': 'b', '3.png': 'c' },
    '.git': { config: 'x' },
    '.DS_Store': 'x',
    'notes.txt': 'd',
  });
  const csv = new File(['a,b'], 'rows.csv');
  const items = [
    item(leaves, new File([], 'leaves')),
    item(entryOf('rows.csv', 'a,b'), csv),
    { ...item(null, null), kind: 'string' },
    // Where the browser tells of no entries, the file alone is there.
    item(null, new File([], 'other.csv')),
  ];
  expect(await Promise.all((await takeDropped({ items })).map(inWords))).toEqual([
    'leaves: leaves/oak/1.png=a, leaves/oak/2.png=b, leaves/oak/3.png=c, leaves/notes.txt=d',
    'rows.csv',
    'other.csv',
  ]);
});
