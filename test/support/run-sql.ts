/** Runs the SQL of one relational node alone, on a real DuckDB, against tables made from literals. */
import { DuckDBDecimalValue, DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import type * as z from 'zod';
import type { QueryRows, RelationalContext, RelationalRun, Row, TableRef } from '../../shared/capabilities.ts';
import type { Finding, NodeSpec } from '../../shared/kind/define-spec.ts';
import { id, literal, raw, type Sql, type SqlValue } from '../../shared/sql.ts';
import { readOddBytes } from '../../engine/sources/decoded-files.ts';
import { toProblem } from '../../shared/errors.ts';
import { hiddenColumns, type Column, type TableSchema } from '../../shared/wires.ts';

/** Column → DuckDB type, and rows in that order. A value is cast to its column's type, so a date is written as text. */
export interface TableLiteral {
  columns: Readonly<Record<string, string>>;
  rows: readonly (readonly SqlValue[])[];
}
export const table = (
  columns: Readonly<Record<string, string>>,
  rows: readonly (readonly SqlValue[])[] = [],
): TableLiteral => ({ columns, rows });

export const schemaOf = (t: TableLiteral, more: Partial<TableSchema> = {}): TableSchema => ({
  columns: Object.entries(t.columns)
    .map(([name, type]) => ({ name, type }))
    .filter((c) => !hiddenColumns.includes(c.name)),
  split: hiddenColumns.every((name) => name in t.columns),
  ...more,
});

export interface RunOptions {
  params?: Readonly<Record<string, unknown>>;
  inputs?: Readonly<Record<string, TableLiteral>>;
  many?: Readonly<Record<string, readonly TableLiteral[]>>;
  /** The paths that stand behind `file` parameters. */
  files?: Readonly<Record<string, string>>;
  threads?: number;
  /** As if the inputs lay in files of ours. */
  stable?: true;
}
export interface RunResult {
  columns: Column[];
  rows: Row[];
}

export class TestDatabase {
  readonly connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;
  #tables = 0;
  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.connection = connection;
  }

  static async open(threads = 1): Promise<TestDatabase> {
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads), memory_limit: '1GiB' });
    const connection = await instance.connect();
    await connection.run(`SET TimeZone = 'UTC'`);
    return new TestDatabase(instance, connection);
  }

  readonly query: QueryRows = async (query) => (await this.read(query.render())).rows;

  async read(text: string): Promise<RunResult> {
    const result = await this.connection.run(text);
    const names = result.deduplicatedColumnNames();
    const columns = names.map((name, i) => ({ name, type: String(result.columnType(i)) }));
    const rows: Row[] = [];
    for (const chunk of await result.fetchAllChunks())
      for (const row of chunk.getRows())
        rows.push(Object.fromEntries(names.map((name, i) => [name, plainValue(row[i] ?? null)])));
    return { columns, rows };
  }

  async create(t: TableLiteral): Promise<TableRef> {
    const name = `table ${++this.#tables}`;
    const columns = Object.entries(t.columns);
    await this.connection.run(
      `CREATE TABLE ${id(name).render()} (${columns.map(([column, type]) => `${id(column).render()} ${type}`).join(', ')})`,
    );
    for (let at = 0; at < t.rows.length; at += 500) {
      const values = t.rows.slice(at, at + 500).map((row) => `(${row.map((value) => literal(value)).join(', ')})`);
      await this.connection.run(`INSERT INTO ${id(name).render()} VALUES ${values.join(', ')}`);
    }
    return {
      ref: id(name),
      columns: columns.map(([column, type]) => ({ name: column, type })).filter((c) => !hiddenColumns.includes(c.name)),
      hidden: columns.map(([column]) => column).filter((column) => hiddenColumns.includes(column)),
    };
  }

  /** The rows of a query as a table of its own. */
  async createFrom(query: Sql): Promise<TableRef> {
    const name = id(`table ${++this.#tables}`).render();
    await this.connection.run(`CREATE TABLE ${name} AS ${query.render()}`);
    return this.#describe(name);
  }

  async #describe(name: string): Promise<TableRef> {
    const columns = (await this.read(`DESCRIBE ${name}`)).rows.map((row): Column => ({
      name: String(row['column_name']),
      type: String(row['column_type']),
    }));
    return {
      ref: raw(name),
      columns: columns.filter((c) => !hiddenColumns.includes(c.name)),
      hidden: columns.map((c) => c.name).filter((column) => hiddenColumns.includes(column)),
    };
  }

  async context<P>(params: P, options: RunOptions): Promise<RelationalContext<P>> {
    const inputs = Object.fromEntries(
      await Promise.all(
        Object.entries(options.inputs ?? {}).map(
          async ([port, t]) =>
            [
              port,
              { ...(await this.create(t)), ...(options.stable === true ? { stable: true as const } : {}) },
            ] as const,
        ),
      ),
    );
    const many = Object.fromEntries(
      await Promise.all(
        Object.entries(options.many ?? {}).map(
          async ([port, all]) => [port, await Promise.all(all.map((t) => this.create(t)))] as const,
        ),
      ),
    );
    const file = (param: string): string => options.files?.[param] ?? unnamed(param);
    return { inputs, many, params, file, files: (param) => [file(param)], lineBytes: () => 0 };
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

/** The node's rows, hidden columns included. */
export async function runSql<P extends z.ZodObject>(
  spec: NodeSpec<P>,
  run: RelationalRun<z.output<P>>,
  options: RunOptions = {},
): Promise<RunResult> {
  using database = await TestDatabase.open(options.threads);
  const context = await database.context(spec.params.parse(options.params ?? {}), options);
  return await database.read(run.sql(context).render());
}

/** What the node says when its query has failed. */
export async function explainFailure<P extends z.ZodObject>(
  spec: NodeSpec<P>,
  run: RelationalRun<z.output<P>>,
  options: RunOptions,
): Promise<Finding | undefined> {
  using database = await TestDatabase.open(options.threads);
  const context = await database.context(spec.params.parse(options.params ?? {}), options);
  try {
    await database.read(run.sql(context).render());
  } catch (thrown) {
    return await run.explain?.({
      ...context,
      node: 'it',
      failure: toProblem(thrown),
      query: database.query,
      oddBytes: (param) => readOddBytes(context.file(param)),
    });
  }
  throw new Error('the query did not fail');
}

/** What the node warns about when its rows exist. */
export async function examineRows<P extends z.ZodObject>(
  spec: NodeSpec<P>,
  run: RelationalRun<z.output<P>>,
  options: RunOptions,
): Promise<Finding[]> {
  using database = await TestDatabase.open(options.threads);
  const context = await database.context(spec.params.parse(options.params ?? {}), options);
  const output = await database.createFrom(run.sql(context));
  return (await run.examine?.({ ...context, node: 'it', output, query: database.query })) ?? [];
}

/** What a reader says of a file's head, or of all of it. */
export async function inspectFile<P extends z.ZodObject>(
  spec: NodeSpec<P>,
  run: RelationalRun<z.output<P>>,
  path: string,
  params: Readonly<Record<string, unknown>> = {},
  how: 'inspect' | 'verify' = 'inspect',
): Promise<Finding[]> {
  using database = await TestDatabase.open();
  const asked = {
    node: 'it',
    path,
    params: spec.params.parse(params),
    query: database.query,
    oddBytes: () => readOddBytes(path),
    lineBytes: 0,
    signal: new AbortController().signal,
  };
  const reported = (await run.inspect?.(asked)) ?? [];
  return how === 'inspect' ? reported : ((await run.verify?.({ ...asked, reported })) ?? []);
}

/** The findings of a spec's check, on schemas made from literals. */
export function checkParams<P extends z.ZodObject>(
  spec: NodeSpec<P>,
  params: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, TableSchema>> = {},
): Finding[] {
  return (
    spec.check?.({ node: 'it', params: spec.params.parse(params), inputs, wired: new Set(Object.keys(inputs)) }) ?? []
  );
}

export const values = (result: RunResult, column: string): (SqlValue | undefined)[] =>
  result.rows.map((row) => row[column]);

function plainValue(value: DuckDBValue): SqlValue {
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    typeof value === 'bigint'
  )
    return value;
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  return String(value);
}

function unnamed(param: string): never {
  throw new Error(`the test names no file for "${param}"`);
}
