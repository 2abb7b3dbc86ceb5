/** A node whose rows pass a batch function, as steps of a recipe: its answers beside the rows, and a choice of rows by them. */
import { loadFunction } from '../../../methods/functions/load-function.ts';
import { asText, besideTexts, namesBeside, numberedNames } from '../../../methods/language/per-text.ts';
import type { MapRun } from '../../../shared/capabilities.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { rowColumn, type Column } from '../../../shared/wires.ts';
import type { MapStep } from '../../../shared/map-step.ts';
import type { PlanNode } from '../../graph/graph.ts';
import type { FoundSource } from '../../sources/found-source.ts';
import { madeToken, rowsToken, sayLeftOut } from './compose.ts';
import { isSplit, type StepFile, type TableValue, type Provenance, type ProvenanceStep } from './table-value.ts';
import { signOf } from './provenance.ts';

/** @param key of the table that it gives, with these columns */
export async function mapProvenance(
  { node, sources }: { node: PlanNode; sources: readonly FoundSource[] },
  run: MapRun<never>,
  input: TableValue,
  { key, columns }: { key: string; columns: readonly Column[] },
): Promise<Provenance> {
  const step = run.step(node.params as never, input.columns);
  const { column, settings, keeps, replaces = false } = step;
  const { version, columns: given } = await loadFunction(step.function);
  const types = given(settings).slice(0, step.names.length);
  const { names, value } = placed(step, columns.slice(input.columns.length));
  const files = filesOf(step, sources);
  const rows = raw(rowsToken);
  const beside = { own: input.columns, column, names, replaces, ...(value === undefined ? {} : { value }) };
  const plain = {
    kind: node.kind,
    title: node.title,
    params: JSON.parse(JSON.stringify(node.params)),
    columns,
  };
  const answers: ProvenanceStep = {
    ...plain,
    key: keeps === undefined ? key : `${key}.all`,
    sign: signOf([
      node.kind,
      step.function,
      version,
      settings,
      column,
      names,
      replaces,
      ...(files.length === 0 ? [] : [files.map(({ path, sha256 }) => [path, sha256])]),
    ]),
    sql: besideTexts({ ...beside, rows, made: raw(madeToken), marks: [rowColumn] }).render(),
    ...(replaces ? { replaces: column } : {}),
    made: {
      function: step.function,
      version,
      settings,
      of: sql`SELECT DISTINCT ${asText(column)} AS text FROM ${rows} WHERE ${id(column)} IS NOT NULL ORDER BY text`.render(),
      columns: [{ name: '__text', type: 'VARCHAR' }, ...types.map(({ type }, i) => ({ name: `__p${i}`, type }))],
      ...(files.length === 0 ? {} : { files }),
    },
  };
  if (keeps === undefined) return { ...input.provenance, steps: [...input.provenance.steps, answers] };
  const where = keeps(namesBeside(beside).map((name) => id(name)));
  const all = join([rowColumn, ...columns.map((c) => c.name)].map((name) => id(name)));
  // Before Split a choice is one of the data alone, as a filter's is.
  const forEveryone = isSplit(input);
  const choice: ProvenanceStep = {
    ...plain,
    key,
    sign: signOf([node.kind, 'keeps', where.render()]),
    sql: forEveryone ? sql`SELECT ${all} FROM ${rows} WHERE ${where}`.render() : null,
    ...(forEveryone ? { leavesOut: sayLeftOut(node), before: input } : {}),
  };
  return { ...input.provenance, steps: [...input.provenance.steps, answers, choice] };
}

/** How many numbers a list has is known from the rows that were made of it. */
function placed(
  { names, list }: MapStep,
  made: readonly Column[],
): { names: readonly string[]; value?: (place: number) => Sql } {
  switch (list) {
    case undefined:
      return { names };
    case 'columns':
      return { names: numberedNames(names[0] ?? '', made.length), value: numberOfList };
    case 'vector':
      return { names, value: () => sql`CAST(p.__p0 AS ${raw(made[0]?.type ?? 'FLOAT[]')})` };
  }
}
const numberOfList = (place: number): Sql => sql`p.__p0[${raw(String(place + 1))}]`;

function filesOf({ files }: MapStep, sources: readonly FoundSource[]): StepFile[] {
  const folder = sources.find((source) => source.param === files?.param)?.folder;
  if (files === undefined || folder === undefined) return [];
  return files
    .of({ ...folder, name: files.param, before: null })
    .map(({ path, place, sha256, bytes }) => ({ path, file: place, sha256, bytes }));
}
