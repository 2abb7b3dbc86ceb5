/**
 * Wide tables are read many times: a fit asks of every column, and DuckDB binds the whole chain of SELECTs anew for each question (300 columns behind three
 * fitted nodes: 0.3 s a question). Such a chain is written once to the run's own folder, and everything after it begins there.
 */
import { join } from 'node:path';
import { literal } from '../../../shared/sql.ts';
import type { Database } from '../../table/database.ts';
import { rowGroupSize } from '../../table/row-groups.ts';
import { composeQuery, parquetValue, tableName, type TableValue } from '../../recipe/compose/table-value.ts';

const wideFrom = 40;
/** About half a gigabyte of doubles: more is not copied for the sake of binding, except where there are more columns than rows pay for. */
const mostCells = 60_000_000;
const mostWideCells = 400_000_000;
const fewRows = 100_000;
/** What Parquet gives back as it was. */
const kept =
  /^(BOOLEAN|U?(TINY|SMALL|BIG)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|VARCHAR|DATE|TIMESTAMP|TIMESTAMP WITH TIME ZONE)$/;

export const isWorthSettling = ({ nodes, columns, rows }: TableValue): boolean =>
  nodes.length > 0 &&
  rows !== undefined &&
  columns.length >= wideFrom &&
  rows * columns.length <= (rows <= fewRows ? mostWideCells : mostCells) &&
  columns.every((c) => kept.test(c.type));

/** A split of so many columns reads its rows twice: for what decides their places, and to write them with their marks. It does so from a file. */
const splitFromFile = 200;
export const isReadTwice = ({ ctes, columns }: TableValue): boolean =>
  (ctes.length > 1 || ctes[0]?.file === undefined) &&
  columns.length >= splitFromFile &&
  columns.every((c) => kept.test(c.type));

export async function settle(
  value: TableValue,
  folder: string,
  executing: <T>(value: TableValue, work: (database: Database) => Promise<T>) => Promise<T>,
): Promise<TableValue> {
  const path = join(folder, `${tableName(value.key)}-${value.from}.parquet`);
  const select = composeQuery(value, (from) => `SELECT * FROM ${from}`);
  await executing(value, (db) =>
    db.run(
      `COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${rowGroupSize(value.columns.length)})`,
    ),
  );
  const { key, columns, hidden, provenance, allTraining, rows } = value;
  return {
    ...parquetValue(path, { key, columns, hidden, provenance }),
    ...(allTraining === undefined ? {} : { allTraining }),
    ...(rows === undefined ? {} : { rows }),
  };
}
