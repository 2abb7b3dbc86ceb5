/** Folders that a pipeline reads: every file hashed once, the whole known by the paths and contents together. */
import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { append } from '../../shared/append.ts';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import type { PackedFile, SourceFolder, SourceFolderFile } from '../../shared/source/source-folder.ts';
import { hashFile, stampOf } from '../files/file-stamp.ts';
import { fitsPattern } from './source-files.ts';
import { isInside } from '../files/is-inside.ts';
import { hashZipEntry, mostEntryBytes, listZip, readZipEntry } from '../files/zip-entries.ts';
import { replaceFile } from '../files/durable-write.ts';

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

  /**
   * @param root a real path
   * @param pattern of the paths within it; default: all files with these endings, in all folders
   */
  hash(root: string, endings: readonly string[], pattern?: string): Promise<FoundFolder> {
    const name = `${root}\n${endings.join()}\n${pattern ?? ''}`;
    const recent = this.#recent.get(name);
    if (recent !== undefined && performance.now() - recent.atMs < freshMs) return recent.found;
    const entry = { atMs: performance.now(), found: this.#hash(root, endings, pattern) };
    this.#recent.set(name, entry);
    entry.found.then(
      () => (entry.atMs = performance.now()),
      () => this.#recent.delete(name),
    );
    return entry.found;
  }

  async #hash(root: string, endings: readonly string[], pattern: string | undefined): Promise<FoundFolder> {
    const workspace = await realpath(dirname(dirname(this.#folder))).catch(() => root);
    const { files: listed, others } = await listFiles(root, endings, pattern, [root, workspace]);
    const memory = join(
      this.#folder,
      `${hashOf(pattern === undefined ? root : `${root}\n${pattern}`).slice(0, 32)}.json`,
    );
    const known = await readKnown(memory);
    const found: SourceFolderFile[] = [];
    const now: KnownFiles = {};
    let isNew = false;
    await eachOf(listed, atOnce, async (file, i) => {
      const stamp = file.packed === undefined ? await stampOf(file.place) : `${file.stamp}|${file.packed.offset}`;
      const old = known[file.path];
      const isKnown = old?.[0] === stamp;
      if (!isKnown) isNew = true;
      const [, sha256, bytes] = isKnown ? old : await hashListed(file, stamp);
      now[file.path] = [stamp, sha256, bytes];
      const { path, place, packed } = file;
      found[i] = { path, place, sha256, bytes, stamp, ...(packed === undefined ? {} : { packed }) };
    });
    if (isNew || listed.length !== Object.keys(known).length) await writeAside(memory, JSON.stringify(now));
    return { files: found, others, version: folderVersion(found) };
  }
}

/** By paths and contents together. */
export const folderVersion = (files: readonly Pick<SourceFolderFile, 'path' | 'sha256'>[]): string =>
  hashOf(compactJson(files.map((f) => [f.path, f.sha256])));

/** The bytes of a file of the folder; nothing where it is gone. */
export const readSourceFile = (file: Pick<SourceFolderFile, 'place' | 'packed'>): Promise<Uint8Array | undefined> =>
  file.packed === undefined
    ? readFile(file.place).catch(() => undefined)
    : readZipEntry(file.place, file.packed).catch(() => undefined);

/** In memory as a whole: what has more is refused by name. Undefined: it may be read. */
export function sayTooLarge({ bytes }: Pick<SourceFolderFile, 'bytes'>, mostBytes: number): string | undefined {
  if (bytes <= mostBytes) return undefined;
  const size = bytes > mostEntryBytes ? 'more than 1 GB' : `${Math.ceil(bytes / 2 ** 20)} MB`;
  return `has ${size}, and a file of its kind may have ${mostBytes / 2 ** 20} MB`;
}

async function hashListed(file: ListedFile, stamp: string): Promise<[string, string, number]> {
  if (file.packed === undefined) return [stamp, await hashFile(file.place), Number(stamp.split('|')[0])];
  const hashed = await hashZipEntry(file.place, file.packed).catch(() => undefined);
  // A damaged entry stays in the list: whoever reads it says its name.
  return [stamp, hashed?.sha256 ?? hashOf(''), hashed?.bytes ?? 0];
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

interface ListedFile {
  path: string;
  place: string;
  packed?: PackedFile;
  /** Of the archive. */
  stamp?: string;
  /** A link to somewhere that may not be read. */
  leadsOut?: boolean;
}

/**
 * The files of a folder or an archive that fit, in the order of their paths.
 * @param within real paths of folders; links that lead into one of them are followed, others are named among what does not fit
 */
export async function listFiles(
  root: string,
  endings: readonly string[],
  pattern: string | undefined,
  within: readonly string[] = [],
): Promise<{ files: ListedFile[]; others: FoundFolder['others'] }> {
  const isDeep = pattern?.includes('/') !== false;
  const listed = (await (isArchive(root) ? listArchive(root) : listFolder(root, '', { isDeep, within, way: [root] })))
    .filter(({ path }) => !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX'))
    // By code units, not by the machine's language: the same order everywhere.
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const fits = ({ path, leadsOut }: ListedFile): boolean => {
    if (leadsOut === true) return false;
    if (pattern !== undefined) return fitsPattern(path, pattern);
    return endings.some((ending) => path.toLowerCase().endsWith(ending));
  };
  const others = listed.filter((file) => !fits(file));
  const names = others
    .slice(0, 5)
    .map((f) => (f.leadsOut ? `${f.path} (a link that leads out of the workspace)` : f.path));
  return { files: listed.filter(fits), others: { count: others.length, names } };
}

export const isArchive = (path: string): boolean => path.toLowerCase().endsWith('.zip');

async function listArchive(archive: string): Promise<ListedFile[]> {
  const stamp = await stampOf(archive);
  return (await listZip(archive)).map(({ path, packed }) => ({ path, place: archive, packed, stamp }));
}

interface Walk {
  isDeep: boolean;
  within: readonly string[];
  /** Real paths of the folders from the root to this one: a link to one of them would lead in a circle. */
  way: readonly string[];
}

/** @param above the folder's path within the root, with a slash behind it, or nothing */
async function listFolder(folder: string, above: string, walk: Walk): Promise<ListedFile[]> {
  const found: ListedFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const [path, place] = [`${above}${entry.name}`, join(folder, entry.name)];
    const below = async (real: string): Promise<void> => {
      if (walk.isDeep) append(found, await listFolder(real, `${path}/`, { ...walk, way: [...walk.way, real] }));
    };
    if (entry.isFile()) found.push({ path, place });
    else if (entry.isDirectory()) await below(place);
    else if (entry.isSymbolicLink()) {
      const real = await realpath(place).catch(() => undefined);
      const facts = real === undefined ? undefined : await stat(real);
      if (real === undefined || facts === undefined) continue;
      if (!walk.within.some((allowed) => isInside(allowed, real))) found.push({ path, place, leadsOut: true });
      else if (facts.isFile()) found.push({ path, place: real });
      else if (facts.isDirectory() && !walk.way.includes(real)) await below(real);
    }
  }
  return found;
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
  try {
    await replaceFile(path, text);
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
