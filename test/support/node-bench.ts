/** Runs the pure part of a node kind on real DuckDB tables, without the engine: what a fitted node learns and gives, what a task is handed. */
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import type {
  AnyRun,
  FittedRun,
  JsonValue,
  PartitionName,
  QueryRows,
  Row,
  KeptTable,
  StateTable,
  TableInput,
} from '../../shared/capabilities.ts';
import type { Images } from '../../shared/media/image-service.ts';
import type { Finding } from '../../shared/spec/define-spec.ts';
import type { NodeSpec } from '../../shared/spec/define-spec.ts';
import { id, ids, join, literal, raw, sql, type Sql, type SqlValue } from '../../shared/sql.ts';
import { hiddenColumns, partitionColumn, rowColumn, type Column, type Role } from '../../shared/wires.ts';
import { presentNumber } from '../../methods/preparation/present-number.ts';

export interface NodeBench {
  readonly connection: DuckDBConnection;
  /** A table from a SELECT. With `__row` and `__partition` among its columns it counts as split. */
  table: (name: string, select: string, roles?: Readonly<Record<string, Role>>) => Promise<BenchTable>;
  query: QueryRows;
  close: () => void;
}
export interface BenchTable extends TableInput {
  hidden: readonly string[];
  /** All rows in `__row` order, hidden columns included. */
  rows: () => Promise<Row[]>;
}

export async function openBench(threads = 1): Promise<NodeBench> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  const query: QueryRows = async (text) => {
    const result = await connection.runAndReadAll(text.render());
    const names = result.columnNames();
    return result.getRows().map((row) => Object.fromEntries(row.map((value, i) => [names[i] ?? '', plain(value)])));
  };
  const table: NodeBench['table'] = async (name, select, roles = {}) => {
    await connection.run(`CREATE OR REPLACE TABLE ${id(name).render()} AS ${select}`);
    return benchTable(connection, query, name, roles);
  };
  return {
    connection,
    query,
    table,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function benchTable(
  connection: DuckDBConnection,
  query: QueryRows,
  name: string,
  roles: Readonly<Record<string, Role>>,
): Promise<BenchTable> {
  const reader = await connection.runAndReadAll(`SELECT * FROM ${id(name).render()} LIMIT 0`);
  const types = reader.columnTypes();
  const all: Column[] = reader.columnNames().map((column, i) => ({
    name: column,
    type: types[i]?.alias ?? String(types[i]),
    ...(roles[column] ? { role: roles[column] } : {}),
  }));
  const columns = all.filter((c) => !hiddenColumns.includes(c.name));
  const hidden = all.filter((c) => hiddenColumns.includes(c.name)).map((c) => c.name);
  const split = hidden.length > 0;
  const ref = id(name);
  const chosen = (partition: PartitionName = 'all', where: Sql = sql`true`): Sql =>
    sql`${ref} WHERE ${where} ${split && partition !== 'all' ? sql`AND ${id(partitionColumn)} = ${partition}` : sql``}`;
  const order = hidden.includes(rowColumn) ? sql`ORDER BY ${id(rowColumn)}` : sql``;
  const matrix64: TableInput['matrix64'] = async (options) => {
    const values = join(
      options.columns.map((wanted, i) => sql`${presentNumber(columnNamed(columns, wanted))} AS ${raw(`v${i}`)}`),
    );
    const found = await connection.runAndReadAll(
      sql`SELECT ${values} FROM ${chosen(options.partition, options.where)} ${order}`.render(),
    );
    const flat = new Float64Array(found.currentRowCount * options.columns.length);
    found
      .getRows()
      .forEach((row, r) =>
        row.forEach((value, c) => (flat[r * options.columns.length + c] = value === null ? NaN : Number(value))),
      );
    return { rows: found.currentRowCount, columns: options.columns, values: flat };
  };
  return {
    schema: { columns, split },
    columns,
    hidden,
    ref,
    query,
    matrix64,
    columns64: async (options) => {
      const { values, rows } = await matrix64(options);
      const width = options.columns.length;
      return options.columns.map((_, c) =>
        Float64Array.from({ length: rows }, (_v, r) => values[r * width + c] ?? NaN),
      );
    },
    vectors: async () => {
      throw new Error('the bench has no vectors');
    },
    withRole: (role) => columns.find((c) => c.role === role),
    count: async (partition) => Number((await query(sql`SELECT count(*) AS n FROM ${chosen(partition)}`))[0]?.['n']),
    matrix: async (options) => {
      const wide = await matrix64(options);
      return { ...wide, values: Float32Array.from(wide.values) };
    },
    values: async ({ column, partition, where }) =>
      (await query(sql`SELECT ${id(column)} AS v FROM ${chosen(partition, where)} ${order}`)).map(
        (row) => row['v'] ?? null,
      ),
    rows: () => query(sql`SELECT * FROM ${ref} ${order}`),
  };
}

function columnNamed(columns: readonly Column[], name: string): Column {
  const found = columns.find((c) => c.name === name);
  if (!found) throw new Error(`the bench table has no column "${name}"`);
  return found;
}

/** BIGINT and wider as bigint, DECIMAL as number, dates and times as text. */
function plain(value: DuckDBValue): SqlValue {
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'boolean'
  )
    return value;
  return 'toDouble' in value ? value.toDouble() : String(value);
}

export interface FittedTrial {
  state: JsonValue;
  findings: Finding[];
  /** The node applied to a table as inside a run (`training`), or as in a model. */
  apply: (table: BenchTable, training: boolean) => Promise<Row[]>;
}

/** Fits on the training rows of `table` (all rows where it is not split). */
export async function tryFitted(
  bench: NodeBench,
  spec: NodeSpec,
  run: AnyRun,
  params: Record<string, unknown>,
  table: BenchTable,
  images?: Images,
): Promise<FittedTrial> {
  if (run.form !== 'fitted') throw new Error('not a fitted node');
  const node = run as unknown as FittedRun<unknown>;
  const parsed: unknown = spec.params.parse(params);
  const findings: Finding[] = [];
  const train = table.schema.split
    ? sql`(SELECT * FROM ${table.ref} WHERE ${id(partitionColumn)} = 'train')`
    : table.ref;
  const state = await node.fit({
    images: images ?? noImages,
    train: { ref: train, columns: table.columns, hidden: table.hidden, query: bench.query },
    params: parsed,
    keep: async (columns, query) => ({
      columns: columns.map(({ name, type }) => ({ name, type })),
      rows: (await bench.query(query)).map((row) => columns.map((c) => row[c.name] ?? null)),
    }),
    signal: new AbortController().signal,
    progress: () => {},
    log: () => {},
    warn: (finding) => findings.push(finding),
  });
  const stored: JsonValue = JSON.parse(JSON.stringify(state));
  const tables = node.tables?.(stored) ?? {};
  return {
    state: stored,
    findings,
    apply: (input, training) => {
      const applied = node.apply({
        input,
        params: parsed,
        state: stored,
        training,
        table: (name) => stateTable(tables[name]),
      });
      const order = input.hidden.includes(rowColumn) ? sql`ORDER BY ${id(rowColumn)}` : sql``;
      return bench.query(sql`SELECT * FROM (${applied}) ${order}`);
    },
  };
}

const unused = (): never => {
  throw new Error('this trial offers no images');
};
const noImages: Images = {
  keep: unused,
  pixels: unused,
  openEncoder: unused,
  openTextReader: unused,
  keepFrames: unused,
};

function stateTable(table: StateTable | KeptTable | undefined): Sql {
  if (!table || 'file' in table) throw new Error('the state has no such table');
  const names = table.columns.map((c) => c.name);
  const casts = join(table.columns.map((c) => sql`CAST(${id(c.name)} AS ${raw(c.type)}) AS ${id(c.name)}`));
  const rows = table.rows.length > 0 ? table.rows : [names.map(() => null)];
  const values = join(rows.map((row) => sql`(${join(row.map((value) => raw(literal(value))))})`));
  return sql`(SELECT ${casts} FROM (VALUES ${values}) AS t(${ids(names)}) ${table.rows.length === 0 ? sql`WHERE false` : sql``})`;
}
