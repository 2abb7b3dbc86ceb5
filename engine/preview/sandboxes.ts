/**
 * Confined databases for planning and previewing: one for each set of files that may be read, since most edits read the same files. A file with other
 * content is another file: what a database remembers of it (schemas, Parquet footers) would be wrong.
 */
import { Binder } from '../sql/bind.ts';
import { SqlJudge } from '../sql/judge-sql.ts';
import type { Composer } from '../recipe/compose/compose.ts';
import { Connections } from '../table/connections.ts';
import type { DatabaseOptions } from '../table/database.ts';

export interface Sandbox {
  connections: Connections;
  composer: Composer;
  /** Kept open until the returned function is called. */
  hold: () => () => void;
}
interface Kept extends Sandbox {
  holders: number;
  usedMs: number;
  close: () => Promise<void>;
}
export interface SandboxFile {
  path: string;
  /** Another one for other content. */
  stamp: string;
}
export interface SandboxOptions extends Pick<DatabaseOptions, 'threads' | 'memoryBytes'> {
  tempFolder: string;
  /** Readable in each of them. */
  folders: readonly string[];
}

/** A person works on few pipelines at once. */
const keptAtOnce = 3;
/** A database without holders may still answer a check that began before. */
const graceMs = 60_000;

export class Sandboxes implements AsyncDisposable {
  readonly #options: SandboxOptions;
  readonly #all = new Map<string, Promise<Kept>>();

  constructor(options: SandboxOptions) {
    this.#options = options;
  }

  async get(files: readonly SandboxFile[]): Promise<Sandbox> {
    const name = [...new Set(files.map((f) => `${f.path} ${f.stamp}`))].sort().join('\n');
    const known = this.#all.get(name);
    const sandbox = known ?? this.#open([...new Set(files.map((f) => f.path))]);
    // Set anew even when it is known: the first of the map is what was used longest ago.
    this.#all.delete(name);
    this.#all.set(name, sandbox);
    try {
      const opened = await sandbox;
      opened.usedMs = performance.now();
      if (known === undefined) await this.#closeOld();
      return opened;
    } catch (thrown) {
      this.#all.delete(name);
      throw thrown;
    }
  }

  async #open(files: readonly string[]): Promise<Kept> {
    const { threads, memoryBytes, tempFolder, folders } = this.#options;
    // Connections open a second database of half the size for queries on one thread.
    const share = memoryBytes / keptAtOnce / 1.5;
    const connections = new Connections(
      { threads, memoryBytes: share, tempFolder, allowed: [...folders, ...files] },
      true,
    );
    const database = await connections.use(false, (db) => db.connect());
    const kept: Kept = {
      connections,
      composer: { binder: new Binder(database), judge: new SqlJudge(database) },
      holders: 0,
      usedMs: performance.now(),
      hold: () => {
        kept.holders += 1;
        return () => void (kept.holders -= 1);
      },
      close: async () => {
        await database[Symbol.asyncDispose]();
        await connections[Symbol.asyncDispose]();
      },
    };
    return kept;
  }

  async #closeOld(): Promise<void> {
    for (const [name, sandbox] of [...this.#all].slice(0, -keptAtOnce)) {
      const old = await sandbox.catch(() => undefined);
      if (old !== undefined && (old.holders > 0 || performance.now() - old.usedMs < graceMs)) continue;
      this.#all.delete(name);
      await old?.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const sandbox of this.#all.values()) await sandbox.then((s) => s.close()).catch(() => undefined);
    this.#all.clear();
  }
}
