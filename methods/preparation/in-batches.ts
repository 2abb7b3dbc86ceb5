/**
 * Questions about many columns, some at a time. DuckDB plans a query of n aggregates in more than n steps, and its memory grows with them: 5,000 columns with
 * two aggregates each took six gigabytes, and in batches take what the columns take.
 */
import type { QueryRows, Row } from '../../shared/capabilities.ts';
import { join, sql, type Sql } from '../../shared/sql.ts';

const columnsAtOnce = 128;

/** One row of aggregates over `from`, asked for batches of things: `aggregates` gives those of one, with names of its own. */
export async function askInBatches<T>(
  query: QueryRows,
  things: readonly T[],
  {
    aggregates,
    from,
    atOnce = columnsAtOnce,
  }: {
    /** Fewer, where each holds all its values. */
    atOnce?: number;
    aggregates: (thing: T, at: number) => readonly Sql[];
    from: (batch: readonly T[], at: number) => Sql;
  },
): Promise<Row> {
  const step = Math.max(1, Math.min(columnsAtOnce, Math.floor(atOnce)));
  const found: Record<string, Row[string]> = {};
  for (let at = 0; at < things.length; at += step) {
    const batch = things.slice(at, at + step);
    const list = join(batch.flatMap((thing, i) => aggregates(thing, at + i)));
    Object.assign(found, (await query(sql`SELECT ${list} FROM ${from(batch, at)}`))[0]);
  }
  return found;
}
