/** A node whose rows pass a batch function, as steps of a recipe: its answers beside the rows, and a choice of rows by them. */
import { loadFunction } from '../../../methods/functions/load-function.ts';
import { asText, besideTexts, namesBeside } from '../../../methods/language/per-text.ts';
import type { MapRun } from '../../../shared/capabilities.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { rowColumn, type Column } from '../../../shared/wires.ts';
import type { PlanNode } from '../../graph/graph.ts';
import { madeToken, rowsToken, sayLeftOut } from './compose.ts';
import { isSplit, type TableValue, type Provenance, type ProvenanceStep } from './table-value.ts';
import { signOf } from './provenance.ts';

/** @param key of the table that it gives, with these columns */
export async function mapProvenance(
  node: PlanNode,
  run: MapRun<never>,
  input: TableValue,
  { key, columns }: { key: string; columns: readonly Column[] },
): Promise<Provenance> {
  const step = run.step(node.params as never, input.columns);
  const { column, settings, names, keeps, replaces = false } = step;
  const { version, columns: given } = await loadFunction(step.function);
  const types = given(settings).slice(0, names.length);
  const rows = raw(rowsToken);
  const beside = { own: input.columns, column, names, replaces };
  const plain = {
    kind: node.kind,
    title: node.title,
    params: JSON.parse(JSON.stringify(node.params)),
    columns,
  };
  const answers: ProvenanceStep = {
    ...plain,
    key: keeps === undefined ? key : `${key}.all`,
    sign: signOf([node.kind, step.function, version, settings, column, names, replaces]),
    sql: besideTexts({ ...beside, rows, made: raw(madeToken), marks: [rowColumn] }).render(),
    ...(replaces ? { replaces: column } : {}),
    made: {
      function: step.function,
      version,
      settings,
      of: sql`SELECT DISTINCT ${asText(column)} AS text FROM ${rows} WHERE ${id(column)} IS NOT NULL ORDER BY text`.render(),
      columns: [{ name: '__text', type: 'VARCHAR' }, ...types.map(({ type }, i) => ({ name: `__p${i}`, type }))],
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
