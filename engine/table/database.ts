/**
 * One confined DuckDB. It may touch the files it was given and its own temp folder, nothing else: external access is off and the configuration is
 * locked before any SQL of a pipeline runs. Values come back as plain values (`SqlValue`).
 */
import { DuckDBArrayType, type DuckDBConnection, DuckDBInstance, type DuckDBResult, version } from '@duckdb/node-api';
import type { Row, Vectors } from '../../shared/capabilities.ts';
import { literal, type SqlValue } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';
import { databaseProblem } from './database-problem.ts';
import { plainPath } from './plain-path.ts';
import { arraysOf, numbersOf, toSqlValue } from './values.ts';

export interface DatabaseOptions {
  threads: number;
  memoryBytes: number;
  /** Where DuckDB may spill; null: nowhere. */
  tempFolder: string | null;
  /** How much. Default: what the disk has. */
  tempBytes?: number;
  /** Whether DuckDB keeps what it read of files in memory, beside the system's own cache. Default: yes. */
  keepsFiles?: boolean;
  /** Folders and files that may be read (and written, for the store's temp folder). */
  allowed: readonly string[];
}

/** Some rows of a SELECT of numbers, column by column. */
export interface NumberChunk {
  /** Rows before it. */
  at: number;
  rows: number;
  columns: readonly ReturnType<typeof numbersOf>[];
}

const interruptAgainMs = 50;

export const duckdbVersion: string = version();

export class Database implements AsyncDisposable {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #ownsInstance: boolean;
  #stopping: NodeJS.Timeout | undefined;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, ownsInstance: boolean) {
    this.#instance = instance;
    this.#connection = connection;
    this.#ownsInstance = ownsInstance;
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    const instance = await DuckDBInstance.create(':memory:', {
      threads: String(Math.max(1, options.threads)),
      memory_limit: `${Math.max(256, Math.floor(options.memoryBytes / 2 ** 20))}MiB`,
      preserve_insertion_order: 'true',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      ...(options.tempFolder === null ? {} : { temp_directory: options.tempFolder }),
    });
    const connection = await instance.connect();
    const list = (paths: readonly string[]): string => `[${paths.map((p) => literal(p)).join(', ')}]`;
    // Times have one meaning everywhere: TIMESTAMPTZ is shown and keyed in UTC.
    await connection.run(`SET TimeZone = 'UTC'`);
    await connection.run(
      `SET allowed_directories = ${list(options.tempFolder === null ? options.allowed : [...options.allowed, options.tempFolder])}`,
    );
    // What is asked for is compared as it is written, and what it finds by its name.
    await connection.run(
      `SET allowed_paths = ${list([...new Set(options.allowed.flatMap((path) => [path, plainPath(path)]))])}`,
    );
    // Among the options of a new instance DuckDB shows it, and does not heed it.
    if (options.tempBytes !== undefined)
      await connection.run(
        `SET max_temp_directory_size = '${Math.max(1, Math.floor(options.tempBytes / 2 ** 20))}MiB'`,
      );
    if (options.keepsFiles === false) await connection.run('SET enable_external_file_cache = false');
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    return new Database(instance, connection, true);
  }

  /** A second connection on the same data, so that two queries can run side by side. */
  async connect(): Promise<Database> {
    return new Database(this.#instance, await this.#instance.connect(), false);
  }

  async run(text: string): Promise<void> {
    await this.#guard(() => this.#connection.run(text));
  }

  async query(text: string): Promise<Row[]> {
    return this.#guard(async () => {
      const result = await this.#connection.run(text);
      const names = result.deduplicatedColumnNames();
      const rows: Row[] = [];
      for (const chunk of await result.fetchAllChunks())
        for (const row of chunk.getRows())
          rows.push(Object.fromEntries(names.map((name, i) => [name, toSqlValue(row[i] ?? null)])));
      return rows;
    });
  }

  /** Column by column, for pages and single columns. */
  async columns(text: string): Promise<{ column: Column; values: SqlValue[] }[]> {
    return this.#guard(async () => {
      const result = await this.#connection.run(text);
      const out = result
        .deduplicatedColumnNames()
        .map((name, i) => ({ column: { name, type: String(result.columnType(i)) }, values: [] as SqlValue[] }));
      for (const chunk of await result.fetchAllChunks())
        out.forEach((column, i) => {
          for (const value of chunk.getColumnValues(i)) column.values.push(toSqlValue(value));
        });
      return out;
    });
  }

  /** Schema of a SELECT, by DuckDB's binder: no row is read. */
  async describe(select: string): Promise<Column[]> {
    return this.#guard(async () => {
      const result = await this.#connection.run(`DESCRIBE ${select}`);
      // Its first two columns are the name and the type.
      return (await result.fetchAllChunks()).flatMap((chunk) => {
        const types = chunk.getColumnValues(1);
        return chunk.getColumnValues(0).map((name, i) => ({ name: String(name), type: String(types[i]) }));
      });
    });
  }

  /** Numbers of a SELECT whose columns are all DOUBLE (or all FLOAT), row-major. NULL becomes NaN. For some thousands of rows: all of them stand in memory twice. */
  async matrix<T extends Float32Array | Float64Array>(
    select: string,
    into: (rows: number, columns: number) => T,
  ): Promise<{ values: T; rows: number }> {
    return this.#guard(async () => readMatrix(await this.#connection.run(select), into));
  }

  /** The same, as it comes: `visit` is told each part (some thousands of rows), which is gone afterwards. */
  async eachNumbers(select: string, visit: (part: NumberChunk) => void | Promise<void>): Promise<void> {
    await this.#guard(async () => {
      const result = await this.#connection.stream(select);
      const columns = result.columnCount;
      for (let at = 0; ;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        await visit({
          at,
          rows: chunk.rowCount,
          columns: Array.from({ length: columns }, (_, c) => numbersOf(chunk.getColumnVector(c))),
        });
        at += chunk.rowCount;
      }
    });
  }

  /** The only column, of type FLOAT[n], row after row; a missing vector is NaN. */
  async vectors(select: string): Promise<Vectors> {
    return this.#guard(async () => readVectors(await this.#connection.run(select)));
  }

  /** The same of a prepared statement whose parameters are texts. */
  async prepareMatrix(
    text: string,
  ): Promise<(values: readonly (string | null)[]) => Promise<{ values: Float64Array; rows: number }>> {
    const statement = await this.prepare(text);
    return (values) =>
      this.#guard(async () => {
        bindTexts(statement, values);
        return readMatrix(await statement.run(), (rows, columns) => new Float64Array(rows * columns));
      });
  }

  /** The one column of texts that such a statement gives. */
  async prepareTexts(text: string): Promise<(values: readonly (string | null)[]) => Promise<string[]>> {
    const statement = await this.prepare(text);
    return (values) =>
      this.#guard(async () => {
        bindTexts(statement, values);
        return (await (await statement.run()).getRows()).map(([value]) => String(value));
      });
  }

  async scalar(text: string): Promise<SqlValue> {
    const row = (await this.query(text))[0];
    return row === undefined ? null : (Object.values(row)[0] ?? null);
  }

  async prepare(text: string): Promise<Awaited<ReturnType<DuckDBConnection['prepare']>>> {
    return this.#guard(() => this.#connection.prepare(text));
  }

  async appender(table: string): Promise<Awaited<ReturnType<DuckDBConnection['createAppender']>>> {
    return this.#guard(() => this.#connection.createAppender(table));
  }

  /** Stops what runs now, and what begins until `resume`: it fails with `run.cancelled`. */
  interrupt(): void {
    this.#connection.interrupt();
    // A query that is asked for, but has not begun on its thread, does not hear it: it is told again until whoever asks has left.
    this.#stopping ??= setInterval(() => this.#connection.interrupt(), interruptAgainMs);
  }

  /** What is asked from now on runs. */
  resume(): void {
    clearInterval(this.#stopping);
    this.#stopping = undefined;
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw databaseProblem(thrown);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.resume();
    this.#connection.closeSync();
    if (this.#ownsInstance) this.#instance.closeSync();
  }
}

function bindTexts(
  statement: Awaited<ReturnType<DuckDBConnection['prepare']>>,
  values: readonly (string | null)[],
): void {
  values.forEach((value, i) => (value === null ? statement.bindNull(i + 1) : statement.bindVarchar(i + 1, value)));
}

async function readVectors(result: DuckDBResult): Promise<Vectors> {
  const type = result.columnType(0);
  if (!(type instanceof DuckDBArrayType)) throw new Error(`${String(type)} is no array of numbers`);
  const size = type.length;
  const chunks = await result.fetchAllChunks();
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const values = new Float32Array(rows * size);
  let at = 0;
  for (const chunk of chunks) {
    const { items, isNull } = arraysOf(chunk.getColumnVector(0));
    values.set(items.subarray(0, chunk.rowCount * size), at * size);
    for (let r = 0; isNull !== null && r < chunk.rowCount; r++)
      if (isNull(r)) values.fill(Number.NaN, (at + r) * size, (at + r + 1) * size);
    at += chunk.rowCount;
  }
  return { rows, size, values };
}

async function readMatrix<T extends Float32Array | Float64Array>(
  result: DuckDBResult,
  into: (rows: number, columns: number) => T,
): Promise<{ values: T; rows: number }> {
  const chunks = await result.fetchAllChunks();
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns = result.columnCount;
  const values = into(rows, columns);
  let at = 0;
  for (const chunk of chunks) {
    const vectors = Array.from({ length: columns }, (_, c) => numbersOf(chunk.getColumnVector(c)));
    putRows({ at, rows: chunk.rowCount, columns: vectors }, values, at);
    at += chunk.rowCount;
  }
  return { values, rows };
}

/**
 * Writes a part's rows into a row-major matrix. NULL becomes NaN.
 * @param to the row of the first, or of each
 */
export function putRows(
  { rows, columns }: NumberChunk,
  values: Float32Array | Float64Array,
  to: number | Int32Array,
): void {
  const width = columns.length;
  const isNext = typeof to === 'number';
  for (let c = 0; c < width; c++) {
    const { items, isNull } = columns[c] ?? { items: new Float64Array(0), isNull: null };
    for (let r = 0; r < rows; r++)
      values[(isNext ? to + r : (to[r] ?? 0)) * width + c] =
        isNull !== null && isNull(r) ? Number.NaN : (items[r] ?? Number.NaN);
  }
}
