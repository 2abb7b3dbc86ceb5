/**
 * Composition: how each node's form turns the tables before it into the table after it. Nothing here reads rows.
 */
import type {
  AnyFittedRun,
  JsonValue,
  RelationalContext,
  RelationalRun,
  StateTable,
  TableRef,
} from '../../../shared/capabilities.ts';
import { FlowyardError, fail } from '../../../shared/errors.ts';
import { id, literal, raw, ref, sql, Sql } from '../../../shared/sql.ts';
import { own } from '../../../shared/own.ts';
import { partitionColumn, rowColumn, type Column } from '../../../shared/wires.ts';
import type { Binder } from '../../sql/bind.ts';
import { rowsOf, type PlanNode } from '../../graph/graph.ts';
import type { SqlJudge } from '../../sql/judge-sql.ts';
import type { Instance } from '../../graph/instance.ts';
import { queriedFiles } from '../../sources/sources.ts';
import type { FoundSource } from '../../sources/found-source.ts';
import { firstLineBytes } from '../../sources/first-line.ts';
import { plainPath } from '../../table/plain-path.ts';
import { eachRowOf } from './each-row.ts';
import {
  extend,
  isKept,
  isSplit,
  tableName,
  type StepTable,
  type TableValue,
  type ProvenanceBase,
  type ProvenanceStep,
} from './table-value.ts';
import { madeBase, readerSign, signOf } from './provenance.ts';
import { threadsOf, variationOf } from './variation.ts';

export interface Composer {
  binder: Binder;
  judge: SqlJudge;
}

/** Where a recipe's SQL names its input rows and the tables of its state. */
export const rowsToken = '{{flowyard:rows}}';
export const tableToken = (name: string): string => `{{flowyard:table:${name}}}`;

/** … and the table that a batch function makes. */
export const madeToken = tableToken('made');

const asRef = (name: string, value: TableValue): TableRef => ({
  ref: ref(name),
  columns: value.columns,
  hidden: value.hidden,
  ...(value.ctes.length === 1 && value.ctes[0]?.file !== undefined ? { stable: true as const } : {}),
});

/** What a relational node is given: its inputs by name, its parameters, its files. */
export function relationalContext(
  instance: Instance,
  inputs: ReadonlyMap<string, readonly TableValue[]>,
): { context: RelationalContext<never>; named: Map<string, TableValue> } {
  const context = {
    inputs: Object.fromEntries(
      [...inputs].flatMap(([port, values]) =>
        values[0] === undefined ? [] : [[port, asRef(inputName(port, 0, values.length), values[0])]],
      ),
    ),
    many: Object.fromEntries(
      [...inputs].map(([port, values]) => [port, values.map((v, i) => asRef(inputName(port, i, values.length), v))]),
    ),
    params: instance.node.params as never,
    file: (param: string) => plainPath(sourceOf(instance, param).path),
    files: (param: string) => queriedFiles(sourceOf(instance, param)).map((file) => plainPath(file.path)),
    lineBytes: (param: string) => firstLineBytes(sourceOf(instance, param)),
  };
  return { context, named: nameInputs(inputs) };
}

// Over 80 lines: one query, clause by clause.
export async function composeRelational(
  composer: Composer,
  instance: Instance,
  run: RelationalRun<never>,
  inputs: ReadonlyMap<string, readonly TableValue[]>,
): Promise<TableValue> {
  const { node, key } = instance;
  if (key === null) throw new Error(`${instance.id} has no key`);
  const { context, named } = relationalContext(instance, inputs);
  const fragment =
    instance.partial === true && run.parted?.merge !== undefined ? run.parted.merge.partial(context) : run.sql(context);
  await composer.judge.judge(fragment, named);
  // A file that stayed elsewhere is only talked about.
  const reported = inputs.size === 0 ? instance.sources[0]?.columns : undefined;
  const bound = reported === undefined ? await bindAt(composer, node, fragment, named) : [...reported];
  const roles = node.spec?.roles?.(node.params) ?? {};
  const columns = bound.map((c) => withRole(c, own(roles, c.name)));
  const each = await eachRowOf(composer, run, context, named, bound);
  const lookup = lookupOf(node, named);
  const rowsName = lookup?.rows ?? [...named.keys()][0];
  const first = rowsName === undefined ? undefined : named.get(rowsName);
  const splits = node.spec?.marksRows === true;
  const rows = lookup === undefined && each === undefined ? rowsOf(node) : 'same';
  const trainingOnly =
    !splits &&
    first !== undefined &&
    isSplit(first) &&
    rows === 'fewer' &&
    (node.spec?.trainingOnly?.(node.params) ?? true);
  const forEveryone = !splits && !trainingOnly && first !== undefined && isSplit(first) && rows === 'fewer';
  const chained =
    trainingOnly && first !== undefined ? trainingRowsOnly(fragment, first, named) : (each?.chain ?? fragment);
  const { ctes, from } = extend(named, chained, tableName(key), node.id);
  const hidden = splits ? [rowColumn, partitionColumn] : rows === 'mix' || rows === 'more' ? [] : (first?.hidden ?? []);
  const step: ProvenanceStep = {
    key,
    kind: node.kind,
    title: node.title,
    sign: signOf([
      node.kind,
      node.params,
      node.spec?.computes,
      lookup === undefined ? null : named.get(lookup.table)?.key,
    ]),
    sql:
      splits || (rows === 'fewer' && !forEveryone)
        ? null
        : renderStep(each?.step ?? unmarked(run, context, lookup), rowsName),
    ...(forEveryone ? { leavesOut: sayLeftOut(node), before: first } : {}),
    ...(lookup === undefined
      ? {}
      : { lookups: { [lookup.table]: named.get(lookup.table) ?? missingInput(lookup.table) } }),
    params: JSON.parse(JSON.stringify(node.params)),
    columns,
  };
  // Rows were mixed, or there is no one table before: a recipe can begin no earlier than here.
  const continues =
    first !== undefined &&
    (named.size === 1 || lookup !== undefined) &&
    (rows === 'same' || rows === 'fewer' || splits);
  const provenance = continues
    ? { base: first.provenance.base, steps: [...first.provenance.steps, step] }
    : {
        base: {
          ...(await baseOf(composer, run, instance, context, columns, inputs)),
          select: selectOf(fragment, named),
        },
        steps: [],
      };
  return {
    key,
    columns,
    hidden,
    ctes,
    from,
    nodes: [...new Set([...[...named.values()].flatMap((v) => v.nodes), node.id])],
    ...(rows === 'same' || rows === 'fewer' || splits ? rowsAtMost(first) : {}),
    ...threadsOf(variationOf(node, run, context, fragment), [...named.values()]),
    ...(each === undefined ? {} : { eachRow: true as const }),
    provenance,
  };
}

const selectOf = (fragment: Sql, named: ReadonlyMap<string, TableValue>): NonNullable<ProvenanceBase['select']> => ({
  sql: fragment.render((name) => id(name).render()),
  inputs: new Map([...named].map(([name, value]) => [name, value.columns])),
});

async function baseOf(
  composer: Composer,
  run: RelationalRun<never>,
  instance: Instance,
  context: RelationalContext<never>,
  columns: readonly Column[],
  inputs: ReadonlyMap<string, readonly TableValue[]>,
): Promise<ProvenanceBase> {
  const { node, sources } = instance;
  const base = { key: instance.key ?? '', columns };
  if ([...inputs.values()].every((values) => values.length === 0))
    return { ...base, sign: readerSign, reader: await readerOf(composer, instance, run, context, columns) };
  const from = new Map([...inputs].map(([port, values]) => [port, values.map((value) => value.provenance)]));
  const how = [node.spec?.computes, node.params, sources.map((source) => source.sha256)];
  return madeBase(base, { kind: node.kind, title: node.title }, from, how);
}

/** How a reader reads, without where: a model has the same bytes wherever its file lay. */
async function readerOf(
  composer: Composer,
  { node, sources }: Instance,
  run: RelationalRun<never>,
  context: RelationalContext<never>,
  columns: readonly Column[],
): Promise<NonNullable<ProvenanceBase['reader']>> {
  const paths = (run.sources?.(node.params as never) ?? []).filter((s) => s.from === 'file' || s.from === 'files');
  const [path] = paths;
  const isHere = path?.from === 'file' && sources[0]?.columns === undefined;
  const params =
    run.learn === undefined || !isHere
      ? context.params
      : await run.learn({
          path: context.file(path.param),
          params: context.params,
          columns,
          query: (query) => composer.binder.look(query),
        });
  const plain: Record<string, JsonValue> = JSON.parse(JSON.stringify(params));
  for (const { param } of paths) plain[param] = '';
  const cells = run.cells?.(params);
  return { kind: node.kind, params: plain, ...(cells === undefined ? {} : { cells }) };
}

export async function composeFitted(
  composer: Composer,
  instance: Instance,
  run: AnyFittedRun,
  input: TableValue,
  state: JsonValue,
  /** Where the files beside the state lie. */
  place: (file: string) => string,
): Promise<TableValue> {
  const { node, key } = instance;
  if (key === null) throw new Error(`${instance.id} has no key`);
  const tables = Object.fromEntries(
    Object.entries(run.tables?.(state as never) ?? {}).map(([name, table]): [string, StepTable] => [
      name,
      isKept(table) ? { ...table, file: place(table.file) } : table,
    ]),
  );
  const context = (training: boolean, rows: TableRef) => ({
    input: rows,
    params: node.params as never,
    state: state as never,
    table: (name: string) => ref(`table:${name}`),
    training,
  });
  const fragment = run.apply(context(true, asRef('rows', input)));
  const inline = new Map(Object.entries(tables).map(([name, table]) => [`table:${name}`, valuesOf(table)]));
  const named = new Map([['rows', input]]);
  const settled = fillTables(fragment, inline);
  const columns = await bindAt(composer, node, settled, named);
  const { ctes, from } = extend(named, settled, tableName(key), node.id);
  const unmarked = run.apply(context(false, { ref: ref('rows'), columns: input.columns, hidden: [rowColumn] }));
  // Where a training row is given what the others teach, a model that answers it goes back to the rows before.
  const isTaught = fragment.render(plainly) !== run.apply(context(false, asRef('rows', input))).render(plainly);
  const step: ProvenanceStep = {
    key,
    sign: signOf([node.kind, node.params, node.spec?.computes, state]),
    ...(isTaught ? { taught: input } : {}),
    kind: node.kind,
    title: node.title,
    sql: unmarked.render((name) => (name === 'rows' ? rowsToken : tableToken(name.slice('table:'.length)))),
    ...(Object.keys(tables).length > 0 ? { tables } : {}),
    params: JSON.parse(JSON.stringify(node.params)),
    state,
    columns,
  };
  return {
    ...input,
    key,
    columns,
    ctes,
    from,
    nodes: [...input.nodes, node.id],
    provenance: { base: input.provenance.base, steps: [...input.provenance.steps, step] },
  };
}

const rowsAtMost = (value: TableValue | undefined): { rows?: number } =>
  value?.rows === undefined ? {} : { rows: value.rows };
const inputName = (port: string, index: number, count: number): string => (count > 1 ? `${port}${index + 1}` : port);
function nameInputs(inputs: ReadonlyMap<string, readonly TableValue[]>): Map<string, TableValue> {
  return new Map(
    [...inputs].flatMap(([port, values]) => values.map((v, i) => [inputName(port, i, values.length), v] as const)),
  );
}

export function sourceOf(instance: Instance, param: string): FoundSource {
  const found = instance.sources.find((s) => s.param === param);
  if (found === undefined)
    throw fail('file.not-chosen', {
      message: 'No file is chosen.',
      mend: 'Choose a file to read.',
      node: instance.node.id,
      param,
    });
  return found;
}

const withRole = (column: Column, role: Column['role']): Column => (role === undefined ? column : { ...column, role });

async function bindAt(
  composer: Composer,
  node: PlanNode,
  fragment: Sql,
  inputs: ReadonlyMap<string, TableValue>,
): Promise<Column[]> {
  try {
    return await composer.binder.columns(
      fragment,
      [...inputs].map(([name, v]) => ({ ref: name, columns: v.columns, hidden: v.hidden })),
    );
  } catch (thrown) {
    const typed = fragment.typed[0];
    throw thrown instanceof FlowyardError
      ? thrown.at({ node: node.id, ...(typed === undefined ? {} : { param: typed.param }) })
      : thrown;
  }
}

/** A choice of rows that is for training alone: other rows pass as they are. */
function trainingRowsOnly(fragment: Sql, first: TableValue, named: ReadonlyMap<string, TableValue>): Sql {
  const port = [...named.keys()][0] ?? 'rows';
  const train = `(SELECT * FROM ${first.from} WHERE ${partitionColumn} = 'train')`;
  const chosen = fragment.render((name) => (name === port ? train : (named.get(name)?.from ?? name)));
  return sql`SELECT * FROM (${raw(chosen)}) UNION ALL BY NAME SELECT * FROM ${raw(first.from)} WHERE ${raw(partitionColumn)} <> 'train'`;
}

/** The same SELECT as a model applies it: rows never seen carry an ordinal, and no partition. */
function unmarked(
  run: RelationalRun<never>,
  context: Parameters<RelationalRun<never>['sql']>[0],
  lookup: { table: string } | undefined,
): Sql {
  const kept = lookup?.table;
  const plain = (table: TableRef): TableRef => ({ ...table, hidden: [rowColumn] });
  return run.sql({
    ...context,
    inputs: Object.fromEntries(Object.entries(context.inputs).map(([port, t]) => [port, port === kept ? t : plain(t)])),
    many: Object.fromEntries(Object.entries(context.many).map(([port, list]) => [port, list.map(plain)])),
  });
}

/** The sentence that stands in the place of a prediction. */
export function sayLeftOut({ title, spec, params }: PlanNode): string {
  const rule = spec?.summary(params);
  return rule === undefined ? `Left out by "${title}".` : `Left out by "${title}": ${rule}.`;
}

function renderStep(fragment: Sql, port: string | undefined): string {
  return fragment.render((name) => (name === port ? rowsToken : tableToken(name)));
}

/** A many-to-one join keeps the rows of one side, which go on as they were; the other side may not come from a Split itself. */
export function lookupOf(
  node: PlanNode,
  inputs: ReadonlyMap<string, { hidden: readonly string[] }>,
): { rows: string; table: string } | undefined {
  const lookup = node.spec?.lookup?.(node.params);
  const table = lookup === undefined ? undefined : inputs.get(lookup.table);
  return table === undefined || isSplit(table) ? undefined : lookup;
}
const plainly = (name: string): string => name;
function missingInput(port: string): never {
  throw fail('wire.missing', { message: `The input "${port}" is not wired.`, mend: 'Wire it.', port });
}

/** A state's table inside a query: its file, or its rows as VALUES. */
export function valuesOf(table: StepTable): string {
  if (isKept(table)) return `(SELECT * FROM read_parquet(${literal(table.file)}))`;
  const names = table.columns.map((c) => id(c.name).render()).join(', ');
  const casts = table.columns
    .map((c) => `CAST(${id(c.name).render()} AS ${c.type}) AS ${id(c.name).render()}`)
    .join(', ');
  if (table.rows.length === 0)
    return `(SELECT ${table.columns.map((c) => `CAST(NULL AS ${c.type}) AS ${id(c.name).render()}`).join(', ')} WHERE false)`;
  if (table.rows.length > mostValues) return fromJson(table);
  return `(SELECT ${casts} FROM (VALUES ${table.rows.map((row) => `(${row.map((v) => literal(v)).join(', ')})`).join(', ')}) AS v(${names}))`;
}

/** DuckDB's parser makes a tree of VALUES, and takes a second for 10,000 rows; one text it passes over. */
const mostValues = 1000;

function fromJson({ columns, rows }: StateTable): string {
  const texts = rows.map((row) => row.map((value) => (value === null ? null : String(value))));
  const cells = columns.map((c, i) => `CAST(__cells[${i + 1}] AS ${c.type}) AS ${id(c.name).render()}`).join(', ');
  return `(SELECT ${cells} FROM (SELECT unnest(CAST(${literal(JSON.stringify(texts))}::JSON AS VARCHAR[][])) AS __cells))`;
}

function fillTables(fragment: Sql, tables: ReadonlyMap<string, string>): Sql {
  const parts = fragment.parts.map((part) => (typeof part === 'string' ? part : (tables.get(part.ref) ?? part)));
  return new Sql(parts, fragment.typed);
}
