/**
 * Values of groups from parts of the rows: what each part keeps of a value (columns that Parquet holds), and how the whole comes from those of all parts.
 * All but the standard deviation have the bits that one query over all rows gives.
 */
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { isInteger, type Column } from '../../../shared/wires.ts';
import type { Aggregate, AggregateFunctionName } from './aggregate-functions.ts';
import { isDecimal } from './aggregate-sql.ts';
import { exactPartial, exactWhole } from './exact-sum.ts';

interface ValueInParts {
  /** Name → aggregate over a part's rows. */
  partial: Readonly<Record<string, Sql>>;
  /** An aggregate over those columns. */
  whole: (column: (name: string) => Sql) => Sql;
}

const needsAll: Partial<Record<AggregateFunctionName, string>> = {
  median: 'the median needs all values of a group at once',
  quantile: 'a quantile needs all values of a group at once',
  mode: 'the most frequent value needs all values of a group at once',
};
/** Why these values cannot come from parts. */
export const refuseParts = (aggregates: readonly Aggregate[]): string | undefined =>
  aggregates.map((a) => needsAll[a.function]).find((reason) => reason !== undefined);

export const partialColumn = (value: number, name: string): string => `__${value}_${name}`;

export function valueInParts(a: Aggregate, columns: readonly Column[]): ValueInParts {
  const name = id(a.column);
  const type = columns.find((c) => c.name === a.column)?.type ?? 'VARCHAR';
  switch (a.function) {
    case 'rows':
      return counted(sql`count(*)`);
    case 'count':
      return counted(sql`count(${name})`);
    case 'count-distinct':
      return {
        partial: { values: sql`list(DISTINCT ${name})` },
        whole: (column) => sql`coalesce(CAST(len(list_distinct(flatten(list(${column('values')})))) AS BIGINT), 0)`,
      };
    case 'sum':
      if (isDecimal(type)) return simple('sum', sql`sum(${name})`);
      if (!isInteger(type) && type !== 'BOOLEAN') return { partial: exactPartial(name), whole: exactWhole };
      return {
        partial: { sum: wide(sql`sum(CAST(${name} AS BIGINT))`) },
        whole: (column) => sql`CAST(CAST(sum(${column('sum')}) AS HUGEINT) AS BIGINT)`,
      };
    case 'mean':
      return meanInParts(name, type);
    case 'minimum':
      return simple('min', sql`min(${name})`);
    case 'maximum':
      return simple('max', sql`max(${name})`);
    case 'standard-deviation':
      return deviationInParts(sql`CAST(${name} AS DOUBLE)`);
    case 'first':
      return firstInParts(name, id(a.order), 'ASC');
    case 'last':
      return firstInParts(name, id(a.order), 'DESC');
    case 'median':
    case 'quantile':
    case 'mode':
      throw new Error(`${a.function} has no parts`);
  }
}

const wide = (sum: Sql): Sql => sql`CAST(${sum} AS DECIMAL(38,0))`;
const counted = (count: Sql): ValueInParts => ({
  partial: { count },
  whole: (column) => sql`CAST(sum(${column('count')}) AS BIGINT)`,
});
const simple = (fn: 'sum' | 'min' | 'max', partial: Sql): ValueInParts => ({
  partial: { value: partial },
  whole: (column) => sql`${raw(fn)}(${column('value')})`,
});

function meanInParts(name: Sql, type: string): ValueInParts {
  const count = sql`count(${name})`;
  if (isDecimal(type))
    return {
      partial: { sum: sql`sum(${name})`, count },
      whole: (column) => sql`CAST(sum(${column('sum')}) AS DOUBLE) / CAST(sum(${column('count')}) AS BIGINT)`,
    };
  if (!isInteger(type) && type !== 'BOOLEAN')
    return {
      partial: exactPartial(name),
      whole: (column) => sql`${exactWhole(column)} / CAST(sum(${column('count')}) AS BIGINT)`,
    };
  const value = type === 'BOOLEAN' ? sql`CAST(${name} AS INTEGER)` : name;
  return {
    partial: { sum: wide(sql`sum(${value})`), count },
    whole: (column) =>
      sql`CAST(CAST(sum(${column('sum')}) AS HUGEINT) AS DOUBLE) / CAST(sum(${column('count')}) AS BIGINT)`,
  };
}

/** Count, mean and squared distances of each part, joined two by two (Chan, Golub and LeVeque), in an order that the values give. */
function deviationInParts(x: Sql): ValueInParts {
  return {
    partial: {
      state: sql`struct_pack(n := CAST(count(${x}) AS DOUBLE), m := avg(${x}), s := var_pop(${x}) * count(${x}))`,
    },
    whole: (column) => {
      const states = sql`list_sort(list(${column('state')}) FILTER (WHERE ${column('state')}.n > 0))`;
      const all = sql`list_reduce(${states}, lambda a, b: struct_pack(n := a.n + b.n, m := a.m + (b.m - a.m) * b.n / (a.n + b.n), s := a.s + b.s + (b.m - a.m) * (b.m - a.m) * a.n * b.n / (a.n + b.n)))`;
      return sql`CASE WHEN sum(${column('state')}.n) > 1 THEN sqrt((${all}).s / ((${all}).n - 1)) END`;
    },
  };
}

function firstInParts(value: Sql, order: Sql, direction: 'ASC' | 'DESC'): ValueInParts {
  const by = (o: Sql, v: Sql): Sql => sql`ORDER BY ${o} ${raw(direction)} NULLS LAST, ${v} ASC NULLS LAST`;
  return {
    partial: {
      value: sql`first(${value} ${by(order, value)})`,
      order: sql`first(${order} ${by(order, value)})`,
    },
    whole: (column) => sql`first(${column('value')} ${by(column('order'), column('value'))})`,
  };
}

/** One row a group and part. */
export function partialGroups(by: readonly Sql[], values: readonly ValueInParts[], rows: Sql): Sql {
  const columns = values.flatMap(({ partial }, i) =>
    Object.entries(partial).map(([name, aggregate]) => sql`${aggregate} AS ${id(partialColumn(i, name))}`),
  );
  return sql`SELECT ${join([...by, ...columns])} FROM ${rows}${by.length === 0 ? raw('') : sql` GROUP BY ${join(by)}`}`;
}

export const wholeValue = (value: ValueInParts, i: number): Sql => value.whole((name) => id(partialColumn(i, name)));
