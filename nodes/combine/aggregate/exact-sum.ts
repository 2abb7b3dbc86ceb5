/**
 * Sums of decimal numbers that are the same in every order of the rows, so that all threads may sum. A double between 2^-30 and 2^43 is two whole numbers,
 * of 2^-20 and of 2^-82, without a rest; DuckDB sums those in 128 bits, exactly. Values outside (and infinities) are few: they are summed in their own order.
 * The result is within one unit in the last place of the true sum, where a running sum is off by more the longer it runs.
 */
import { double, raw, sql, type Sql } from '../../../shared/sql.ts';

const coarse = double(2 ** 20);
const fine = double(2 ** 62);

/** What a sum is made from: whole numbers that add up in any order, and the few values that do not fit. */
export interface ExactState {
  /** Values that are there. */
  count: Sql;
  whole: Sql;
  rest: Sql;
  /** The sum of the values outside. */
  others: Sql;
}

const asDouble = (value: Sql): Sql => sql`CAST(${value} AS DOUBLE)`;
const fitsIn = (x: Sql): Sql =>
  sql`(${x} > ${double(-(2 ** 43))} AND ${x} < ${double(2 ** 43)} AND (abs(${x}) >= ${double(2 ** -30)} OR ${x} = 0))`;

/** The two whole numbers of each value, summed in 128 bits. */
function wholeSums(x: Sql): Pick<ExactState, 'whole' | 'rest'> {
  const scaled = sql`CASE WHEN ${fitsIn(x)} THEN ${x} * ${coarse} END`;
  const whole = sql`CAST(${scaled} AS BIGINT)`;
  const rest = sql`CAST((${scaled} - CAST(${whole} AS DOUBLE)) * ${fine} AS BIGINT)`;
  return { whole: sql`sum(${whole})`, rest: sql`sum(${rest})` };
}

const finish = ({ count, whole, rest, others }: ExactState): Sql =>
  sql`CASE WHEN ${count} > 0 THEN coalesce((CAST(${whole} AS DOUBLE) + CAST(${rest} AS DOUBLE) / ${fine}) / ${coarse}, ${raw('0')}) + coalesce(${others}, ${raw('0')}) END`;

export function exactSum(value: Sql): Sql {
  const x = asDouble(value);
  const others = sql`sum(${x} ORDER BY ${x}) FILTER (WHERE NOT ${fitsIn(x)})`;
  return finish({ ...wholeSums(x), count: sql`count(${value})`, others });
}

/** The arithmetic mean by the same sum. */
export const exactMean = (value: Sql): Sql => sql`${exactSum(value)} / count(${value})`;

/** The state of a part, in types that Parquet keeps: whole numbers of 128 bits as decimals, the values outside as they are. */
export function exactPartial(value: Sql): Record<'count' | 'whole' | 'rest' | 'others', Sql> {
  const x = asDouble(value);
  const { whole, rest } = wholeSums(x);
  return {
    count: sql`count(${value})`,
    whole: sql`CAST(${whole} AS DECIMAL(38,0))`,
    rest: sql`CAST(${rest} AS DECIMAL(38,0))`,
    others: sql`list(${x}) FILTER (WHERE NOT ${fitsIn(x)})`,
  };
}

/** The sum over the states of all parts: the same bits as `exactSum` over all rows. */
export const exactWhole = (column: (part: 'count' | 'whole' | 'rest' | 'others') => Sql): Sql =>
  finish({
    count: sql`sum(${column('count')})`,
    whole: sql`CAST(sum(${column('whole')}) AS HUGEINT)`,
    rest: sql`CAST(sum(${column('rest')}) AS HUGEINT)`,
    others: sql`list_sum(list_sort(flatten(list(${column('others')}))))`,
  });
