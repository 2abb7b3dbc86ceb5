/** A table that can be read from any row: a Parquet file with row numbers. A stored result is one already; of a live table a snapshot is made behind the first page. */
import { link, rm } from 'node:fs/promises';
import { literal } from '../../shared/sql.ts';
import type { Results } from '../run/results/results.ts';
import { partitionColumn } from '../../shared/wires.ts';
import { rowGroupSize } from '../table/row-groups.ts';
import { composeQuery, isSplit, parquetValue, type TableValue } from '../recipe/compose/table-value.ts';
import type { Database } from '../table/database.ts';

export interface WholeTable {
  /** Rows once they are known. */
  rows: () => number | null;
  isReady: () => boolean;
  /** Makes it if nobody has; fails with the reason why it cannot be made. */
  made: () => Promise<void>;
  /** Reads from it; `file_row_number` is the row's place. */
  query: (select: (from: string) => string) => string;
  table: () => TableValue;
  remove: () => Promise<void>;
}
export interface WholeTableOptions {
  value: TableValue;
  /** SELECT list of the columns that are shown. */
  visible: string;
  results: Results;
  /** Where the file may be made. */
  path: string;
  /** Fails where its rows would not be those of the files. */
  verify: () => Promise<void>;
}

export async function openWholeTable({
  value,
  visible,
  results,
  path,
  verify,
}: WholeTableOptions): Promise<WholeTable> {
  const { connections } = results.services;
  let rows: number | null = null;
  let making: Promise<void> | undefined;
  const query: WholeTable['query'] = (select) =>
    `WITH snapshot AS (SELECT * FROM read_parquet(${literal(path)}, file_row_number = true)) ${select('snapshot')}`;

  const [only, ...others] = value.ctes;
  if (only?.file !== undefined && others.length === 0) {
    // A second name for the same file: it stays while somebody looks, also when the cache is emptied.
    const linked = await link(only.file, path).then(
      () => true,
      () => false,
    );
    if (linked) {
      rows = Number(await connections.use(false, (db) => db.scalar(query((from) => `SELECT count(*) FROM ${from}`))));
      making = Promise.resolve();
    }
  }
  const copy = async (db: Database): Promise<number> => {
    const select = composeQuery(value, (from) => `SELECT ${visible} FROM ${from}`);
    const copied = await db.query(
      `COPY (${select}) TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${rowGroupSize(value.columns.length)})`,
    );
    return Number(Object.values(copied[0] ?? {})[0] ?? 0);
  };
  const made = (): Promise<void> => {
    making ??= verify()
      .then(() => results.executing(value, copy))
      .then((copied) => {
        rows = copied;
      });
    // Whoever needs it waits and is told; the first page may be sound all the same.
    making.catch(() => undefined);
    return making;
  };
  return {
    rows: () => rows,
    isReady: () => rows !== null,
    made,
    query,
    table: () => parquetValue(path, { ...value, hidden: isSplit(value) ? [partitionColumn] : [] }),
    remove: async () => {
      await making?.catch(() => undefined);
      await rm(path, { force: true });
    },
  };
}
