/** The rows that a task has written, as a table that others go on from. */
import { fault } from '../../../shared/errors.ts';
import { own } from '../../../shared/own.ts';
import { literal } from '../../../shared/sql.ts';
import { hiddenColumns, type Column } from '../../../shared/wires.ts';
import { withRoles } from '../../sql/bind.ts';
import type { Instance, InstanceInput } from '../../graph/instance.ts';
import { keyOf } from '../results/instance-facts.ts';
import type { RunResults } from '../results/run-results.ts';
import {
  parquetValue,
  type TableValue,
  type Provenance,
  type ProvenanceBase,
} from '../../recipe/compose/table-value.ts';
import { mapProvenance } from '../../recipe/compose/compose-map.ts';
import { madeBase, readerSign } from '../../recipe/compose/provenance.ts';

export async function taskRows(results: RunResults, instance: Instance, port: string): Promise<TableValue> {
  const artifact = await results.artifact(instance);
  const path = artifact.manifest.ports[port]?.files[0];
  if (path === undefined)
    throw fault('result.no-port', {
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
  const run = await results.services.loadRun(instance.node.kind);
  const [input] = run.form === 'map' && instance.merges === undefined ? await inputTables(results, instance) : [];
  return parquetValue(artifact.file(path), {
    key,
    columns,
    hidden,
    provenance:
      run.form === 'map' && input !== undefined
        ? await mapProvenance(instance, run, input, { key, columns })
        : { base: await baseOf(results, instance, key, columns), steps: [] },
  });
}

/** What a task has written is what it is by its kind, its parameters and what it was given: rows that lack it cannot be brought through it one by one. */
async function baseOf(
  results: RunResults,
  instance: Instance,
  key: string,
  columns: readonly Column[],
): Promise<ProvenanceBase> {
  const { node, inputs, sources } = instance.merges?.at(-1) ?? instance;
  // The main table first, as the kind has it.
  const tables = Object.entries(node.spec?.inputs ?? {}).flatMap(
    ([port, { wire }]): [string, readonly InstanceInput[]][] => {
      const wired = inputs.get(port);
      return wire === 'table' && wired !== undefined ? [[port, wired]] : [];
    },
  );
  if (tables.length === 0 || node.spec?.reads === true) return { key, columns, sign: readerSign };
  const provenances = tables.map(async ([port, wired]): Promise<[string, Provenance[]]> => [
    port,
    (await Promise.all(wired.map((input) => results.input(input)))).map((value) => value.provenance),
  ]);
  const others = [...inputs]
    .filter(([port]) => node.spec?.inputs[port]?.wire !== 'table')
    .map(([port, wired]) => [port, wired.map((input) => input.instance.key)]);
  const how = [node.spec?.computes, node.params, sources.map((source) => source.sha256), others];
  const made = { kind: node.kind, title: node.title };
  return {
    ...madeBase({ key, columns }, made, new Map(await Promise.all(provenances)), how),
    ...(node.spec?.adds?.(node.params) === true ? { adds: true } : {}),
  };
}

async function inputTables(results: RunResults, instance: Instance): Promise<TableValue[]> {
  const { node, inputs } = instance.merges?.at(-1) ?? instance;
  const tables = [...inputs].filter(([port]) => node.spec?.inputs[port]?.wire === 'table');
  return Promise.all(tables.flatMap(([, wired]) => wired.map((input) => results.input(input))));
}
