/** Folders that a pipeline reads: every file hashed once, the whole known by the paths and contents together. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import * as z from 'zod';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import type { SourceFolder, SourceFolderFile } from '../../shared/source-folder.ts';
import { hashFile, stampOf } from './file-stamp.ts';

export type FoundFolder = Omit<SourceFolder, 'name' | 'before'>;

/** Path within the folder → stamp, hash, size: what need not be read again. */
const knownFiles = z.record(z.string(), z.tuple([z.string(), z.string(), z.number()]));
type KnownFiles = z.output<typeof knownFiles>;

/** In a window each edit makes a plan: a folder that was looked at this moment is not looked at again. */
const freshMs = 2000;
/** Files that are hashed side by side. */
const atOnce = 8;

export class FolderHashes {
  readonly #folder: string;
  readonly #recent = new Map<string, { atMs: number; found: Promise<FoundFolder> }>();

  /** @param flowyardFolder `.flowyard` of the workspace */
  constructor(flowyardFolder: string) {
    this.#folder = join(flowyardFolder, 'folders');
  }

  /** @param root a real path */
  hash(root: string, endings: readonly string[]): Promise<FoundFolder> {
    const name = `${root}\n${endings.join()}`;
    const recent = this.#recent.get(name);
    if (recent !== undefined && performance.now() - recent.atMs < freshMs) return recent.found;
    const entry = { atMs: performance.now(), found: this.#hash(root, endings) };
    this.#recent.set(name, entry);
    entry.found.then(
      () => (entry.atMs = performance.now()),
      () => this.#recent.delete(name),
    );
    return entry.found;
  }

  async #hash(root: string, endings: readonly string[]): Promise<FoundFolder> {
    const { files: paths, others } = await listFolder(root, endings);
    const memory = join(this.#folder, `${hashOf(root).slice(0, 32)}.json`);
    const known = await readKnown(memory);
    const found: SourceFolderFile[] = [];
    const now: KnownFiles = {};
    let isNew = false;
    await eachOf(paths, atOnce, async (path, i) => {
      const place = join(root, path);
      const stamp = await stampOf(place);
      const old = known[path];
      const isKnown = old?.[0] === stamp;
      if (!isKnown) isNew = true;
      const entry = isKnown ? old : ([stamp, await hashFile(place), Number(stamp.split('|')[0])] as const);
      now[path] = [...entry];
      found[i] = { path, place, sha256: entry[1], bytes: entry[2] };
    });
    if (isNew || paths.length !== Object.keys(known).length) await writeAside(memory, JSON.stringify(now));
    return { files: found, others, version: hashOf(compactJson(found.map((f) => [f.path, f.sha256]))) };
  }
}

/** The version of each folder that the last finished run read, so that the next can say what changed. */
export class FolderVersions {
  readonly #folder: string;
  constructor(flowyardFolder: string) {
    this.#folder = join(flowyardFolder, 'folders');
  }
  async read(root: string): Promise<ReadonlyMap<string, string> | null> {
    const text = await readFile(this.#place(root), 'utf8').catch(() => 'null');
    const parsed = z.record(z.string(), z.string()).nullable().safeParse(parseJson(text));
    return parsed.success && parsed.data !== null ? new Map(Object.entries(parsed.data)) : null;
  }
  write(root: string, files: readonly SourceFolderFile[]): Promise<void> {
    return writeAside(this.#place(root), JSON.stringify(Object.fromEntries(files.map((f) => [f.path, f.sha256]))));
  }
  #place(root: string): string {
    return join(this.#folder, `${hashOf(root).slice(0, 32)}.version.json`);
  }
}

async function listFolder(
  root: string,
  endings: readonly string[],
): Promise<{ files: string[]; others: FoundFolder['others'] }> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll(sep, '/'),
    )
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    // By code units, not by the machine's language: the same order everywhere.
    .sort((a, b) => (a < b ? -1 : 1));
  const fits = (path: string): boolean => endings.some((ending) => path.toLowerCase().endsWith(ending));
  const others = paths.filter((path) => !fits(path));
  return { files: paths.filter(fits), others: { count: others.length, names: others.slice(0, 5) } };
}

/** Runs the work for each, a few at a time; the first failure ends it. */
export async function eachOf<T>(
  items: readonly T[],
  lanes: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) {
      const item = items[i];
      if (item !== undefined) await work(item, i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
}

async function readKnown(path: string): Promise<KnownFiles> {
  const parsed = knownFiles.safeParse(parseJson(await readFile(path, 'utf8').catch(() => '{}')));
  return parsed.success ? parsed.data : {};
}

/** A memory that cannot be written costs time, never correctness. */
async function writeAside(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text);
    await rename(temporary, path);
  } catch {
    // The next plan reads the files again.
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
