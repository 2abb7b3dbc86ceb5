/** One table that a window looks at: its first rows at once, its whole in a file behind, so that any page of millions is found by row number. */
import { join } from 'node:path';
import { cancelled, fail, failWith } from '../../shared/errors.ts';
import { id } from '../../shared/sql.ts';
import { partitionColumn, type TableSchema } from '../../shared/wires.ts';
import { workUnreported } from '../compute/at-work.ts';
import { rowsOf } from '../graph/graph.ts';
import { inspectSources } from '../plan/inspect-sources.ts';
import type { Instance } from '../graph/instance.ts';
import { refuseElsewhere } from '../sources/listings.ts';
import { decide } from '../run/decide.ts';
import { NodeLog } from '../run/node-log.ts';
import { Recorder } from '../run/recorder.ts';
import { Results } from '../run/results/results.ts';
import { composeQuery, isSplit, type TableValue } from '../recipe/compose/table-value.ts';
import type { TaskServices } from '../run/tasks/task-services.ts';
import type { Database } from '../table/database.ts';
import { encodeWithin, filterClause, pageSelect, type PageRequest } from './page-query.ts';
import { instanceToShow, type PipelineInHand, type Planned, type Planner } from './planner.ts';
import { previewRun } from './scratch-store.ts';
import { openWholeTable } from './whole-table.ts';

export interface Preview {
  id: string;
  node: string;
  schema: TableSchema;
  origin: 'live' | 'result';
  fold?: { shown: number; of: number[] };
  /** Rows of the whole table once they are known. */
  rows: () => number | null;
  page: (
    request: PageRequest,
    signal: AbortSignal,
  ) => Promise<{ page: Uint8Array<ArrayBuffer>; rows: number | null; ms: number }>;
  /** What the profile and charts read: all rows when `whole`, else the chain up to here, computed anew for each query. */
  source: () => { text: (select: (from: string) => string) => string; whole: boolean };
  /** There is no cheap sample: the first row costs as much as all. */
  needsAll: boolean;
  /** The same as a table that a node can be given. */
  table: () => TableValue;
  /** Resolves when all rows can be read; fails with the reason why they cannot. */
  whole: (signal: AbortSignal) => Promise<void>;
  /** A query about the table, stopped by the signal, with failures told at their node. */
  read: <T>(work: (database: Database) => Promise<T>, signal: AbortSignal) => Promise<T>;
  close: () => Promise<void>;
}
export interface PreviewTarget {
  pipeline: PipelineInHand;
  node: string;
  port: string;
  fold?: number | undefined;
}

/** Deeper pages than this wait for the whole table: an OFFSET in a CSV reads all before it. */
const liveRows = 2000;

// Over 80 lines: one view of a table: its pages, sorts and counts share one query.
export async function openPreview(
  planner: Planner,
  { pipeline, node, port, fold }: PreviewTarget,
  tasks: Pick<TaskServices, 'startWorkers' | 'wasm'>,
  name: string,
  signal: AbortSignal,
): Promise<Preview> {
  const planned = await planner.plan(pipeline);
  const shown = instanceToShow(planned, node, fold);
  const { instance } = shown;
  await refuseWrong(planner, pipeline, planned, instance);
  const { store, loadRun, workspace, threads, atWork = workUnreported } = planner.environment;
  refuseUnrun(instance, planner);
  const abort = new AbortController();
  // Who asked is gone before there is a preview to close.
  const giveUp = (): void => abort.abort();
  signal.addEventListener('abort', giveUp, { once: true });
  const { connections } = planned;
  const results = new Results({
    run: previewRun(process.pid),
    plan: planned.plan,
    store: store.all,
    composer: planned.composer,
    connections,
    loadRun,
    log: new NodeLog(new Recorder('preview', () => undefined, Date.now), new Map(), () => ''),
    signal: abort.signal,
    recompute: new Set(),
    task: { ...tasks, workspace, threads, verifySources: async () => undefined },
  });
  const value = await results.table(instance, port);
  const schema: TableSchema = {
    columns: [...(isSplit(value) ? [{ name: partitionColumn, type: 'VARCHAR' }] : []), ...value.columns],
    split: isSplit(value),
  };
  // What mixes rows reads them all for its first row: the whole is made, and the first page is part of it.
  const needsAll = value.nodes.some((id) => {
    const fused = planned.graph.nodes.get(id);
    return fused !== undefined && rowsOf(fused) === 'mix';
  });
  const visible = schema.columns.map((c) => id(c.name).render()).join(', ');
  const path = join(store.folder, `${name}.parquet`);
  const verify = () => refuseChanged(decide([instance], store.all).compute, planned, planner, abort.signal);
  const whole = await openWholeTable({ value, visible, results, path, verify });
  signal.removeEventListener('abort', giveUp);
  if (signal.aborted) {
    await whole.remove();
    throw cancelled();
  }
  const release = planned.hold();
  const made = (stop: AbortSignal): Promise<void> => orAborted(() => atWork(node, whole.made), stop);
  const read: Preview['read'] = async (work, stop) => {
    try {
      return await (whole.isReady()
        ? connections.use(false, work, stop)
        : results.executing(value, (db) => stoppable(db, stop, () => work(db))));
    } catch (thrown) {
      // Put away meanwhile: its file is gone, or its query was stopped.
      abort.signal.throwIfAborted();
      throw thrown;
    }
  };
  const source: Preview['source'] = () =>
    whole.isReady()
      ? { text: whole.query, whole: true }
      : { text: (select) => composeQuery(value, select), whole: false };
  return {
    id: name,
    node,
    schema,
    origin: value.nodes.length === 0 && store.results.find(instance.key ?? '') !== undefined ? 'result' : 'live',
    ...(shown.fold === undefined ? {} : { fold: shown.fold }),
    rows: whole.rows,
    source,
    needsAll,
    table: () => (whole.isReady() ? whole.table() : value),
    whole: made,
    read,
    page: async (request, stop) => {
      const started = performance.now();
      const isFirst =
        request.sort === null && request.filter.trim() === '' && request.offset + request.limit <= liveRows;
      if (!isFirst || needsAll) await made(stop);
      const where = await filterClause(planned.composer, request.filter, schema);
      const { text, whole: numbered } = source();
      const found = await read(async (db) => {
        const columns = await db.columns(text((from) => pageSelect(from, request, { where, visible, numbered })));
        const rows =
          where === '' ? null : Number(await db.scalar(text((from) => `SELECT count(*) FROM ${from}${where}`)));
        return { columns, rows };
      }, stop);
      // Behind the first page, so that it does not wait for its own copy.
      void made(abort.signal).catch(() => undefined);
      const columns = found.columns.map(({ column, values }) => ({
        ...column,
        ...schema.columns.find((c) => c.name === column.name),
        values,
      }));
      return {
        page: encodeWithin(columns, request.offset),
        rows: where === '' ? whole.rows() : found.rows,
        ms: performance.now() - started,
      };
    },
    close: async () => {
      // Whoever still reads it hears why, and may open it again.
      abort.abort(previewClosed());
      await whole.remove();
      release();
    },
  };
}

/** What a check finds wrong with the node, or with anything that it needs, in the words of a run. */
async function refuseWrong(
  planner: Planner,
  pipeline: PipelineInHand,
  planned: Planned,
  instance: Instance,
): Promise<void> {
  const { problems } = await planner.check(pipeline, planned);
  const errors = problems.filter((p) => p.severity === 'error');
  const own = errors.find((p) => p.node === instance.node.id);
  const needed = withInputs(instance);
  const error =
    own ??
    errors.find((p) => p.node !== undefined && needed.has(p.node)) ??
    (instance.key === null ? errors[0] : undefined);
  if (error !== undefined) throw failWith(error);
}

function withInputs(instance: Instance): Set<string> {
  const seen = new Set<Instance>();
  const visit = (one: Instance): void => {
    if (seen.has(one)) return;
    seen.add(one);
    for (const input of [...one.inputs.values()].flat()) visit(input.instance);
  };
  visit(instance);
  return new Set([...seen].map((one) => one.node.id));
}

/** As a run does before it reads a file: what comes after the rows that types are found from may fit them only changed. */
async function refuseChanged(
  compute: Iterable<Instance>,
  { connections }: Planned,
  { environment: { loadRun, atWork } }: Planner,
  signal: AbortSignal,
): Promise<void> {
  const found = await inspectSources(compute, connections, loadRun, signal, atWork, true);
  // What was stopped has found nothing.
  signal.throwIfAborted();
  const error = found.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw failWith(error);
}

/** A preview computes relational and fitted nodes by itself; what a task makes is seen after a run. */
function refuseUnrun(instance: Instance, { environment }: Planner): void {
  const { compute } = decide([instance], environment.store.all);
  const [elsewhere] = refuseElsewhere(compute);
  if (elsewhere !== undefined) throw failWith(elsewhere);
  const first = [...compute].find(({ node: { spec } }) => spec?.form === 'task' || spec?.form === 'map');
  if (first !== undefined)
    throw fail('preview.not-run', {
      message: `"${first.node.title}" has not run with these settings.`,
      mend: 'Run to here to see its rows.',
      node: first.node.id,
    });
}

async function stoppable<T>(database: Database, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const stop = (): void => database.interrupt();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work();
  } catch (thrown) {
    // What was stopped did not fail: nobody looks for a culprit.
    signal.throwIfAborted();
    throw thrown;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The work goes on for others; who gave up no longer waits for it. What nobody waits for does not begin: its failure would end the process. */
function orAborted(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelled());
    signal.addEventListener('abort', stop, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
/** A preview that is gone, or was put away to make room: who shows it opens it again. */
export const previewClosed = () =>
  fail('preview.closed', { message: 'This preview is no longer open.', mend: 'Open it again.' });
