/** DuckDB connections of a run: several at once where threads cannot change a result, one thread where float sums would. */
import { cancelled, FlowyardError } from '../../shared/errors.ts';
import { Database, type DatabaseOptions } from './database.ts';

/** What never finds enough should not be tried for long. */
const mostTries = 4;
const isOutOfMemory = (thrown: unknown): boolean =>
  thrown instanceof FlowyardError && thrown.problem.code === 'run.out-of-memory';

export class Connections implements AsyncDisposable {
  readonly #options: DatabaseOptions;
  readonly #deterministic: boolean;
  #parallel: Promise<Database> | undefined;
  #serial: Promise<Database> | undefined;
  readonly #idle: { parallel: Database[]; serial: Database[] } = { parallel: [], serial: [] };
  readonly #busy = new Set<Database>();
  #begun = 0;
  #waiting: (() => void)[] = [];

  constructor(options: DatabaseOptions, deterministic: boolean) {
    this.#options = options;
    this.#deterministic = deterministic;
  }

  /**
   * `mixes`: the query sums or joins rows, so that its last digits could differ with the number of threads. What finds no memory beside others is done once
   * more when one of them has ended: `work` may be called several times.
   */
  async use<T>(mixes: boolean, work: (database: Database) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let tries = 1; ; tries++) {
      const begun = this.#begun;
      const wasAlone = this.#busy.size === 0;
      try {
        return await this.#once(mixes, work, signal);
      } catch (thrown) {
        const stayedAlone = wasAlone && this.#begun === begun + 1;
        if (stayedAlone || tries === mostTries || !isOutOfMemory(thrown)) throw thrown;
        if (this.#busy.size > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    }
  }

  async #once<T>(mixes: boolean, work: (database: Database) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const pool = mixes && this.#deterministic ? 'serial' : 'parallel';
    const database = this.#idle[pool].pop() ?? (await (await this.#root(pool)).connect());
    const stop = (): void => database.interrupt();
    signal?.addEventListener('abort', stop, { once: true });
    this.#busy.add(database);
    this.#begun++;
    try {
      if (signal?.aborted === true) throw cancelled();
      return await work(database);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#busy.delete(database);
      database.resume();
      this.#idle[pool].push(database);
      for (const goOn of this.#waiting.splice(0)) goOn();
    }
  }

  #root(pool: 'parallel' | 'serial'): Promise<Database> {
    // DuckDB cuts what one thread writes into other row groups: with two or more, a file has the same bytes everywhere.
    if (pool === 'parallel')
      return (this.#parallel ??= Database.open({ ...this.#options, threads: Math.max(2, this.#options.threads) }));
    return (this.#serial ??= Database.open({
      ...this.#options,
      threads: 1,
      memoryBytes: this.#options.memoryBytes / 2,
    }));
  }

  interrupt(): void {
    for (const database of this.#busy) database.interrupt();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const database of [...this.#idle.parallel, ...this.#idle.serial]) await database[Symbol.asyncDispose]();
    if (this.#parallel) await (await this.#parallel)[Symbol.asyncDispose]();
    if (this.#serial) await (await this.#serial)[Symbol.asyncDispose]();
  }
}
