/** Files that a pipeline reads: found, allowed, hashed. A file enters keys by its content; where it lies is nobody's business. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { SourceFile } from '../../shared/capabilities.ts';
import { fail } from '../../shared/errors.ts';

import { DecodedFiles } from './decoded-files.ts';
import { hashFile, stampOf } from '../files/file-stamp.ts';
import { kindOf } from '../files/given-file.ts';
import { isInside } from '../files/is-inside.ts';
import { splitPattern } from './file-pattern.ts';
import { FolderHashes, isArchive } from './source-folder.ts';
import { replaceFile } from '../files/durable-write.ts';
import type { FoundSource } from './found-source.ts';

export interface SourceRoots {
  workspace: string;
  /** Folder of the pipeline file: relative paths in it begin here. */
  pipelineFolder: string;
  /** Bundled data. */
  resources: string;
  /** Files that the person named on the command line: allowed wherever they lie. Absolute. */
  granted: ReadonlySet<string>;
  /** Folder with what is known of files on remotes. Default: nothing is. */
  listings?: string;
  /** On a machine that the run was sent to: where the copies of its files lie, by `stagedName`. They were hashed when they were sent. */
  staged?: ReadonlyMap<string, Omit<FoundSource, 'param' | 'stamp'>>;
}

/** What a file is called among the copies: as the pipeline names it. */
export const stagedName = (source: SourceFile): string =>
  `${source.from} ${source.path}${source.from === 'file' && source.encoding !== undefined ? ` as ${source.encoding}` : ''}`;

export interface QueriedFile {
  path: string;
  /** Another one for other content. */
  stamp: string;
  sha256: string;
  isProvisional?: true;
}
/** The files that a plan's queries may read. What lies in folders is read by nobody's SQL, but for tables of several files. */
export const filesOf = (plan: { instances: ReadonlyMap<string, { sources: readonly FoundSource[] }> }): QueriedFile[] =>
  [...plan.instances.values()].flatMap((instance) => instance.sources).flatMap(queriedFiles);

/** In order. */
export const queriedFiles = (source: FoundSource): QueriedFile[] =>
  source.columns !== undefined
    ? []
    : source.standIn !== undefined
      ? [{ path: source.standIn.path, stamp: source.sha256, sha256: source.sha256 }]
      : source.folder === undefined
        ? [source]
        : source.isTable === true
          ? source.folder.files.map(({ place, stamp, sha256 }) => ({ path: place, stamp: stamp ?? sha256, sha256 }))
          : [];

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() === true;

/** Refuses what lies outside the workspace, following links, unless the person named that very file. */
export async function findSource(source: SourceFile, roots: SourceRoots, node: string): Promise<string> {
  if (source.from === 'resource' || (source.from === 'folder' && source.bundled === true))
    return join(roots.resources, source.path);
  const place = { node, param: source.param };
  const what = source.from === 'files' ? 'file' : source.from;
  if (source.path === '')
    throw fail('file.not-chosen', { message: `No ${what} is chosen.`, mend: `Choose a ${what} to read.`, ...place });
  // A file that is there is meant, though its name looks like a pattern.
  const isPattern = source.from === 'files' && !(await isFile(resolve(roots.pipelineFolder, source.path)));
  const { folder: named } = isPattern ? splitPattern(source.path) : { folder: source.path };
  const path = isAbsolute(named) ? resolve(named) : resolve(roots.pipelineFolder, named);
  const missing = (cause: unknown) =>
    fail(
      'file.missing',
      {
        message: `The ${what} "${source.path}" is not there.`,
        mend: /https?:\/+/i.test(source.path)
          ? 'Addresses of the web are not read: download the file and choose it.'
          : `Choose the ${what} again, or put it back.`,
        ...place,
      },
      { cause },
    );
  const real = await realpath(path).catch((cause: unknown) => {
    throw missing(cause);
  });
  const facts = await stat(real);
  const isFitting =
    source.from === 'files'
      ? facts.isDirectory() || (facts.isFile() && named === source.path)
      : what === 'file'
        ? facts.isFile()
        : facts.isDirectory() || (facts.isFile() && isArchive(real));
  if (!isFitting)
    throw fail(what === 'file' ? 'file.not-a-file' : 'file.not-a-folder', {
      message: `"${source.path}" is ${facts.isFile() ? 'a file, not a folder' : `${kindOf(facts)}, not a file`}.`,
      mend: what === 'file' ? 'Choose a file.' : 'Choose a folder, or a ZIP archive.',
      ...place,
    });
  const isWhole = real === roots.workspace || isInside(real, roots.workspace);
  if (isWhole && (what === 'folder' || (facts.isDirectory() && named === source.path)))
    throw fail('file.whole-workspace', {
      message: `"${source.path}" is the whole workspace.`,
      mend: 'Choose a folder inside it.',
      ...place,
    });
  if (roots.granted.has(path) || roots.granted.has(real)) return real;
  for (const folder of [roots.workspace, roots.pipelineFolder, roots.resources]) {
    const root = await realpath(folder).catch(() => folder);
    // A pattern may name files of the workspace itself.
    if (isInside(root, real) || (root === real && named !== source.path)) return real;
  }
  throw fail('file.outside-workspace', {
    message: `"${source.path}" lies outside the workspace.`,
    mend: `Copy the ${what} into the workspace, or name it with --param when you run the pipeline.`,
    ...place,
  });
}

interface Seen {
  stamp: string;
  bytes: number;
  sha256: string;
}

/** Content hashes, remembered by path, size, time and inode, so that a large file is hashed once. */
export class FileHashes {
  readonly #file: string;
  #seen: Map<string, Seen> | undefined;
  /** Stamp of the list when it was last read. */
  #read: string | undefined;
  #dirty = false;
  readonly folders: FolderHashes;
  readonly decoded: DecodedFiles;

  constructor(flowyardFolder: string) {
    this.decoded = new DecodedFiles(flowyardFolder);
    this.#file = join(flowyardFolder, 'file-hashes.json');
    this.folders = new FolderHashes(flowyardFolder);
  }

  /** Without reading the file: what is remembered of it as it is now, here or by another process of the workspace. */
  async known(path: string): Promise<Seen | undefined> {
    const stamp = await stampOf(path);
    const seen = (await this.#load()).get(path);
    if (seen?.stamp === stamp) return seen;
    const written = await stampOf(this.#file).catch(() => undefined);
    if (written === this.#read) return undefined;
    this.#read = written;
    const others = await this.#readFile();
    for (const [name, other] of others) if (!this.#seen?.has(name) || name === path) this.#seen?.set(name, other);
    const other = others.get(path);
    return other?.stamp === stamp ? other : undefined;
  }

  async hash(path: string): Promise<Seen> {
    const known = await this.#load();
    const old = await this.known(path);
    if (old !== undefined) return old;
    const stamp = await stampOf(path);
    const sha256 = await hashFile(path);
    const seen = { stamp, sha256, bytes: (await stat(path)).size };
    known.set(path, seen);
    this.#dirty = true;
    return seen;
  }

  /** Forgetting the list costs time, never correctness: a failure to write is no failure of the run. */
  async save(): Promise<void> {
    if (!this.#dirty || this.#seen === undefined) return;
    this.#dirty = false;
    try {
      await replaceFile(this.#file, JSON.stringify(Object.fromEntries([...this.#seen].slice(-2000))));
    } catch {
      this.#dirty = true;
    }
  }

  async #load(): Promise<Map<string, Seen>> {
    if (this.#seen === undefined) {
      this.#read = await stampOf(this.#file).catch(() => undefined);
      this.#seen = await this.#readFile();
    }
    return this.#seen;
  }

  async #readFile(): Promise<Map<string, Seen>> {
    const text = await readFile(this.#file, 'utf8').catch(() => '{}');
    try {
      const parsed: Record<string, Seen> = JSON.parse(text);
      return new Map(Object.entries(parsed));
    } catch {
      return new Map();
    }
  }
}
