/**
 * Split as one query. Rows get a place by a 128-bit hash of their content, so neither the input's order nor the number of threads matters. What must stay
 * together (copies of a row, one id, one group, one time) is a *unit*; a unit lies on the side of a boundary that holds most of it. Within a stratum, the
 * first `quota` rows by rank are the test, the next ones the validation; quotas of strata are differences of rounded running totals, so that each is within one
 * row of its share and all together give the exact share of the table.
 */
import type { TableRef } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { double, id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { partitionColumn, rowColumn, typeFamily, type Column } from '../../../shared/wires.ts';
import { canonicalValue, hashOf } from '../../../shared/table/canonical-row.ts';
import { dividesBy, type spec } from './spec.ts';

export type SplitParams = ParamsOf<typeof spec>;

const row = id(rowColumn);
const partition = id(partitionColumn);

/** From so many columns on, what decides a row's place is worked out apart from its values: each window would carry all of them. */
const wideFrom = 200;
const at = id('__at');

export function splitSql(rows: TableRef, p: SplitParams): Sql {
  const columns = join([...rows.columns.map((c) => id(c.name)), row, partition]);
  const isWide = rows.stable === true && rows.columns.length >= wideFrom;
  if (!rows.hidden.includes(partitionColumn))
    return sql`SELECT ${columns} FROM (${(isWide ? markedApart : marked)(rows.ref, rows.columns, p, firstTime)})`;
  // A second Split: only the training rows are divided, and every row keeps its rank.
  const again = (isWide ? markedApart : marked)(
    sql`(SELECT * EXCLUDE (${partition}) FROM ${rows.ref} WHERE ${partition} = 'train')`,
    rows.columns,
    { ...p, testFraction: 0 },
    { rank: id('__place'), among: sql` ORDER BY ${row}` },
  );
  return sql`SELECT ${columns} FROM (${again}) UNION ALL SELECT ${columns} FROM ${rows.ref} WHERE ${partition} IS DISTINCT FROM 'train'`;
}

interface Ranks {
  rank: Sql;
  /** What tells equal rows apart; nothing: they are interchangeable. */
  among: Sql;
}
const firstTime: Ranks = { rank: row, among: raw('') };

/** The same marks as `marked` gives, found on the few columns that decide them, and joined to the rows by where these stand in a source that keeps its order. */
function markedApart(source: Sql, columns: readonly Column[], p: SplitParams, ranks: Ranks): Sql {
  const names = new Set([p.target, p.group, p.time, p.id]);
  const deciding = columns.filter((c) => names.has(c.name)).map((c) => id(c.name));
  const kept = ranks === firstTime ? deciding : [...deciding, row];
  const marks = marked(source, columns, p, ranks, join([sql`row_number() OVER () AS ${at}`, ...kept]));
  const given = join((ranks === firstTime ? [row, partition] : [partition]).map((name) => sql`__marks.${name}`));
  return sql`SELECT __rows.*, ${given} FROM (SELECT *, row_number() OVER () AS ${at} FROM ${source}) AS __rows JOIN (${marks}) AS __marks ON __rows.${at} = __marks.${at}`;
}

/**
 * Levels of SELECTs, each adding columns: hash and unit, class and stratum, places, quotas, mark.
 * @param carried what the levels carry of the source
 */
function marked(
  source: Sql,
  columns: readonly Column[],
  p: SplitParams,
  { rank, among }: Ranks,
  carried: Sql = raw('*'),
): Sql {
  const named = (name: string): Column | undefined => (name === '' ? undefined : columns.find((c) => c.name === name));
  const by = dividesBy(p);
  const idColumn = named(p.id);
  const all = hashOf(columns, p.seed, 'row');
  const hash =
    idColumn === undefined
      ? all
      : sql`CASE WHEN ${id(idColumn.name)} IS NULL THEN ${all} ELSE ${hashOf([idColumn], p.seed, 'id')} END`;
  // Rows of one id are told apart by DuckDB's own hash of their values: it decides nothing but their order.
  const tie = idColumn === undefined ? raw('') : sql`, hash(${join(columns.map((c) => id(c.name)))}) AS __tie`;
  const keyed = sql`SELECT ${carried}, ${hash} AS __hash${tie} FROM ${source}`;
  const takesCopiesApart = idColumn === undefined && by === 'rows' && p.equalRows !== 'together';
  const order = idColumn !== undefined ? raw('__hash, __tie') : raw(takesCopiesApart ? '__unit' : '__hash');
  if (by === 'time') return byTime(keyed, named(p.time), p, order, rank);
  const group = by === 'group' ? named(p.group) : undefined;
  const target = named(p.target);
  const plan: HashPlan = {
    order,
    rank,
    unit: raw(group === undefined && !takesCopiesApart ? '__hash' : '__unit'),
    grouped: group !== undefined,
    stratified: target !== undefined && keepsShares(p, target),
  };
  const units =
    group !== undefined ? withGroup(keyed, group, p) : takesCopiesApart ? withCopies(keyed, among, p) : keyed;
  return byHash(target !== undefined && plan.stratified ? withStratum(units, target, p, plan) : units, p, plan);
}

interface HashPlan {
  /** The order that gives each row its rank. */
  order: Sql;
  rank: Sql;
  /** The column whose equal values stay together. */
  unit: Sql;
  grouped: boolean;
  stratified: boolean;
}

/** Equal rows are numbered, and the number goes into their place: they are strewn like others. `auto` does so where fewer than half of the rows are different. */
function withCopies(keyed: Sql, among: Sql, p: SplitParams): Sql {
  const numbered = sql`SELECT *, row_number() OVER (PARTITION BY __hash${among}) AS __copy FROM (${keyed})`;
  const strewn = sql`(CASE WHEN __copy = 1 THEN __hash ELSE CAST(hash(__hash, __copy) AS UHUGEINT) * ${raw('18446744073709551616::UHUGEINT')} + CAST(hash(__copy, __hash) AS UHUGEINT) END)`;
  if (p.equalRows === 'apart') return sql`SELECT *, ${strewn} AS __unit FROM (${numbered})`;
  // `count(*) FILTER (…) OVER ()` takes DuckDB 1.5 quadratic time: 44 s for 200,000 rows where this takes 0.1 s.
  const counted = sql`SELECT *, 2 * count(CASE WHEN __copy = 1 THEN 1 END) OVER () < count(*) OVER () AS __strewn FROM (${numbered})`;
  return sql`SELECT *, CASE WHEN __strewn THEN ${strewn} ELSE __hash END AS __unit FROM (${counted})`;
}

/** Rows without a group stand for themselves. */
const withGroup = (keyed: Sql, group: Column, p: SplitParams): Sql =>
  sql`SELECT *, CASE WHEN ${id(group.name)} IS NULL THEN __hash ELSE ${hashOf([group], p.seed, 'group')} END AS __unit FROM (${keyed})`;

export function keepsShares(p: SplitParams, target: Column): boolean {
  if (p.method === 'stratified' || p.stratify === 'yes') return true;
  const family = typeFamily(target.type);
  const continuous = family === 'time' || family === 'other' || /^(FLOAT|DOUBLE|DECIMAL)/.test(target.type);
  return p.stratify === 'auto' && !continuous;
}

/** A class needs a row for each part. */
export const rowsForEachPart = (p: SplitParams): number =>
  p.method === 'folds' ? p.folds : 1 + (p.testFraction > 0 ? 1 : 0) + (p.validationFraction > 0 ? 1 : 0);

/** A group belongs to the class that most of its rows have. Classes with too few rows are one stratum. */
function withStratum(units: Sql, target: Column, p: SplitParams, { unit, grouped }: HashPlan): Sql {
  const classed = sql`SELECT *, hash(${canonicalValue(target)}) AS __class FROM (${units})`;
  const ofUnit = grouped
    ? sql`SELECT *, first_value(__class) OVER (PARTITION BY ${unit} ORDER BY __shared DESC, __class ROWS UNBOUNDED PRECEDING) AS __major FROM (SELECT *, count(*) OVER (PARTITION BY ${unit}, __class) AS __shared FROM (${classed}))`
    : sql`SELECT *, __class AS __major FROM (${classed})`;
  return sql`SELECT *, CASE WHEN count(*) OVER (PARTITION BY __major) < ${rowsForEachPart(p)} THEN 0 ELSE __major END AS __stratum FROM (${ofUnit})`;
}

const total = (fraction: number): Sql =>
  fraction === 0 ? raw('0::BIGINT') : sql`greatest(1, CAST(round(__n * ${double(fraction)}) AS BIGINT))`;
/** The share of a stratum that ends at `__through` and has `__size` rows: difference of rounded running totals, in whole numbers. */
const quota = (of: Sql): Sql =>
  sql`((2 * __through * ${of} + __n) // (2 * __n) - (2 * (__through - __size) * ${of} + __n) // (2 * __n))`;

function byHash(strata: Sql, p: SplitParams, { order, rank, unit, grouped, stratified }: HashPlan): Sql {
  // Without strata the whole table is the one stratum, and DuckDB sorts once for rank and place.
  const within = stratified ? raw('PARTITION BY __stratum ') : raw('');
  const sizes = stratified
    ? raw('count(*) OVER (PARTITION BY __stratum) AS __size, count(*) OVER (ORDER BY __stratum) AS __through')
    : raw('count(*) OVER () AS __size, count(*) OVER () AS __through');
  const places = sql`SELECT *, row_number() OVER (ORDER BY ${order}) - 1 AS ${rank}, count(*) OVER () AS __n, ${sizes}, rank() OVER (${within}ORDER BY ${unit}) - 1 AS __begin, count(*) OVER (${within}ORDER BY ${unit}) AS __end FROM (${strata})`;
  const validationFraction = p.method === 'folds' ? 0 : p.validationFraction;
  const quotas = sql`SELECT *, ${quota(total(p.testFraction))} AS __test, ${quota(total(validationFraction))} AS __validation FROM (${places})`;
  // The first unit is the test even when it is larger than its share: better a large test than none.
  const tested = sql`SELECT *, __test > 0 AND (__begin + __end < 2 * __test OR (__begin = 0 AND __end < __size)) AS __tested FROM (${quotas})`;
  if (p.method !== 'folds')
    return sql`SELECT *, CASE WHEN __tested THEN 'test' WHEN __validation > 0 AND __begin + __end < 2 * (__test + __validation) THEN 'validation' ELSE 'train' END AS ${partition} FROM (${tested})`;
  // Rows are dealt in turn; groups from the largest to the smallest, there and back again, so that folds come out even.
  const strataFirst = stratified ? raw('__stratum, ') : raw('');
  const turn = sql`${strataFirst}${grouped ? raw('__end - __begin DESC, ') : raw('')}${unit}`;
  const dealt = sql`SELECT *, dense_rank() OVER (PARTITION BY __tested ORDER BY ${turn}) - 1 AS __turn FROM (${tested})`;
  const k = p.folds;
  const fold = grouped
    ? sql`CASE WHEN __turn % ${2 * k} < ${k} THEN __turn % ${2 * k} ELSE ${2 * k - 1} - __turn % ${2 * k} END`
    : sql`__turn % ${k}`;
  return sql`SELECT *, CASE WHEN __tested THEN 'test' ELSE 'fold ' || (${fold} + 1) END AS ${partition} FROM (${dealt})`;
}

/** The latest rows are the test. Rows without a time count as the earliest. Rank follows time. */
function byTime(units: Sql, time: Column | undefined, p: SplitParams, order: Sql, rank: Sql): Sql {
  const at = id(time?.name ?? p.time);
  const places = sql`SELECT *, row_number() OVER (ORDER BY ${at} NULLS FIRST, ${order}) - 1 AS ${rank}, count(*) OVER () AS __n, rank() OVER (ORDER BY ${at} NULLS FIRST) - 1 AS __begin, count(*) OVER (ORDER BY ${at} NULLS FIRST) AS __end FROM (${units})`;
  const validationFraction = p.method === 'folds' ? 0 : p.validationFraction;
  const quotas = sql`SELECT *, ${total(p.testFraction)} AS __test, ${total(validationFraction)} AS __validation FROM (${places})`;
  const tested = sql`SELECT *, __test > 0 AND __begin > 0 AND (__begin + __end > 2 * (__n - __test) OR __end = __n) AS __tested FROM (${quotas})`;
  if (p.method !== 'folds')
    return sql`SELECT *, CASE WHEN __tested THEN 'test' WHEN __validation > 0 AND __begin > 0 AND __begin + __end > 2 * (__n - __test - __validation) THEN 'validation' ELSE 'train' END AS ${partition} FROM (${tested})`;
  // Blocks of about equal size, one after the other: a fold's model learns from all blocks before it, and the first is only learnt from.
  const blocks = sql`SELECT *, least(${p.folds}, 1 + ((__begin + __end) * ${p.folds}) // (2 * count(CASE WHEN NOT __tested THEN 1 END) OVER ())) AS __block FROM (${tested})`;
  return sql`SELECT *, CASE WHEN __tested THEN 'test' ELSE 'fold ' || __block END AS ${partition} FROM (${blocks})`;
}
