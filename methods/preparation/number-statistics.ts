/**
 * Statistics of training columns that come out the same for every number of threads and every order of rows. Order statistics do so by
 * themselves. A sum of doubles does not, so each value is scaled by a power of two and summed as a 128-bit integer: exact for values within
 * 2^43 of the largest, and within 2^-96 of the largest otherwise.
 */
import { fail } from '../../shared/errors.ts';
import { double, join, raw, sql, type Sql, type SqlValue } from '../../shared/sql.ts';
import type { QueryRows } from '../../shared/capabilities.ts';
import type { Column } from '../../shared/wires.ts';
import { askInBatches } from './in-batches.ts';
import { presentNumber } from './present-number.ts';

export interface NumberStatistics {
  /** Values that are not missing. */
  count: number;
  /** Of the values that are there; NaN where there are none. */
  min: number;
  max: number;
  lowerQuartile: number;
  median: number;
  upperQuartile: number;
  mean: number;
  /** The power of two in which `variance` is counted: 1 unless squares of the values would leave the range of a double. */
  unit: number;
  /** Mean square distance from the mean (division by n, as scikit-learn's scalers), in squares of the unit. */
  variance: number;
}

/** A quantile holds all values of its column; DuckDB has no other place for them than memory. */
const valuesAtOnce = 2 ** 25;

/** 2^96 times at most 2^30 rows stays inside a HUGEINT. */
const sumBits = 96;

/** The power of two by which values up to `largest` are multiplied before an exact sum. */
export function exactSumFactor(largest: number): number {
  if (!(largest > 0)) return 1;
  const exponent = Math.floor(Math.log2(largest)) + 1;
  return 2 ** Math.max(-1022, Math.min(1023, sumBits - exponent));
}

/** An aggregate that sums `value` (a DOUBLE, NULL is left out) exactly; divide the result by `factor`. */
export const exactSum = (value: Sql, factor: number): Sql => sql`sum(CAST(${value} * ${double(factor)} AS HUGEINT))`;

/**
 * The power of two by which distances up to `largest` are divided before they are squared: 1 where the squares and their sum are doubles with all their digits
 * (2^±400), else about the distance itself.
 */
export function unitOf(largest: number): number {
  if (!(largest > 0) || (largest < 2 ** 400 && largest > 2 ** -400)) return 1;
  return 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(largest))));
}

/** How far a value lies from `mean`, in units. The quotients differ by less than a double's range, where the values themselves may not. */
export const distanceIn = (unit: number, value: Sql, mean: number): Sql =>
  unit === 1 ? sql`(${value} - ${double(mean)})` : sql`(${value} / ${double(unit)} - ${double(mean / unit)})`;

/** The mean from an exact sum. NaN without values. */
export function meanOfExactSum(sum: SqlValue | undefined, count: number, factor: number): number {
  if (count === 0 || sum === null || sum === undefined) return NaN;
  return Number(sum) / count / factor;
}

/**
 * @throws `prepare.infinite` naming the first column that has an infinity
 */
export async function measureNumbers(
  query: QueryRows,
  ref: Sql,
  columns: readonly Column[],
): Promise<Map<string, NumberStatistics>> {
  if (columns.length === 0) return new Map();
  const values = columns.map(presentNumber);
  // Each is written once: hundreds of columns, six times each, took DuckDB's planner seconds.
  const named = (_: Column, i: number): Sql => raw(`v${i}`);
  const rows = Number((await query(sql`SELECT count(*) AS n FROM ${ref}`))[0]?.['n'] ?? 0);
  const orders = await askInBatches(query, columns, {
    atOnce: valuesAtOnce / Math.max(1, rows),
    aggregates: (column, i) => {
      const value = named(column, i);
      return [
        sql`count(${value}) AS ${raw(`n${i}`)}`,
        sql`min(${value}) AS ${raw(`lo${i}`)}`,
        sql`max(${value}) AS ${raw(`hi${i}`)}`,
        // Three parts of one aggregate, which holds all values once.
        ...[0, 1, 2].map((q) => sql`(quantile_cont(${value}, [0.25, 0.5, 0.75]))[${q + 1}] AS ${raw(`q${q}_${i}`)}`),
      ];
    },
    from: (batch, at) =>
      sql`(SELECT ${join(batch.map((column, i) => sql`${presentNumber(column)} AS ${named(column, at + i)}`))} FROM ${ref})`,
  });
  const found = columns.map((column, i) => {
    const at = (name: string): number => numberOf(orders[`${name}${i}`]);
    const statistics = {
      count: at('n'),
      min: at('lo'),
      max: at('hi'),
      lowerQuartile: at('q0_'),
      median: at('q1_'),
      upperQuartile: at('q2_'),
    };
    if (statistics.min === -Infinity || statistics.max === Infinity) throw infinite(column.name);
    return statistics;
  });

  const factors = found.map(({ min, max }) => exactSumFactor(Math.max(-min, max)));
  const sums = await askInBatches(query, values, {
    aggregates: (value, i) => [sql`${exactSum(value, factors[i] ?? 1)} AS ${raw(`s${i}`)}`],
    from: () => ref,
  });
  const means = found.map(({ count }, i) => meanOfExactSum(sums[`s${i}`], count, factors[i] ?? 1));

  const units = found.map(({ min, max }) => unitOf(Math.max(-min, max)));
  // Rounding is monotone, so the largest distance from the mean is that of one of the ends, to the bit.
  const spreads = found.map(({ min, max }, i) => farthest(min, max, means[i] ?? 0, units[i] ?? 1));
  const squareFactors = spreads.map((spread) => exactSumFactor(spread * spread));
  const squares = await askInBatches(query, values, {
    aggregates: (value, i) => {
      const distance = distanceIn(units[i] ?? 1, value, means[i] ?? 0);
      return [sql`${exactSum(sql`(${distance} * ${distance})`, squareFactors[i] ?? 1)} AS ${raw(`s${i}`)}`];
    },
    from: () => ref,
  });
  return new Map(
    columns.map(({ name }, i) => {
      const orderly = found[i] ?? unmeasured;
      return [
        name,
        {
          ...orderly,
          mean: means[i] ?? NaN,
          unit: units[i] ?? 1,
          variance: meanOfExactSum(squares[`s${i}`], orderly.count, squareFactors[i] ?? 1),
        },
      ];
    }),
  );
}

/** The larger of the distances of two ends from the mean, in units. */
export const farthest = (min: number, max: number, mean: number, unit: number): number =>
  Math.max(Math.abs(min / unit - mean / unit), Math.abs(max / unit - mean / unit));

const unmeasured = { count: 0, min: NaN, max: NaN, lowerQuartile: NaN, median: NaN, upperQuartile: NaN };

const numberOf = (value: SqlValue | undefined): number => (value === null || value === undefined ? NaN : Number(value));

export const infinite = (column: string): Error =>
  fail('prepare.infinite', {
    message: `The column "${column}" holds infinite values in the training rows.`,
    mend: 'Replace them before this node, for example by a filter, or by a derived column that turns them into missing values.',
    column,
  });
