/** The rows that a task has written, as a table that others go on from. */
import { fail } from '../../shared/errors.ts';
import { own } from '../../shared/own.ts';
import { literal } from '../../shared/sql.ts';
import { hiddenColumns } from '../../shared/wires.ts';
import { withRoles } from '../plan/bind.ts';
import type { Instance } from '../plan/plan.ts';
import { keyOf } from './instance-facts.ts';
import type { Results } from './results.ts';
import { parquetValue, type TableValue } from './table-value.ts';

export async function taskRows(results: Results, instance: Instance, port: string): Promise<TableValue> {
  const artifact = await results.artifact(instance);
  const path = artifact.manifest.ports[port]?.files[0];
  if (path === undefined)
    throw fail('result.no-port', {
      message: `"${instance.node.title}" gave nothing on its output "${port}".`,
      node: instance.node.id,
    });
  const found = await results.services.connections.use(false, (db) =>
    db.describe(`SELECT * FROM read_parquet(${literal(artifact.file(path))})`),
  );
  // Two names alone: `__index_level_0__` is a column that pandas writes.
  const isHidden = (c: { name: string }): boolean => hiddenColumns.includes(c.name);
  const hidden = found.filter(isHidden).map((c) => c.name);
  // A file knows no roles: they come from the rows that the task was given, and from the kind.
  const roles = instance.node.spec?.roles?.(instance.node.params) ?? {};
  const columns = withRoles(
    found.filter((c) => !isHidden(c)),
    await inputTables(results, instance),
  ).map((c) => {
    const role = own(roles, c.name);
    return role === undefined ? c : { ...c, role };
  });
  const key = `${keyOf(instance)}.${port}`;
  return parquetValue(artifact.file(path), {
    key,
    columns,
    hidden,
    trail: { base: { key, columns }, steps: [] },
  });
}

async function inputTables(results: Results, instance: Instance): Promise<TableValue[]> {
  const { node, inputs } = instance.merges?.at(-1) ?? instance;
  const tables = [...inputs].filter(([port]) => node.spec?.inputs[port]?.wire === 'table');
  return Promise.all(tables.flatMap(([, wired]) => wired.map((input) => results.input(input))));
}
