/** The values of a group in SQL. Each is the same for every order of the rows; only the standard deviation's last digits need one thread. */
import { double, id, sql, type Sql } from '../../../shared/sql.ts';
import { isInteger, type Column } from '../../../shared/wires.ts';
import type { Aggregate } from './aggregate-functions.ts';
import { exactMean, exactSum } from './exact-sum.ts';

export function aggregateSql(a: Aggregate, columns: readonly Column[]): Sql {
  const column = columns.find((c) => c.name === a.column);
  const name = id(a.column);
  const type = column?.type ?? 'VARCHAR';
  switch (a.function) {
    case 'rows':
      return sql`count(*)`;
    case 'count':
      return sql`count(${name})`;
    case 'count-distinct':
      return sql`count(DISTINCT ${name})`;
    case 'sum':
      // DuckDB's HUGEINT has no place in Parquet; a sum beyond BIGINT fails in words.
      return isInteger(type) || type === 'BOOLEAN'
        ? sql`CAST(sum(CAST(${name} AS BIGINT)) AS BIGINT)`
        : isDecimal(type)
          ? sql`sum(${name})`
          : exactSum(name);
    case 'mean':
      // DuckDB's own mean of whole numbers divides in the widest floating point that the processor has.
      if (type === 'BOOLEAN') return wholeMean(sql`CAST(${name} AS INTEGER)`);
      return isInteger(type) || isDecimal(type) ? wholeMean(name) : exactMean(name);
    case 'median':
      return sql`median(${name})`;
    case 'minimum':
      return sql`min(${name})`;
    case 'maximum':
      return sql`max(${name})`;
    case 'standard-deviation':
      return isInteger(type) || isDecimal(type) ? sql`stddev_samp(${name})` : deviation(name);
    case 'quantile':
      return sql`quantile_cont(${name}, ${double(a.quantile)})`;
    case 'mode':
      // DuckDB's mode() takes whichever of equally frequent values came first: here it is the smallest.
      return sql`map_keys(histogram(${name}))[list_position(map_values(histogram(${name})), list_max(map_values(histogram(${name}))))]`;
    case 'first':
      return sql`first(${name} ORDER BY ${id(a.order)} ASC NULLS LAST, ${name} ASC NULLS LAST)`;
    case 'last':
      return sql`first(${name} ORDER BY ${id(a.order)} DESC NULLS LAST, ${name} ASC NULLS LAST)`;
  }
}

/** DuckDB squares the distances: from about 1e154 on they leave the range of a double, and such a group is counted in units of 2^520. */
function deviation(value: Sql): Sql {
  const [most, unit] = [double(2 ** 500), double(2 ** 520)];
  return sql`CASE WHEN max(abs(${value})) < ${most} THEN stddev_samp(${value}) FILTER (WHERE abs(${value}) < ${most}) ELSE stddev_samp(${value} / ${unit}) * ${unit} END`;
}

const wholeMean = (value: Sql): Sql => sql`CAST(sum(${value}) AS DOUBLE) / count(${value})`;

/** DuckDB sums DECIMAL in whole numbers. */
export const isDecimal = (type: string): boolean => type.startsWith('DECIMAL');

/** Does the value need one thread to have the same last digits everywhere? */
export const needsOneThread = (a: Aggregate): boolean => a.function === 'standard-deviation';
