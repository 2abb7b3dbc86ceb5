/**
 * Where columns come from, over the chain before Split: which source columns each depends on, and whether other rows went into it. A column that sums up
 * other rows (an aggregate joined back, a window) or that is made from the target lets test rows speak in training: named as a warning at Split.
 */
import type { Problem } from '../../shared/errors.ts';
import { isFeature, type TableSchema } from '../../shared/wires.ts';
import { rowsOf, type Graph, type PlanNode } from './graph.ts';
import type { SqlJudge } from './judge-sql.ts';
import type { Instance } from './plan.ts';

export interface Trace {
  /** `<source>:<column>` of the readers' columns. */
  from: ReadonlySet<string>;
  /** The node where other rows went into it. */
  mixedAt?: string;
}
export type Lineage = ReadonlyMap<string, Trace>;

export async function traceColumns(
  node: PlanNode,
  instance: Instance,
  schema: TableSchema,
  select: { sql: string; inputs: ReadonlyMap<string, string> } | undefined,
  known: ReadonlyMap<string, Lineage>,
  judge: SqlJudge,
): Promise<Lineage> {
  const upstream = [...node.inputs.values()].flat().flatMap((s) => known.get(s.node) ?? []);
  if (upstream.length === 0) {
    const source = instance.sources[0]?.sha256 ?? node.id;
    return new Map(schema.columns.map((c) => [c.name, { from: new Set([`${source}:${c.name}`]) }]));
  }
  const passed = (name: string): Trace | undefined => upstream.map((l) => l.get(name)).find((t) => t !== undefined);
  if (select === undefined || node.spec?.category === 'split')
    return new Map(
      schema.columns.flatMap((c) =>
        passed(c.name) === undefined ? [] : [[c.name, passed(c.name) ?? emptyTrace] as const],
      ),
    );
  const tree = await judge.parse(select.sql).catch(() => null);
  const made = collectItems(tree);
  const mixes = rowsOf(node) === 'mix' && made.groups;
  return new Map(
    schema.columns.map((c): [string, Trace] => {
      const item = made.items.get(c.name);
      const trace = item === undefined ? (passed(c.name) ?? join(upstream)) : combine(item, passed, node.id);
      // After a GROUP BY a row stands for many: its keys are the beginning of new rows.
      return [c.name, mixes && trace.mixedAt === undefined ? { from: new Set([`${node.id}:${c.name}`]) } : trace];
    }),
  );
}

/** Columns at Split that carry what other rows, or the target, say. */
export function findLeaks(graph: Graph, split: PlanNode, schema: TableSchema, lineage: Lineage): Problem[] {
  const target = schema.columns.find((c) => c.role === 'target');
  const targetSources =
    target === undefined ? new Set<string>() : (lineage.get(target.name)?.from ?? new Set<string>());
  const own = new Set(
    [...lineage].filter(([, t]) => t.mixedAt === undefined).flatMap(([, t]) => [...t.from].map(sourceOf)),
  );
  const problems: Problem[] = [];
  for (const column of schema.columns) {
    const trace = lineage.get(column.name);
    if (trace === undefined || !isFeature(column)) continue;
    const usesTarget = [...trace.from].some((s) => targetSources.has(s));
    const back = trace.mixedAt !== undefined && [...trace.from].some((s) => own.has(sourceOf(s)));
    if (!back && !usesTarget) continue;
    const at = trace.mixedAt === undefined ? undefined : (graph.nodes.get(trace.mixedAt)?.title ?? trace.mixedAt);
    const how = back
      ? `sums up other rows (in "${at ?? ''}")${usesTarget ? ', the target among them' : ''}`
      : `is computed from the target "${target?.name ?? ''}"`;
    problems.push({
      code: 'leak.before-split',
      severity: 'warning',
      message: `"${column.name}" ${how}, before the rows are split: test rows speak in training, and the evaluation will look too good.`,
      mend: back
        ? 'Compute it after Split with Group statistics, which learns from the training rows alone, or leave it out of the features.'
        : 'Leave it out of the features.',
      node: split.id,
      column: column.name,
      facts: { column: column.name, ...(trace.mixedAt === undefined ? {} : { at: trace.mixedAt }) },
    });
  }
  return problems;
}

const emptyTrace: Trace = { from: new Set() };
const sourceOf = (name: string): string => name.slice(0, name.indexOf(':'));
const join = (all: readonly Lineage[]): Trace => {
  const traces = all.flatMap((l) => [...l.values()]);
  const mixedAt = traces.find((t) => t.mixedAt !== undefined)?.mixedAt;
  return { from: new Set(traces.flatMap((t) => [...t.from])), ...(mixedAt === undefined ? {} : { mixedAt }) };
};

interface Item {
  columns: Set<string>;
  mixes: boolean;
}

function combine(item: Item, passed: (name: string) => Trace | undefined, node: string): Trace {
  const traces = [...item.columns].flatMap((c) => passed(c) ?? []);
  const before = traces.find((t) => t.mixedAt !== undefined)?.mixedAt;
  const mixedAt = item.mixes ? node : before;
  return { from: new Set(traces.flatMap((t) => [...t.from])), ...(mixedAt === undefined ? {} : { mixedAt }) };
}

/** Every named item of every SELECT list in the tree: deepest first, so that the outermost meaning of a name wins. */
function collectItems(tree: unknown): { items: Map<string, Item>; groups: boolean } {
  const items = new Map<string, Item>();
  let groups = false;
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk);
    if (!isRecord(value)) return;
    for (const part of Object.values(value)) walk(part);
    if (value['type'] !== 'SELECT_NODE') return;
    if (Array.isArray(value['group_expressions']) && value['group_expressions'].length > 0) groups = true;
    const list: unknown[] = Array.isArray(value['select_list']) ? value['select_list'] : [];
    for (const entry of list) {
      if (!isRecord(entry) || entry['class'] === 'STAR') {
        if (isRecord(entry)) for (const [name, item] of replacedItems(entry)) items.set(name, resolve(item, items));
        continue;
      }
      const item = describeItem(entry);
      if (item.mixes && !groups && isAggregate(entry)) groups = true;
      const name = nameOf(entry);
      if (name !== undefined) items.set(name, resolve(item, items));
    }
  };
  walk(tree);
  return { items, groups };
}

/** A name that an inner SELECT made stands for what it was made of. */
function resolve(item: Item, known: ReadonlyMap<string, Item>): Item {
  const columns = new Set<string>();
  let mixes = item.mixes;
  for (const column of item.columns) {
    const inner = known.get(column);
    if (inner === undefined) columns.add(column);
    else {
      for (const c of inner.columns) columns.add(c);
      mixes ||= inner.mixes;
    }
  }
  return { columns, mixes };
}

function describeItem(expression: unknown): Item {
  const item: Item = { columns: new Set(), mixes: false };
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk);
    if (!isRecord(value)) return;
    if (value['class'] === 'COLUMN_REF' && Array.isArray(value['column_names']))
      item.columns.add(String(value['column_names'].at(-1)));
    if (value['class'] === 'WINDOW' || isAggregate(value)) item.mixes = true;
    for (const part of Object.values(value)) walk(part);
  };
  walk(expression);
  return item;
}

const aggregates = new Set([
  'sum',
  'avg',
  'mean',
  'count',
  'count_star',
  'min',
  'max',
  'median',
  'mode',
  'stddev',
  'stddev_samp',
  'stddev_pop',
  'var_samp',
  'var_pop',
  'variance',
  'quantile',
  'quantile_cont',
  'quantile_disc',
  'first',
  'last',
  'any_value',
  'arg_min',
  'arg_max',
  'list',
  'string_agg',
  'approx_count_distinct',
  'fsum',
  'bool_and',
  'bool_or',
  'corr',
  'skewness',
  'kurtosis',
  'entropy',
  'product',
]);
const isAggregate = (value: unknown): boolean =>
  isRecord(value) &&
  value['class'] === 'FUNCTION' &&
  aggregates.has(String(value['function_name'] ?? '').toLowerCase());

function nameOf(entry: Record<string, unknown>): string | undefined {
  if (typeof entry['alias'] === 'string' && entry['alias'] !== '') return entry['alias'];
  return entry['class'] === 'COLUMN_REF' && Array.isArray(entry['column_names'])
    ? String(entry['column_names'].at(-1))
    : undefined;
}

/** `* REPLACE (expr AS name)` */
function replacedItems(star: Record<string, unknown>): [string, Item][] {
  const list = star['replace_list'];
  if (Array.isArray(list))
    return list.flatMap((e: unknown): [string, Item][] =>
      isRecord(e) && typeof e['key'] === 'string' ? [[e['key'], describeItem(e['value'])]] : [],
    );
  return isRecord(list) ? Object.entries(list).map(([name, value]) => [name, describeItem(value)]) : [];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
