/**
 * Where columns come from, over the chain before Split: which source columns each is made of, and whether other rows went into it. A column that sums up
 * other rows (an aggregate joined back, a window) or that tells the target lets test rows speak in training: named as a warning at Split.
 */
import type { Problem } from '../../shared/errors.ts';
import { columnRule } from '../../shared/kind/fields/fields.ts';
import { featuresOf, targetOf } from '../../shared/kind/learner.ts';
import { hiddenColumns, isFeature, type TableSchema } from '../../shared/wires.ts';
import type { Graph, PlanNode } from '../graph/graph.ts';
import { aggregateFunctions } from '../sql/function-names.ts';
import type { SqlJudge } from '../sql/judge-sql.ts';
import type { Instance } from '../graph/instance.ts';
import { Untraceable } from '../sql/trace-scope.ts';
import { traceStatement } from '../sql/trace-select.ts';
import {
  constantColumn,
  isSameColumn,
  joinTraced,
  sourceColumn,
  union,
  unionOfChoices,
  type Relation,
  type Traced,
} from '../sql/traced.ts';

/** By node: its columns, in order. Of a node without rows, those that it was made from. */
export type Lineage = Relation;

/** @param select the node's own SELECT, with the node that each name in it stands for */
export async function traceColumns(
  node: PlanNode,
  instance: Instance,
  schema: TableSchema | undefined,
  select: { sql: string; inputs: ReadonlyMap<string, string> } | undefined,
  known: ReadonlyMap<string, Lineage>,
  judge: SqlJudge,
): Promise<Lineage> {
  const upstream = [...node.inputs.values()].flat().flatMap((s) => known.get(s.node) ?? []);
  const all = upstream.flatMap((r) => r.columns);
  const rows = union(upstream.map((r) => r.rows));
  const choices = unionOfChoices(upstream.map((r) => r.choices));
  if (schema === undefined) return { columns: all, rows, choices };
  if (upstream.length === 0) {
    const source = instance.sources[0]?.sha256 ?? node.id;
    return { columns: schema.columns.map((c) => sourceColumn(c.name, `${source}:${c.name}`, source)), rows };
  }
  const byName = new Map(all.toReversed().map((c) => [c.name, c]));
  const traced =
    select === undefined || node.spec?.marksRows === true ? undefined : await traceOwn(node, select, known, judge);
  const tracedByName = new Map(traced?.columns.map((c) => [c.name, c]));
  const isWhole = traced?.columns.length === schema.columns.length;
  return {
    columns: schema.columns.map(({ name }, i) => {
      const found = tracedByName.get(name) ?? (isWhole ? traced?.columns[i] : undefined);
      return { ...(found ?? byName.get(name) ?? madeBy(node, instance, name, all, known)), name };
    }),
    rows: traced?.rows ?? rows,
    choices: traced?.choices ?? choices,
  };
}

async function traceOwn(
  node: PlanNode,
  { sql, inputs }: { sql: string; inputs: ReadonlyMap<string, string> },
  known: ReadonlyMap<string, Lineage>,
  judge: SqlJudge,
): Promise<Relation | undefined> {
  const tables = new Map(
    [...inputs].map(([name, from]): [string, Relation] => {
      const table = known.get(from) ?? { columns: [], rows: new Set() };
      return [name, { ...table, columns: [...table.columns, ...hiddenColumns.map(constantColumn)] }];
    }),
  );
  const tree = await judge.parse(sql).catch(() => null);
  try {
    const traced = traceStatement(tree, tables, { node: node.id, aggregates: aggregateFunctions });
    return { ...traced, columns: traced.columns.filter((c) => !hiddenColumns.includes(c.name)) };
  } catch (thrown) {
    if (thrown instanceof Untraceable) return undefined;
    throw thrown;
  }
}

/** A new column of a node that is no query. What is learnt from training rows alone gives nothing away; nor does a model that has not seen the rows. */
function madeBy(
  node: PlanNode,
  instance: Instance,
  name: string,
  columns: readonly Traced[],
  known: ReadonlyMap<string, Lineage>,
): Traced {
  const [models, tables] = ['model', 'table'].map((wire) =>
    union(
      [...node.inputs]
        .filter(([port]) => node.spec?.inputs[port]?.wire === wire)
        .flatMap(([, sources]) => sources)
        .flatMap((source) => known.get(source.node)?.columns.map((c) => c.rowsOf) ?? []),
    ),
  );
  const learntFromThem = [...(models ?? [])].some((rows) => tables?.has(rows));
  const isQuery = node.spec?.form === 'relational';
  return !isQuery && (!learntFromThem || instance.merges !== undefined)
    ? { ...constantColumn(name), rowsOf: tables ?? new Set() }
    : fromAnywhere(name, columns, node.id);
}

/** Split is a beginning: what came before it has been judged. */
export const restart = (split: PlanNode, { columns }: Lineage): Lineage => ({
  columns: columns.map(({ name, rowsOf }) => ({
    ...sourceColumn(name, `${split.id}:${name}`),
    rowsOf: union([rowsOf, [split.id]]),
  })),
  rows: new Set(),
});

/** What a statement that cannot be followed, or a program, has made: of everything, and of every row. */
function fromAnywhere(name: string, columns: readonly Traced[], node: string): Traced {
  const made = joinTraced(name, columns);
  return {
    ...made,
    unclear: true,
    mixed: new Map([...made.mixed, ...[...made.rowsOf].map((rows) => [rows, node] as const)]),
  };
}

/** Does a choice of rows ask for the target? */
export const choosesBy = (lineage: Lineage, before: Lineage, column: string): boolean => {
  const sources = before.columns.find((c) => c.name === column)?.values ?? new Set();
  return [...lineage.rows].some((source) => !before.rows.has(source) && sources.has(source));
};

/** Features of a trainer that were made from the target after Split, or by a model that has learnt from these very rows. */
export function findLeakingFeatures(node: PlanNode, schema: TableSchema, { columns }: Lineage): Problem[] {
  const rule = columnRule.safeParse(node.params['columns']);
  const named = node.params['target'];
  if (!rule.success || typeof named !== 'string') return [];
  const target = targetOf({ target: named, columns: rule.data }, schema.columns)?.name ?? '';
  const traced = new Map(columns.map((c) => [c.name, c]));
  const answer = traced.get(target);
  if (answer === undefined) return [];
  // Columns whose names are known only later stand for the one that they come with.
  const later = (schema.dynamic ?? []).map((d) => ({ name: d.pattern, type: d.type, from: d.from }));
  return featuresOf(rule.data, [...schema.columns, ...later], target).flatMap(({ name }): Problem[] => {
    const feature = traced.get(later.find((d) => d.name === name)?.from ?? name);
    if (feature === undefined || ![...feature.values].some((source) => answer.values.has(source))) return [];
    const place = { severity: 'error' as const, node: node.id, param: 'columns', column: name };
    if (feature.unclear === true)
      return [
        {
          code: 'train.own-predictions',
          message: `"${name}" is what a model says of rows that it has learnt from: a second model would believe it too much.`,
          mend: 'Let Split divide into folds: Predict then answers each row by the model that did not see it. Or leave the column out of the features.',
          ...place,
        },
      ];
    if (!schema.split) return [];
    return [
      {
        code: 'train.feature-from-target',
        message: `"${name}" is computed from the target "${target}", which a new row does not have: the model could not be asked.`,
        mend: 'Leave it out of the features.',
        ...place,
      },
    ];
  });
}

/** Columns at Split that carry what other rows, or the target, say. */
export function findLeaks(graph: Graph, split: PlanNode, schema: TableSchema, before: Lineage): Problem[] {
  return leaksIn(graph, { node: split, split, schema, before: before.columns, columns: before.columns });
}

/**
 * The same behind Split, where rows look values up in a table that never went through it: made of the rows that Split divides, it speaks for test rows too.
 * @param rows those that look up @param made what they are then @param before what came into Split
 */
export function findLookedUpLeaks(
  graph: Graph,
  node: PlanNode,
  schema: TableSchema,
  { rows, made, split, before }: { rows: Lineage; made: Lineage; split: PlanNode; before: Lineage },
): Problem[] {
  const had = new Set(rows.columns.map((c) => c.name));
  const columns = made.columns.filter((c) => !had.has(c.name));
  return leaksIn(graph, { node, split, schema, before: before.columns, columns });
}

interface LeakQuestion {
  /** Where they are named. */
  node: PlanNode;
  split: PlanNode;
  schema: TableSchema;
  before: readonly Traced[];
  columns: readonly Traced[];
}

function leaksIn(graph: Graph, { node, split, schema, before, columns }: LeakQuestion): Problem[] {
  const isAtSplit = node === split;
  const targetName = schema.columns.find((c) => c.role === 'target')?.name;
  const target = before.find((c) => c.name === targetName);
  const here = union(before.map((c) => c.rowsOf));
  const features = new Set(schema.columns.filter(isFeature).map((c) => c.name));
  const time = timeOf(split, before);
  const [when, mendPlace] = isAtSplit
    ? ['before the rows are split', 'Compute it after Split']
    : ['beside the Split that divides them', 'Compute it from the rows behind Split'];
  return columns.flatMap((found): Problem[] => {
    if (!features.has(found.name)) return [];
    const back = found.besidesPast;
    // Along time, earlier rows were there when the row was asked about.
    const column =
      back !== undefined && time !== undefined && isSameColumn(back.by, time) ? { ...found, ...back } : found;
    const mixedAt = [...column.mixed].find(([rows]) => here.has(rows))?.[1];
    const reported = target === undefined ? undefined : sayTarget(column, target);
    if (mixedAt === undefined && reported === undefined) return [];
    const title = mixedAt === undefined ? '' : (graph.nodes.get(mixedAt)?.title ?? mixedAt);
    const message =
      mixedAt === undefined
        ? `${reported}: the model would be told the answer, and the evaluation will look too good.`
        : column.unclear === true
          ? `"${column.name}" may sum up other rows${reported === undefined ? '' : ' and the target'}, ${when}: what "${title}" does cannot be followed.`
          : `"${column.name}" sums up other rows (in "${title}")${reported === undefined ? '' : ', the target among them'}, ${when}: test rows speak in training, and the evaluation will look too good.`;
    return [
      {
        code: isAtSplit ? 'leak.before-split' : 'leak.beside-split',
        severity: 'warning',
        message,
        mend:
          mixedAt === undefined
            ? 'Leave it out of the features.'
            : column.unclear === true
              ? `If it does, ${mendPlace.replace('Compute', 'compute')} with Group statistics; if each row is made from itself alone, all is well.`
              : back !== undefined && column === found
                ? `It looks back along "${back.by.name}": divide by time with that column as the time, or leave it out of the features.`
                : `${mendPlace} with Group statistics, which learns from the training rows alone, or leave it out of the features.`,
        node: node.id,
        column: column.name,
        facts: { column: column.name, ...(mixedAt === undefined ? {} : { at: mixedAt }) },
      },
    ];
  });
}

/** The column along which the rows are divided, if they are. */
function timeOf({ params }: PlanNode, columns: readonly Traced[]): Traced | undefined {
  const isAlong = params['method'] === 'time' || (params['method'] === 'folds' && params['foldBy'] === 'time');
  return isAlong ? columns.find((c) => c.name === params['time']) : undefined;
}

/** Which of the two was made from which. */
function sayTarget(column: Traced, target: Traced): string | undefined {
  const shared = [...column.values].filter((source) => target.values.has(source));
  const [c, t] = [`"${column.name}"`, `"${target.name}"`];
  if (shared.length === 0)
    return [...column.via].some((source) => target.values.has(source))
      ? `${c} is looked up, or given to some rows alone, by the target ${t}`
      : undefined;
  if (column.plain && target.plain) return `${c} is a copy of the target ${t}`;
  if (target.plain) return `${c} is computed from the target ${t}`;
  if (column.plain) return `The target ${t} is computed from ${c}`;
  const names = shared.map((source) => `"${source.slice(source.lastIndexOf(':') + 1)}"`);
  return `${c} and the target ${t} are both computed from ${names.join(' and ')}`;
}
