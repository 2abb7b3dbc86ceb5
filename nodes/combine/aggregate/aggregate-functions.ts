/** What can be computed from the rows of a group. Each gives the same value for every order of the rows (float sums aside, which the run puts on one thread). */
import { double, id, sql, type Sql } from '../../../shared/sql.ts';
import { isInteger, type Column, type TypeFamily } from '../../../shared/wires.ts';

const numbers: readonly TypeFamily[] = ['number'];
const measured: readonly TypeFamily[] = ['number', 'time'];
interface AggregateFunction {
  title: string;
  families?: readonly TypeFamily[];
}

export const functions = {
  rows: { title: 'rows' },
  count: { title: 'values present' },
  'count-distinct': { title: 'different values' },
  sum: { title: 'sum', families: ['number', 'boolean'] },
  mean: { title: 'mean', families: ['number', 'boolean'] },
  median: { title: 'median', families: measured },
  minimum: { title: 'minimum' },
  maximum: { title: 'maximum' },
  'standard-deviation': { title: 'standard deviation', families: numbers },
  quantile: { title: 'quantile', families: measured },
  mode: { title: 'most frequent value' },
  first: { title: 'first value' },
  last: { title: 'last value' },
} as const satisfies Readonly<Record<string, AggregateFunction>>;
export type AggregateFunctionName = keyof typeof functions;

export interface Aggregate {
  function: AggregateFunctionName;
  column: string;
  as: string;
  quantile: number;
  order: string;
}

export const familiesOf = (name: AggregateFunctionName): readonly TypeFamily[] | undefined => {
  const found: AggregateFunction = functions[name];
  return found.families;
};
export const needsColumn = (name: AggregateFunctionName): boolean => name !== 'rows';
export const needsOrder = (name: AggregateFunctionName): boolean => name === 'first' || name === 'last';

const shortNames: Partial<Record<AggregateFunctionName, string>> = {
  'count-distinct': 'distinct',
  minimum: 'min',
  maximum: 'max',
  'standard-deviation': 'sd',
};

export function aggregateName(a: Aggregate): string {
  if (a.as.trim() !== '') return a.as;
  if (a.function === 'rows') return 'rows';
  const short =
    a.function === 'quantile' ? `q${Math.round(a.quantile * 1000) / 10}` : (shortNames[a.function] ?? a.function);
  return `${short}_${a.column}`;
}

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
        : sql`sum(${name})`;
    case 'mean':
      return type === 'BOOLEAN' ? sql`avg(CAST(${name} AS INTEGER))` : sql`avg(${name})`;
    case 'median':
      return sql`median(${name})`;
    case 'minimum':
      return sql`min(${name})`;
    case 'maximum':
      return sql`max(${name})`;
    case 'standard-deviation':
      return sql`stddev_samp(${name})`;
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
