/** One table that a window looks at: its first rows at once, its whole in a snapshot made behind, so that any page of millions is found by row number. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../shared/errors.ts';
import { encodePage, type PageColumn } from '../../shared/rpc/page.ts';
import { expression, id, literal, ref, sql } from '../../shared/sql.ts';
import { partitionColumn, type TableSchema } from '../../shared/wires.ts';
import { decide } from '../run/decide.ts';
import { NodeLog } from '../run/node-log.ts';
import { Recorder } from '../run/recorder.ts';
import { Results } from '../run/results.ts';
import { composeQuery, isSplit, type TableValue } from '../run/table-value.ts';
import type { PipelineInHand, Planned, Planner } from './planner.ts';
import type { TaskServices } from '../run/task-services.ts';

export interface Preview {
  id: string;
  planned: Planned;
  value: TableValue;
  schema: TableSchema;
  origin: 'live' | 'result';
  /** Rows of the whole table once they are known. */
  rows: () => number | null;
  page: (request: PageRequest) => Promise<{ page: Uint8Array<ArrayBuffer>; rows: number | null; ms: number }>;
  /** SELECT that the profile and charts read: the snapshot when it is there. */
  source: () => { text: (select: (from: string) => string) => string; whole: boolean };
  /** Resolves when the snapshot is there (or cannot be made). */
  ready: Promise<void>;
  close: () => Promise<void>;
}
export interface PageRequest {
  offset: number;
  limit: number;
  sort: { column: string; descending: boolean } | null;
  filter: string;
}

/** Deeper pages than this wait for the snapshot: an OFFSET in a CSV reads all before it. */
const liveRows = 2000;
/** A page crosses in at most this many bytes. */
const pageBytes = 1 << 20;

export async function openPreview(
  planner: Planner,
  pipeline: PipelineInHand,
  node: string,
  port: string,
  tasks: Omit<TaskServices, 'verifySources' | 'workspace' | 'threads'>,
  name: string,
): Promise<Preview> {
  const planned = await planner.plan(pipeline);
  const instance = planned.plan.main.get(node);
  if (instance === undefined) throw fail('preview.no-node', { message: `The pipeline has no node "${node}".` });
  const checked = await planner.check(pipeline, planned);
  const error =
    checked.problems.find((p) => p.severity === 'error' && p.node === node) ??
    (instance.key === null ? checked.problems.find((p) => p.severity === 'error') : undefined);
  if (error !== undefined) throw fail(error.code, error);
  const { store, loadRun, workspace, threads } = planner.house;
  refuseUnrun(planned, node, store);
  const log = new NodeLog(new Recorder('preview', () => undefined, Date.now), new Map(), () => '');
  const abort = new AbortController();
  const results = new Results({
    run: 'preview',
    plan: planned.plan,
    store,
    composer: planned.composer,
    connections: planned.connections,
    loadRun,
    log,
    signal: abort.signal,
    recompute: new Set(),
    task: { ...tasks, workspace, threads, verifySources: async () => undefined },
  });
  const value = await results.table(instance, port);
  const schema: TableSchema = {
    columns: [...(isSplit(value) ? [{ name: partitionColumn, type: 'VARCHAR' }] : []), ...value.columns],
    split: isSplit(value),
  };
  const stored = value.nodes.length === 0;
  const snapshot = join(await store.scratch('preview'), `${name}.parquet`);
  const visible = schema.columns.map((c) => id(c.name).render()).join(', ');
  let rows: number | null = null;
  let ready = false;
  /** Why there is no snapshot: told to whoever needs the whole table, since the first rows may be sound all the same. */
  let failure: Error | undefined;
  const made = planned.connections
    .use(
      value.mixes,
      async (db) => {
        const copied = await db.query(
          `COPY (${composeQuery(value, (from) => `SELECT ${visible} FROM ${from}`)}) TO ${literal(snapshot)} (FORMAT parquet, COMPRESSION snappy)`,
        );
        rows = Number(Object.values(copied[0] ?? {})[0] ?? 0);
        ready = true;
      },
      abort.signal,
    )
    .catch((thrown: unknown) => {
      failure = thrown instanceof Error ? thrown : new Error(String(thrown));
    });
  const fromSnapshot = (select: (from: string) => string): string =>
    `WITH snapshot AS (SELECT * FROM read_parquet(${literal(snapshot)}, file_row_number = true)) ${select('snapshot')}`;
  const live = (select: (from: string) => string): string => composeQuery(value, select);
  return {
    id: name,
    planned,
    value,
    schema,
    origin: stored ? 'result' : 'live',
    rows: () => rows,
    ready: made,
    source: () => (ready ? { text: fromSnapshot, whole: true } : { text: live, whole: false }),
    page: async (request) => {
      const started = performance.now();
      const plain = request.sort === null && request.filter.trim() === '';
      if (!ready && (!plain || request.offset + request.limit > liveRows)) {
        await made;
        if (failure !== undefined) throw failure;
      }
      const where = await filterOf(planned, request.filter, schema);
      const { text, counted } = pageQuery(request, where, ready, visible, fromSnapshot, live);
      const page = await planned.connections.use(false, async (db) => {
        const columns = await db.columns(text);
        const total = counted === undefined ? rows : Number(await db.scalar(counted));
        return { columns, total };
      });
      const encoded = fit(
        page.columns.map(({ column, values }) => ({
          ...column,
          ...schema.columns.find((c) => c.name === column.name),
          values,
        })),
        request.offset,
      );
      return { page: encoded, rows: page.total, ms: performance.now() - started };
    },
    close: async () => {
      abort.abort();
      await made;
      await rm(snapshot, { force: true });
    },
  };
}

/** A preview computes relational and fitted nodes by itself; what a task makes is seen after a run. */
function refuseUnrun(planned: Planned, node: string, store: Planner['house']['store']): void {
  const instance = planned.plan.main.get(node);
  if (instance === undefined) return;
  const tasks = [...decide([instance], store).compute].filter((i) => i.node.spec?.form === 'task');
  const [first] = tasks;
  if (first !== undefined)
    throw fail('preview.not-run', {
      message: `"${first.node.title}" has not run with these settings.`,
      mend: 'Run to here to see its rows.',
      node: first.node.id,
    });
}

async function filterOf(planned: Planned, filter: string, schema: TableSchema): Promise<string> {
  if (filter.trim() === '') return '';
  const fragment = expression(filter, 'filter');
  await planned.composer.judge.judge(fragment, []);
  await planned.composer.binder.columns(sql`SELECT 1 AS x FROM ${ref('rows')} WHERE ${fragment}`, [
    { ref: 'rows', columns: schema.columns, hidden: [] },
  ]);
  return ` WHERE ${fragment.render()}`;
}

function pageQuery(
  request: PageRequest,
  where: string,
  ready: boolean,
  visible: string,
  snapshot: (s: (from: string) => string) => string,
  live: (s: (from: string) => string) => string,
): { text: string; counted?: string } {
  const { offset, limit, sort } = request;
  const order =
    sort === null
      ? ready
        ? ' ORDER BY file_row_number'
        : ''
      : ` ORDER BY ${id(sort.column).render()} ${sort.descending ? 'DESC' : 'ASC'} NULLS LAST${ready ? ', file_row_number' : ''}`;
  if (ready && sort === null && where === '')
    return {
      text: snapshot(
        (from) =>
          `SELECT ${visible} FROM ${from} WHERE file_row_number >= ${offset} AND file_row_number < ${offset + limit}${order}`,
      ),
    };
  const from = ready ? snapshot : live;
  const text = from((f) => `SELECT ${visible} FROM ${f}${where}${order} LIMIT ${limit} OFFSET ${offset}`);
  return where === '' ? { text } : { text, counted: from((f) => `SELECT count(*) FROM ${f}${where}`) };
}

/** Fewer rows when cells are long: a page never holds up the pipe. */
function fit(columns: PageColumn[], offset: number): Uint8Array<ArrayBuffer> {
  let rows = columns[0]?.values.length ?? 0;
  for (;;) {
    const page = encodePage({ offset, rows, columns: columns.map((c) => ({ ...c, values: c.values.slice(0, rows) })) });
    if (page.length <= pageBytes || rows <= 1) return page;
    rows = Math.max(1, Math.floor((rows * pageBytes) / page.length) - 1);
  }
}
