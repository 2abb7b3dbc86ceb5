/**
 * The one way in for everything that is written into a person's folder: tables, models and cards of a pipeline, uploads, labels, saved pipelines, what a
 * command was told to write. The way to the file is opened step by step and no link is followed, so that nothing lands outside, whoever changes a name in
 * between; what configures or runs is refused; a file is finished beside its place and takes its name at once.
 */
import { constants, existsSync, type Stats } from 'node:fs';
import { copyFile, link, lstat, mkdir, open, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { basename, join, relative, sep } from 'node:path';
import { fail } from '../../shared/errors.ts';
import { kindOf } from './given-file.ts';
import { refusedName, sayRefused } from '../../shared/spec/written-file.ts';

/**
 * What a person's own command may write beyond data. `pipeline-file`: a file that ends in .pipeline.json, in any folder. `own-command`: the very file that
 * the person named. A pipeline has neither, ever.
 */
export type Permission = 'pipeline-file' | 'own-command';

export interface PlaceOptions {
  permission?: Permission;
  /** The parameter that names it, for messages. */
  param?: string;
}
export type Content = { bytes: string | Uint8Array } | { move: string };

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } = constants;
/** Linux finds a name in an open folder by its number, whatever has become of the path to it. */
const canGoByNumber = process.platform === 'linux' && existsSync('/proc/self/fd');
/** Data are data, on a disk too that calls every file a program. */
const dataEnding = /\.(csv|tsv|txt|md|json|jsonl|ndjson|parquet|onnx|bin|gguf)$/i;

/**
 * @param root the folder of the person, as it is known to be: the workspace, or the folder that a command named
 * @param path below it, with `/`
 */
export async function openWrittenPlace(root: string, path: string, options: PlaceOptions = {}): Promise<WrittenPlace> {
  judgeName(path, options);
  const steps = path.split(process.platform === 'win32' ? /[/\\]/ : '/').filter((step) => step !== '' && step !== '.');
  const name = steps.pop() ?? '';
  const folder = await Folder.open(await realpath(root), steps, path, options);
  try {
    judgeThere(await folder.look(name), path, name, options);
    return new WrittenPlace(folder, name, [...steps, name].join('/'), options);
  } catch (thrown) {
    await folder.close();
    throw thrown;
  }
}

export class WrittenPlace implements AsyncDisposable {
  readonly #folder: Folder;
  readonly #name: string;
  /** Its path below the root. */
  readonly below: string;
  readonly #options: PlaceOptions;

  constructor(folder: Folder, name: string, below: string, options: PlaceOptions) {
    this.#folder = folder;
    this.#name = name;
    this.below = below;
    this.#options = options;
  }

  /** For people, and for what is read later. */
  get path(): string {
    return join(this.#folder.path, this.#name);
  }

  /** A name beside it that nothing has yet, hidden, for what is not whole. */
  beside(ending = '.tmp'): string {
    return this.#folder.at(`.${this.#name}.${randomBytes(6).toString('hex')}${ending}`);
  }

  /** A name beside it by which the next try finds what this one left. To be opened by `openUnfinished` alone: others could have put a link there. */
  unfinished(ending: string): string {
    return this.#folder.at(`${this.#name}${ending}`);
  }

  /** Facts of what is there; undefined: nothing. */
  there(): Promise<Stats | undefined> {
    return this.#folder.look(this.#name);
  }

  /** Writes the whole beside, syncs it, and gives it its name. @throws `file.exists` where something is there and may not be replaced */
  async put(content: Content, overwrite: boolean): Promise<Stats> {
    const temporary = this.beside();
    try {
      if ('move' in content) await moveInto(content.move, temporary);
      else await writeNew(temporary, content.bytes);
      return await this.take(temporary, overwrite);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** What was finished `beside` takes the name. */
  async take(temporary: string, overwrite: boolean): Promise<Stats> {
    // Again at the last moment: a link that came meanwhile is refused, not replaced in silence.
    await this.#folder.judgeWay();
    judgeThere(await this.there(), this.below, this.#name, this.#options);
    const target = this.#folder.at(this.#name);
    if (overwrite) await rename(temporary, target);
    else if (!(await nameOnce(temporary, target))) throw fileExists(this.below, this.#options);
    await this.#folder.sync();
    return (await this.there()) ?? (await lstat(target));
  }

  async remove(): Promise<void> {
    await this.#folder.judgeWay();
    await rm(this.#folder.at(this.#name), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#folder.close();
  }
}

/** What is not whole yet, to be read, begun or gone on with. @throws `file.link` */
export async function openUnfinished(path: string, how: 'read' | 'begin' | 'append'): Promise<FileHandle> {
  const flags = { read: O_RDONLY, begin: O_WRONLY | O_CREAT | O_TRUNC, append: O_WRONLY | O_CREAT | O_APPEND }[how];
  const there = await lstat(path).catch(() => undefined);
  if (there?.isSymbolicLink() === true) throw isALink(basename(path), basename(path), {});
  return open(path, flags | (O_NOFOLLOW ?? 0), 0o666).catch((error: unknown) => {
    throw codeOf(error) === 'ELOOP' ? isALink(basename(path), basename(path), {}) : error;
  });
}

export const fileExists = (path: string, options: PlaceOptions = {}) =>
  fail('file.exists', {
    message: `The file "${path}" exists already.`,
    mend: 'Choose another name, or allow overwriting.',
    ...placeOf(options),
  });

/** An open folder on the way. */
class Folder {
  readonly path: string;
  readonly #handle: FileHandle | undefined;
  /** Without numbers, the way that was taken must be the way that is there: asked when it is opened, and again before a file gets its name. */
  judgeWay: () => Promise<void> = () => Promise.resolve();

  private constructor(path: string, handle: FileHandle | undefined) {
    this.path = path;
    this.#handle = handle;
  }

  static async open(root: string, steps: readonly string[], shown: string, options: PlaceOptions): Promise<Folder> {
    let folder = new Folder(root, canGoByNumber ? await open(root, O_RDONLY | O_DIRECTORY) : undefined);
    try {
      for (const step of steps) {
        const next = await folder.#step(step, shown, options);
        await folder.close();
        folder = next;
      }
      const { path } = folder;
      if (!canGoByNumber) folder.judgeWay = () => judgeReal(path, root, steps, shown, options);
      await folder.judgeWay();
      return folder;
    } catch (thrown) {
      await folder.close();
      throw thrown;
    }
  }

  /** A name in it, for the system. */
  at(name: string): string {
    return this.#handle === undefined ? join(this.path, name) : `/proc/self/fd/${this.#handle.fd}/${name}`;
  }

  async #step(step: string, shown: string, options: PlaceOptions): Promise<Folder> {
    await mkdir(this.at(step)).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    const there = await this.look(step);
    if (there?.isDirectory() !== true) throw notAFolder(there, join(this.path, step), shown, options);
    if (this.#handle === undefined) return new Folder(join(this.path, step), undefined);
    const handle = await open(this.at(step), O_RDONLY | O_DIRECTORY | O_NOFOLLOW).catch(async (error: unknown) => {
      if (!['ELOOP', 'ENOTDIR', 'ENOENT'].includes(codeOf(error))) throw error;
      throw notAFolder(await this.look(step), join(this.path, step), shown, options);
    });
    return new Folder(join(this.path, step), handle);
  }

  look(name: string): Promise<Stats | undefined> {
    return lstat(this.at(name)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    });
  }

  /** Makes the names in it durable, where the system can. */
  async sync(): Promise<void> {
    await this.#handle?.sync().catch((error: unknown) => {
      // Some network drives cannot sync a folder: then the file's own sync is all there is.
      if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR', 'EBADF'].includes(codeOf(error))) throw error;
    });
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
const placeOf = ({ param }: PlaceOptions): { param?: string } => (param === undefined ? {} : { param });

function judgeName(path: string, options: PlaceOptions): void {
  const why = refusedName(path);
  const { permission } = options;
  // Flowyard's own folder is nobody's to write in.
  const isOwn = path.split(/[/\\]/).some((step) => step.toLowerCase() === '.flowyard');
  const isGranted =
    (permission === 'own-command' && !isOwn) ||
    (permission === 'pipeline-file' && !isOwn && path.endsWith('.pipeline.json'));
  if (why === undefined || (isGranted && why !== 'outside')) return;
  const { code, ...said } = sayRefused(path, why);
  throw fail(code, { ...said, ...placeOf(options) });
}

function judgeThere(there: Stats | undefined, shown: string, name: string, options: PlaceOptions): void {
  if (there === undefined) return;
  if (there.isSymbolicLink()) throw isALink(shown, shown, options);
  if (!there.isFile())
    throw fail('file.not-a-file', {
      message: `"${shown}" is ${kindOf(there)}, not a file.`,
      mend: 'Give the name of a file.',
      ...placeOf(options),
    });
  const isProgram = process.platform !== 'win32' && (there.mode & 0o111) !== 0 && !dataEnding.test(name);
  if (isProgram && options.permission === undefined)
    throw fail('file.configures', {
      message: `"${shown}" is a program, which a pipeline may not replace.`,
      mend: 'Give another name.',
      ...placeOf(options),
    });
}

/** Names that the system knows under others are judged as it knows them. */
async function judgeReal(
  folder: string,
  root: string,
  steps: readonly string[],
  shown: string,
  options: PlaceOptions,
): Promise<void> {
  const way = relative(root, await realpath(folder)).split(sep);
  if (way.join('/').toLowerCase() !== steps.join('/').toLowerCase()) {
    const why = refusedName([...way, 'data.csv'].join('/'));
    if (why !== undefined || way.length !== steps.length) throw isALink(folder, shown, options);
  }
}

const notAFolder = (there: Stats | undefined, folder: string, shown: string, options: PlaceOptions) =>
  there?.isSymbolicLink() === true
    ? isALink(folder, shown, options)
    : fail('file.not-a-folder', {
        message: `"${shown}" cannot be written: ${folder} is no folder.`,
        mend: 'Give another path.',
        ...placeOf(options),
      });
const isALink = (place: string, shown: string, options: PlaceOptions) =>
  fail('file.link', {
    message: `"${shown}" is not written: ${place} is a link, which may lead out of the workspace.`,
    mend: 'Write into a folder that is no link, or open the folder that it leads to as the workspace.',
    ...placeOf(options),
  });

async function writeNew(path: string, bytes: string | Uint8Array): Promise<void> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0), 0o666);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** From a folder of Flowyard's own, which may lie on another disk. */
async function moveInto(source: string, target: string): Promise<void> {
  await rename(source, target).catch(async (thrown: unknown) => {
    if (codeOf(thrown) !== 'EXDEV') throw thrown;
    await copyFile(source, target, constants.COPYFILE_EXCL);
    await rm(source);
  });
}

/** Gives a name that nothing has; false: something has it. */
async function nameOnce(temporary: string, target: string): Promise<boolean> {
  try {
    await link(temporary, target);
    await rm(temporary, { force: true });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // A disk without second names: the name is claimed first, so that the rename never replaces what another wrote in between.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES'].includes(codeOf(error))) throw error;
  }
  const claimed = await open(target, 'wx').catch((error: unknown) => {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  });
  if (claimed === undefined) return false;
  await claimed.close();
  await rename(temporary, target);
  return true;
}
