/** How long a text file's lines are, by its first. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { FoundSource } from './sources.ts';

const known = new Map<string, number>();
/** A longer one than the readers take. */
const longest = 2 ** 22;
const newLine = 10;

/** In bytes; 0 where the file is not here. A look at the file's beginning, once for each content. */
export function firstLineBytes({ path, stamp, columns, standIn, folder }: FoundSource): number {
  if (columns !== undefined || standIn !== undefined || folder !== undefined) return 0;
  const name = `${stamp} ${path}`;
  const before = known.get(name);
  if (before !== undefined) return before;
  const bytes = look(path);
  if (known.size > 1000) known.clear();
  known.set(name, bytes);
  return bytes;
}

function look(path: string): number {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // Whoever reads it says what is wrong with it.
    return 0;
  }
  try {
    const part = Buffer.alloc(2 ** 16);
    for (let at = 0; at < longest; at += part.length) {
      const read = readSync(file, part, 0, part.length, at);
      const end = part.subarray(0, read).indexOf(newLine);
      if (end >= 0) return at + end;
      if (read < part.length) return at + read;
    }
    return longest;
  } finally {
    closeSync(file);
  }
}
