/**
 * Snapshots of what readers read: the rows of a text file as Parquet, kept as the reader's own result. Its key holds the file's content, the reader's
 * parameters and what the kind computes, so runs and previews find it like any other result, and it is collected like one.
 */
import { join } from 'node:path';
import * as z from 'zod';
import type { AnyRun } from '../../../shared/capabilities.ts';
import { literal } from '../../../shared/sql.ts';
import { hashFile, stampOf } from '../../files/file-stamp.ts';
import { originOf } from '../../graph/graph.ts';
import type { Instance } from '../../graph/instance.ts';
import { openArtifacts } from '../../store/artifacts/artifacts.ts';
import type { ArtifactPort, ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import { Database } from '../../table/database.ts';
import { rowGroupSize } from '../../table/row-groups.ts';
import { keyOf, tablePort } from './instance-facts.ts';
import { composeQuery, type TableValue } from '../../recipe/compose/table-value.ts';

/** Smaller files are read again faster than a process starts. */
const fromBytes = 8 * 2 ** 20;
export const rowsFile = 'rows.parquet';

const snapshotRequest = z.object({
  key: z.string(),
  kind: z.string(),
  node: z.string(),
  port: z.string(),
  select: z.string(),
  columns: z.array(z.record(z.string(), z.json())),
  sources: z.array(z.object({ path: z.string(), stamp: z.string(), sha256: z.string() })),
});
export const snapshotsRequest = z.object({
  folder: z.string(),
  memoryBytes: z.number(),
  snapshots: z.array(snapshotRequest),
});
export type SnapshotRequest = z.output<typeof snapshotRequest>;
export type SnapshotsRequest = z.output<typeof snapshotsRequest>;

/** What a finished run read from large text files and could be read faster the next time. */
export async function wantedSnapshots(
  computed: Iterable<Instance>,
  store: ArtifactStore,
  loadRun: (kind: string) => Promise<AnyRun>,
  compose: (instance: Instance, port: string) => Promise<TableValue>,
): Promise<SnapshotRequest[]> {
  const wanted = new Map<string, SnapshotRequest>();
  for (const instance of computed) {
    const { node, sources, key } = instance;
    if (key === null || wanted.has(key) || !sources.some((s) => s.bytes >= fromBytes)) continue;
    const run = await loadRun(node.kind);
    if (run.form !== 'relational' || run.snapshot !== true || store.find(key) !== undefined) continue;
    const port = tablePort(instance);
    const value = await compose(instance, port);
    wanted.set(key, {
      key: keyOf(instance),
      kind: node.kind,
      node: originOf(node),
      port,
      select: composeQuery(value, (from) => `SELECT * FROM ${from}`),
      columns: JSON.parse(JSON.stringify(value.columns)),
      sources: sources.map(({ path, stamp, sha256 }) => ({ path, stamp, sha256 })),
    });
  }
  return [...wanted.values()];
}

/** The rows of a SELECT as one file of a result, and how its port is described. */
export async function writeRows(
  database: Pick<Database, 'query'>,
  select: string,
  folder: string,
  columns: readonly unknown[],
): Promise<ArtifactPort> {
  // Only our own database reads it: the second version's encodings take less room and less time, to write and to read.
  const copied = await database.query(
    `COPY (${select}) TO ${literal(join(folder, rowsFile))} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize(columns.length)})`,
  );
  return {
    wire: 'table',
    files: [rowsFile],
    rows: Number(Object.values(copied[0] ?? {})[0] ?? 0),
    columns: columns.length,
    facts: { columns: JSON.parse(JSON.stringify(columns)) },
  };
}

/** Makes snapshots one after the other. A file that is no longer what the run read gives none. */
export async function makeSnapshots({ folder, memoryBytes, snapshots }: SnapshotsRequest): Promise<void> {
  const store = await openArtifacts({ folder, removeLeftovers: false });
  const run = `snapshot-${process.pid}`;
  try {
    for (const snapshot of snapshots) await makeSnapshot(store, run, memoryBytes, snapshot);
  } finally {
    await store.endRun(run);
  }
}

async function makeSnapshot(
  store: ArtifactStore,
  run: string,
  memoryBytes: number,
  { key, kind, node, port, select, columns, sources }: SnapshotRequest,
): Promise<void> {
  if (store.find(key) !== undefined) return;
  const started = performance.now();
  await using database = await Database.open({
    threads: 2,
    memoryBytes,
    tempFolder: await store.scratch(run),
    allowed: [store.folder, ...sources.map((s) => s.path)],
  });
  const draft = await store.begin(key, run);
  try {
    const written = await writeRows(database, select, draft.folder, columns);
    // Parquet has no place for some types (HUGEINT, INTERVAL): then the file itself is read, always.
    const kept = await database.describe(`SELECT * FROM read_parquet(${literal(join(draft.folder, rowsFile))})`);
    if (kept.some((c, i) => c.type !== columns[i]?.['type'] || c.name !== columns[i]?.['name']))
      return await draft.discard();
    for (const source of sources)
      if ((await stampOf(source.path)) !== source.stamp && (await hashFile(source.path)) !== source.sha256)
        return await draft.discard();
    const ms = Math.round(performance.now() - started);
    await draft.commit({ kind, node, ports: { [port]: written }, ms, inputs: [] });
  } catch (thrown) {
    await draft.discard();
    throw thrown;
  }
}
