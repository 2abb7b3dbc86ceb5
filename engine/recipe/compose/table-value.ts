/**
 * A table on its way through a run: a chain of SELECTs that is not run until somebody needs rows. What the chain holds is what one fused query holds; the provenance
 * beside it remembers the row-wise steps since the last place where rows were mixed, for the model's recipe.
 */
import type { JsonValue, KeptTable, StateTable } from '../../../shared/capabilities.ts';
import type { CellRules } from '../../../shared/table/cell-reading.ts';
import { id, literal, raw, type Sql } from '../../../shared/sql.ts';
import { partitionColumn, rowColumn, type Column } from '../../../shared/wires.ts';

export interface Cte {
  name: string;
  sql: string;
  /** The node whose SELECT it is. */
  node?: string;
  /** The Parquet file that it is, as it lies. */
  file?: string;
}

/** A state's table that lies in a file; `file` is its whole path. */
export type StepTable = StateTable | KeptTable;
export const isKept = (table: StepTable): table is KeptTable => 'file' in table;

/** What a batch function (`methods/functions`) says of the different texts of the rows before a step. */
export interface MadeTable {
  function: string;
  /** Its numerics. */
  version: number;
  settings: JsonValue;
  /** SELECT over `{{rows}}` of `text`: each once. */
  of: string;
  /** `__text` and the answers to it. */
  columns: readonly Column[];
  /** What the function reads: by its path for the function, and where it lies. */
  files?: readonly StepFile[];
}
export interface StepFile {
  path: string;
  file: string;
  sha256: string;
  bytes: number;
}

/** One step of a recipe: how the rows of the table before it become the rows of the table after it. */
export interface ProvenanceStep {
  /** Key of the table after this step. */
  key: string;
  /** What it does, whatever rows it is given: equal for two nodes that do the same. */
  sign: string;
  /** In a model: the table after it was made in another way than by this step, which leaves what the prediction needs as it is; this is that table's sign. */
  place?: string;
  kind: string;
  /** What the node calls itself, for messages. */
  title: string;
  /** SELECT over `{{rows}}` and `{{table:name}}`, as a model applies it to rows never seen; null: rows pass unchanged (Split, a choice of training rows). */
  sql: string | null;
  tables?: Readonly<Record<string, StepTable>>;
  /** A table of the step that a batch function makes of the rows' texts: `sql` names it `made`. */
  made?: MadeTable;
  /** The column whose place the function's answer takes. */
  replaces?: string;
  /** Tables that the step looks values up in: read when a model is made, and kept in it. */
  lookups?: Readonly<Record<string, TableValue>>;
  /** The step is a choice of rows that holds for everyone: why a row that it leaves out has no prediction. */
  leavesOut?: string;
  /** The rows before such a choice, by which an evaluation knows how many were left out. */
  before?: TableValue;
  /** Training rows were given other values here than a model gives to a row: the rows before, by which a model can answer them as any others. */
  taught?: TableValue;
  /** For the ONNX form. */
  params: JsonValue;
  state?: JsonValue;
  columns: readonly Column[];
}
export interface Provenance {
  base: ProvenanceBase;
  steps: readonly ProvenanceStep[];
}
/** The table that a recipe begins with, and the schema that a raw row must have. */
export interface ProvenanceBase {
  key: string;
  columns: readonly Column[];
  /** What the table is, whatever files lie behind it: a reader's rows, or what was made of them. */
  sign: string;
  /** `cells`: how it reads a text. */
  reader?: { kind: string; params: JsonValue; cells?: CellRules };
  /** The node that made it of other tables, in a way that cannot be repeated for a row alone. */
  made?: { kind: string; title: string };
  /** These tables. */
  from?: readonly Provenance[];
  /** How it was made of them, with the columns of each name; where a task made it, nobody can say. */
  select?: { sql: string; inputs: ReadonlyMap<string, readonly Column[]> };
  /** Its rows are rows of theirs as they came, with more columns. */
  adds?: true;
}

export interface TableValue {
  key: string;
  columns: readonly Column[];
  hidden: readonly string[];
  ctes: readonly Cte[];
  /** Name of the last of them. */
  from: string;
  /** Nodes fused since rows were last written. */
  nodes: readonly string[];
  /** Several threads could give other digits or another order: such a chain runs on one. */
  mixes: boolean;
  /** Of those, another order alone: what puts the rows in order makes it the same everywhere again. */
  loose?: boolean;
  provenance: Provenance;
  /** The node's own query is a step that each row takes alone, though its kind may mix rows. */
  eachRow?: true;
  /** Rows of the stored table that the chain begins with, where it keeps them all or has fewer. */
  rows?: number;
  /** No Split stands before: every row was marked as a training row by the engine. */
  allTraining?: boolean;
}

export const isSplit = (value: { hidden: readonly string[] }): boolean => value.hidden.includes(partitionColumn);
/** Every learner reads rows in this order; without a Split there is none. */
export const rowOrder = (value: { hidden: readonly string[] }): string =>
  value.hidden.includes(rowColumn) ? ` ORDER BY ${rowColumn}` : '';

export const tableName = (key: string): string => `t_${key.slice(0, 16)}`;

/** The whole chain and one SELECT over its last table. */
export function composeQuery(
  value: Pick<TableValue, 'ctes' | 'from'>,
  select: (from: string) => string,
  extra: readonly Cte[] = [],
): string {
  const ctes = [...value.ctes, ...extra];
  const head = ctes.length === 0 ? '' : `WITH ${ctes.map((c) => `${c.name} AS (${c.sql})`).join(',\n')}\n`;
  return `${head}${select(value.from)}`;
}

/** Appends a step to the chains of its inputs. A table that two inputs share stands once. */
export function extend(
  inputs: ReadonlyMap<string, TableValue>,
  fragment: Sql,
  name: string,
  node: string,
): { ctes: Cte[]; from: string } {
  const ctes = new Map<string, Cte>();
  for (const input of inputs.values()) for (const cte of input.ctes) ctes.set(cte.name, cte);
  const sql = fragment.render((ref) => inputs.get(ref)?.from ?? id(ref).render());
  ctes.set(name, { name, sql, node });
  return { ctes: [...ctes.values()], from: name };
}

/** A table that lies in a Parquet file. */
export const parquetValue = (path: string, value: Omit<TableValue, 'ctes' | 'from' | 'nodes' | 'mixes'>): TableValue =>
  storedValue(value, { sql: `SELECT * FROM read_parquet(${literal(path)})`, file: path });

/** A table that lies in the files of its parts, one after the other. */
export const partsValue = (
  paths: readonly string[],
  value: Omit<TableValue, 'ctes' | 'from' | 'nodes' | 'mixes'>,
): TableValue =>
  storedValue(value, {
    sql: `SELECT * FROM read_parquet([${paths.map((path) => literal(path)).join(', ')}], hive_partitioning = false)`,
  });

function storedValue(
  value: Omit<TableValue, 'ctes' | 'from' | 'nodes' | 'mixes'>,
  cte: Pick<Cte, 'sql' | 'file'>,
): TableValue {
  const name = `${tableName(value.key)}_file`;
  return { ...value, ctes: [{ name, ...cte }], from: name, nodes: [], mixes: false };
}

/** The columns of a table, and none of its rows. */
export function withoutRows(value: TableValue): TableValue {
  const name = `${value.from}_none`;
  return { ...value, ctes: [...value.ctes, { name, sql: `SELECT * FROM ${value.from} WHERE false` }], from: name };
}

export const listColumns = (columns: readonly { name: string }[], hidden: readonly string[] = []): Sql =>
  raw([...hidden, ...columns.map((c) => c.name)].map((n) => id(n).render()).join(', '));
