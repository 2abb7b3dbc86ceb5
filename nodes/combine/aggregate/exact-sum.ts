/**
 * Sums of decimal numbers that are the same in every order of the rows, so that all threads may sum. A double between 2^-30 and 2^43 is two whole numbers,
 * of 2^-20 and of 2^-82, without a rest; DuckDB sums those in 128 bits, exactly. Values outside (and infinities) are few: they are summed in their own order.
 * The result is within one unit in the last place of the true sum, where a running sum is off by more the longer it runs.
 */
import { double, raw, sql, type Sql } from '../../../shared/sql.ts';

const coarse = double(2 ** 20);
const fine = double(2 ** 62);

export function exactSum(value: Sql): Sql {
  const x = sql`CAST(${value} AS DOUBLE)`;
  const fits = sql`(${x} BETWEEN ${double(-(2 ** 43))} AND ${double(2 ** 43)} AND (abs(${x}) >= ${double(2 ** -30)} OR ${x} = 0))`;
  const scaled = sql`CASE WHEN ${fits} THEN ${x} * ${coarse} END`;
  const whole = sql`CAST(${scaled} AS BIGINT)`;
  const rest = sql`CAST((${scaled} - CAST(${whole} AS DOUBLE)) * ${fine} AS BIGINT)`;
  const fitting = sql`(CAST(sum(${whole}) AS DOUBLE) + CAST(sum(${rest}) AS DOUBLE) / ${fine}) / ${coarse}`;
  const others = sql`sum(${x} ORDER BY ${x}) FILTER (WHERE NOT ${fits})`;
  return sql`CASE WHEN count(${value}) > 0 THEN coalesce(${fitting}, ${raw('0')}) + coalesce(${others}, ${raw('0')}) END`;
}

/** The arithmetic mean by the same sum. */
export const exactMean = (value: Sql): Sql => sql`${exactSum(value)} / count(${value})`;
