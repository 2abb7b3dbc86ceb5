/** Rows in parts: each part is written by a query of its own and kept under its own key; the whole is put together from what is there. */
import { join } from 'node:path';
import type { RelationalRun } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { ref } from '../../../shared/sql.ts';
import type { Instance } from '../../graph/instance.ts';
import type { Artifact } from '../../store/artifacts/artifact-store.ts';
import { relationalContext } from '../../recipe/compose/compose.ts';
import { tablePort } from './instance-facts.ts';
import type { RunResults } from './run-results.ts';
import { rowsFile, writeRows } from './snapshots.ts';
import { composeQuery, partsValue, type TableValue } from '../../recipe/compose/table-value.ts';

/** One part: a fused query over its files. */
export async function writePart(results: RunResults, part: Instance, run: RelationalRun<never>): Promise<Artifact> {
  const value = await results.composed(part, run);
  await refuseOtherColumns(results, part);
  return results.services.log.during(part, () =>
    results.write(part, async (folder) => {
      const select = composeQuery(value, (from) => `SELECT * FROM ${from}`);
      // The nodes of the chain are told of with the whole.
      const written = await results.executing({ ...value, nodes: [] }, (db) =>
        writeRows(db, select, folder, value.columns),
      );
      return { [tablePort(part)]: written };
    }),
  );
}

/** Those that are missing, one after the other: each has all threads and all memory. */
export async function makeParts(
  results: RunResults,
  whole: Instance,
  parts: readonly Instance[],
  nodes: readonly string[],
): Promise<Artifact[]> {
  const { log, signal } = results.services;
  const startedMs = performance.now();
  log.segmentStarted(nodes);
  const made: Artifact[] = [];
  for (const part of parts) {
    made.push(await results.artifact(part));
    log.watch(whole, signal).progress(made.length / (parts.length + 1), `${made.length} of ${parts.length} parts`);
  }
  log.segmentFinished(nodes, null, performance.now() - startedMs);
  return made;
}

/** The whole, stored: merged, or the rows of all parts in their order. */
export async function gatherParts(
  results: RunResults,
  instance: Instance,
  { parts, form }: NonNullable<Instance['parted']>,
  run: RelationalRun<never>,
): Promise<Artifact> {
  const value = await results.composed(instance, run);
  return results.services.log.writing(instance, async () => {
    const made = await makeParts(results, instance, parts, value.nodes);
    const source = await readParts(results, parts, made, run);
    const merge = form === 'merge' ? run.parted?.merge : undefined;
    const { context } = relationalContext(instance, await results.inputs(instance));
    const select = composeQuery(source, (from) =>
      merge === undefined
        ? `SELECT * FROM ${from}`
        : merge
            .whole(context, { ref: ref('parts'), columns: source.columns, hidden: source.hidden })
            .render(() => from),
    );
    return results.write(instance, async (folder) => {
      const written = await results.executing({ ...source, mixes: value.mixes }, (db) =>
        writeRows(db, select, folder, value.columns),
      );
      await refuseOtherTypes(results, instance, join(folder, rowsFile), value);
      return { [tablePort(instance)]: written };
    });
  });
}

async function readParts(
  results: RunResults,
  parts: readonly Instance[],
  made: readonly Artifact[],
  run: RelationalRun<never>,
): Promise<TableValue> {
  const [first] = parts;
  if (first === undefined) throw new Error('a whole without parts');
  const { key, columns, hidden, provenance } = await results.composed(first, run);
  return partsValue(
    made.map((part) => part.file(rowsFile)),
    { key, columns, hidden, provenance },
  );
}

/** Of several files DuckDB takes the columns of the first; a part whose first file has others would be another table. */
async function refuseOtherColumns(results: RunResults, part: Instance): Promise<void> {
  const seen = new Set<Instance>();
  const visit = async (instance: Instance): Promise<void> => {
    if (seen.has(instance)) return;
    seen.add(instance);
    const whole = results.services.plan.main.get(instance.node.id);
    const [source] = instance.sources;
    if (instance.coordinates['part'] !== undefined && source?.isTable === true && whole !== undefined) {
      const run = await results.services.loadRun(instance.node.kind);
      if (run.form !== 'relational') return;
      const [own, all] = [await results.composed(instance, run), await results.composed(whole, run)];
      const other = all.columns.find((c) => own.columns.find((o) => o.name === c.name)?.type !== c.type);
      if (other !== undefined)
        throw fail('files.other-columns', {
          message: `The file "${source.folder?.files[0]?.path ?? ''}" of "${instance.node.title}" has the column "${other.name}" ${sayType(own.columns.find((c) => c.name === other.name)?.type)}, the first file as ${other.type}.`,
          mend: 'Give all files the same columns and types, or read those that differ with a reader of their own.',
          node: instance.node.id,
          param: source.param,
          column: other.name,
        });
    }
    for (const input of [...instance.inputs.values()].flat()) await visit(input.instance);
  };
  await visit(part);
}
const sayType = (type: string | undefined): string => (type === undefined ? 'not at all' : `as ${type}`);

/** A merge gives the very columns of the one query, or nothing. */
async function refuseOtherTypes(
  results: RunResults,
  instance: Instance,
  path: string,
  value: TableValue,
): Promise<void> {
  const found = await results.services.connections.use(false, (db) =>
    db.describe(`SELECT * FROM read_parquet('${path.replaceAll("'", "''")}')`),
  );
  const other = value.columns.find((c, i) => found[i]?.name !== c.name || found[i].type !== c.type);
  if (other !== undefined)
    throw new Error(`the parts of "${instance.node.id}" give "${other.name}" another type than one query`);
}
