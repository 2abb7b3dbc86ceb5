/**
 * One host a workspace. The lock itself is held by the system on `.flowyard/host.lock` and so ends with the process, however it ends: there is no stale lock to
 * break. `.flowyard/host.json` says who holds it and where it can be reached.
 */
import SqliteDatabase from 'better-sqlite3';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { fail } from '../../shared/errors.ts';
import { writeFileAtomic } from '../files/durable-write.ts';
import { identifyProcess, isAlive, processIdentity } from '../store/process-identity.ts';
import { storeProblem } from '../files/store-problem.ts';

const hostFile = z.object({
  process: processIdentity,
  /** `http://127.0.0.1:4173`; null while it starts, or when it serves nobody. */
  url: z.string().nullable(),
  /** For processes of this user on this machine: `Authorization: Bearer …`. */
  token: z.string(),
  /** False: it lives for one command and goes with it. */
  lasting: z.boolean().default(true),
});
export interface LivingHost {
  pid: number;
  url: string;
  token: string;
  lasting: boolean;
}
export type LockResult =
  | {
      taken: true;
      /** Says where this host can be reached. */
      announce: (where: Omit<LivingHost, 'pid'>) => Promise<void>;
      /** The host is going: nobody is sent to it any more, and the next one waits for the lock. */
      withdraw: () => void;
      release: () => void;
    }
  | { taken: false; living: LivingHost };

export interface TakeLockOptions {
  /** How long a host that holds the lock may take to say where it is. */
  patienceMs?: number;
  /** Called once: a host that goes by itself is waited for, instead of being found. */
  onWait?: (() => void) | undefined;
  /** A read-only workspace has no lock: whoever opens it is alone with its copy. */
  readOnly?: boolean;
}

export async function takeLock(
  workspace: string,
  { patienceMs = 30_000, readOnly = false, onWait }: TakeLockOptions = {},
): Promise<LockResult> {
  if (readOnly)
    return { taken: true, announce: async () => undefined, withdraw: () => undefined, release: () => undefined };
  const folder = join(workspace, '.flowyard');
  const namePath = join(folder, 'host.json');
  let waits = onWait;
  let giveUpAt = performance.now() + patienceMs;
  for (;;) {
    const held = holdLock(folder);
    if (held !== undefined) {
      // What a dead host said of itself is no longer true.
      rmSync(namePath, { force: true });
      return {
        taken: true,
        announce: ({ url, token, lasting }) =>
          writeFileAtomic(
            namePath,
            JSON.stringify({ process: identifyProcess(), url, token, lasting } satisfies z.input<typeof hostFile>),
            0o600,
          ),
        withdraw: () => rmSync(namePath, { force: true }),
        release: () => {
          rmSync(namePath, { force: true });
          held.close();
        },
      };
    }
    const living = readLiving(namePath);
    if (living !== undefined && (living.lasting || onWait === undefined)) return { taken: false, living };
    if (living !== undefined) {
      waits?.();
      waits = undefined;
      giveUpAt = performance.now() + patienceMs;
    }
    if (performance.now() > giveUpAt)
      throw fail('host.busy', {
        message: 'Another Flowyard works in this folder and does not say where it can be reached.',
        mend: 'Close it (a run on the command line ends by itself), then try again.',
        facts: { workspace },
      });
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** The host that lives in the workspace now, if one does. */
export const findLivingHost = (workspace: string): LivingHost | undefined =>
  readLiving(join(workspace, '.flowyard', 'host.json'));

function holdLock(folder: string): { close: () => void } | undefined {
  let database: SqliteDatabase.Database | undefined;
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    database = new SqliteDatabase(join(folder, 'host.lock'), { timeout: 0 });
    database.pragma('locking_mode = EXCLUSIVE');
    // An empty write transaction that stays open: the system's lock on the file, ours until the process ends.
    database.exec('BEGIN EXCLUSIVE');
    const held = database;
    return { close: () => held.close() };
  } catch (error) {
    database?.close();
    const problem = storeProblem(error, join(folder, 'host.lock'));
    if (problem.code === 'store.busy') return undefined;
    throw problem;
  }
}

function readLiving(path: string): LivingHost | undefined {
  try {
    const { process: identity, url, token, lasting } = hostFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    return url !== null && isAlive(identity) ? { pid: identity.pid, url, token, lasting } : undefined;
  } catch {
    return undefined;
  }
}
