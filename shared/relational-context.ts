/** What a query that is being composed is told of its inputs, and how a query is asked. */
import type { Sql, SqlValue } from './sql.ts';
import type { Column } from './wires.ts';

/** An input table inside a query that is being composed: `sql\`SELECT * FROM ${rows.ref}\``. */
export interface TableRef {
  ref: Sql;
  /** Without the hidden columns. */
  columns: readonly Column[];
  /** `__row` and `__partition` where the table has them. A SELECT that lists its columns lists these too; `SELECT *` carries them by itself. */
  hidden: readonly string[];
  /** It lies in a file of ours: read twice, it gives the same rows in the same order. */
  stable?: true;
}

export interface RelationalContext<P> {
  inputs: Readonly<Record<string, TableRef>>;
  /** Ports with `many`. */
  many: Readonly<Record<string, readonly TableRef[]>>;
  params: P;
  /** The path of a source, resolved and allowed, by the parameter that names it. */
  file: (param: string) => string;
  /** Those of a source that may be several files, in order. */
  files: (param: string) => readonly string[];
  /** How long the first line of a source is, which tells how long the others are; 0 where that is not known. */
  lineBytes: (param: string) => number;
}

export type Row = Readonly<Record<string, SqlValue>>;

/** Rows as plain values: BIGINT and wider as bigint, DECIMAL as number, dates and times as ISO text. */
export type QueryRows = (query: Sql) => Promise<Row[]>;
