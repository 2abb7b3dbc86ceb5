/** Opens the workspace's SQLite file with the settings that keep it sound, or says in words why not. */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fail, FlowyardError, type Problem } from '../../shared/errors.ts';
import { migrate, migrations as allMigrations } from './migrate.ts';
import { storeProblem } from '../files/store-problem.ts';

export interface OpenDatabaseOptions {
  /** The workspace's `.flowyard`. */
  folder: string;
  now: () => number;
  /** What to do with a damaged file: refuse to open, or rename it and begin a new one. */
  damaged: 'refuse' | 'set-aside';
  migrations?: readonly string[];
}
export interface OpenedDatabase {
  database: Database;
  /** The workspace cannot be written: this is a private copy, and what is written is gone at the end. */
  readOnly: boolean;
  /** What a person should know about the opening. */
  notice: Problem | undefined;
  close: () => void;
}

export const databaseName = 'flowyard.sqlite';

/** git and backup tools leave the folder alone. */
function hideFromGit(folder: string): void {
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}

export function openDatabase({
  folder,
  now,
  damaged,
  migrations = allMigrations,
}: OpenDatabaseOptions): OpenedDatabase {
  const path = join(folder, databaseName);
  if (!isWritable(folder)) return openCopy(folder, path, migrations);
  try {
    hideFromGit(folder);
    return { ...openFile(path, migrations), readOnly: false, notice: undefined };
  } catch (error) {
    const problem = storeProblem(error, path);
    if (problem.code !== 'store.corrupt' || damaged === 'refuse') throw problem;
    const aside = `${path}.damaged-${now()}`;
    // The log belongs to the file: a new file must not find it.
    for (const ending of ['', '-wal', '-shm']) if (existsSync(path + ending)) renameSync(path + ending, aside + ending);
    const notice: Problem = {
      ...problem.problem,
      severity: 'warning',
      message: `The history of this workspace was damaged. It was kept as ${aside}, and a new one was begun.`,
      mend: 'Pipelines, data and results are not in it and are all there.',
    };
    return { ...openFile(path, migrations), readOnly: false, notice };
  }
}

function openFile(path: string, migrations: readonly string[]): { database: Database; close: () => void } {
  const database = new SqliteDatabase(path, { timeout: 5000 });
  try {
    // The token of a service stands in it: nobody else's eyes.
    chmodSync(path, 0o600);
    database.pragma('busy_timeout = 5000');
    if (isNetworkDrive(path) || database.pragma('journal_mode = WAL', { simple: true }) !== 'wal') {
      // A write-ahead log needs memory that all its readers share, which a network drive cannot give.
      database.pragma('journal_mode = TRUNCATE');
      database.pragma('synchronous = FULL');
    } else database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    database.pragma('trusted_schema = OFF');
    migrate(database, path, migrations);
    return { database, close: () => database.close() };
  } catch (error) {
    database.close();
    throw error;
  }
}

function openCopy(folder: string, path: string, migrations: readonly string[]): OpenedDatabase {
  const copyFolder = mkdtempSync(join(tmpdir(), 'flowyard-read-only-'));
  const remove = (): void => rmSync(copyFolder, { recursive: true, force: true });
  const copy = join(copyFolder, databaseName);
  try {
    for (const ending of ['', '-wal'])
      if (existsSync(path + ending)) {
        copyFileSync(path + ending, copy + ending);
        // A copy has the mode of its origin, and SQLite opens what may not be written read-only without a word.
        chmodSync(copy + ending, 0o600);
      }
    const { database } = openFile(copy, migrations);
    const notice: Problem = {
      code: 'store.read-only',
      severity: 'warning',
      message: `Flowyard may not write in ${folder}, so runs and saved settings of this session are not kept.`,
      mend: 'Copy the workspace to a folder that you may write in.',
    };
    return {
      database,
      readOnly: true,
      notice,
      close: () => {
        database.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error instanceof FlowyardError ? error : storeProblem(error, path);
  }
}

/**
 * A file that was removed (`git clean -fdx`) is written to as if nothing were, and all of it is gone with the process: what it gives throws `store.gone` then.
 * Where files have no numbers, only that a file of this name is there is looked at.
 */
export function watchForRemoval(path: string): () => void {
  const numberNow = (): bigint | undefined => statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
  const number = numberNow();
  return () => {
    if (numberNow() === number) return;
    throw fail('store.gone', {
      message: `${path}, where Flowyard keeps its history, was removed while Flowyard was running.`,
      mend: 'Close Flowyard and start it again in this folder: it begins a new history. Saved pipelines and data are not in it.',
      facts: { place: path },
    });
  };
}

/** Whether the folder is there, or can be made in its parent, and takes files. The parent itself is never made: a workspace that is gone is an error. */
export function isWritable(folder: string): boolean {
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    accessSync(folder, constants.W_OK);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
    if (code === 'ENOENT')
      throw fail(
        'store.no-workspace',
        { message: `The folder ${dirname(folder)} is not there.`, mend: 'Open another folder, or put it back.' },
        { cause: error },
      );
    throw storeProblem(error, folder);
  }
}

/** Magic numbers of NFS, SMB, CIFS, 9P and Ceph, as `statfs` gives them on Linux. */
const networkTypes = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x00c36400]);
function isNetworkDrive(path: string): boolean {
  try {
    return process.platform === 'linux'
      ? networkTypes.has(statfsSync(path).type >>> 0)
      : process.platform === 'win32' && path.startsWith('\\\\');
  } catch {
    return false;
  }
}
