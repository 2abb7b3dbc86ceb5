/** One run of a pipeline, from the file to `run-finished`. The same code in a runner process, in a test and on a cluster. */
import { basename, dirname, join, resolve } from 'node:path';
import { append } from '../../shared/append.ts';

import { cancelled, fail, type Problem, toProblem } from '../../shared/errors.ts';

import { resolveParameters } from '../../shared/pipeline/parameters.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';

import { Binder } from '../sql/bind.ts';
import { checkPlan } from '../plan/check.ts';
import { buildGraph, withAncestors, withDescendants, type Graph } from '../graph/graph.ts';
import { SqlJudge } from '../sql/judge-sql.ts';
import { explainChange, settingNames } from '../graph/keys.ts';
import type { PartsWish } from '../plan/axes/axis.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import type { Instance } from '../graph/instance.ts';
import { listingsFolder, refuseElsewhere } from '../sources/listings.ts';
import { inspectSources, mergeInspected } from '../plan/inspect-sources.ts';
import { hashFile, stampOf } from '../files/file-stamp.ts';
import { FileHashes, filesOf, queriedFiles, type SourceRoots } from '../sources/sources.ts';

import type { DatabaseOptions } from '../table/database.ts';
import { Connections } from '../table/connections.ts';
import { decide } from './decide.ts';
import { effectsHold } from './effects.ts';
import { languagesFor } from './tasks/languages-for.ts';
import { isAbort, NodeLog } from './node-log.ts';
import { Recorder, type Metrics } from './recorder.ts';
import { keepFindings, recallFindings } from './reader-findings.ts';
import { RecipeMemory } from './recipe-memory.ts';
import { Results } from './results/results.ts';
import { wantedSnapshots } from './results/snapshots.ts';
import { Steering } from './steering.ts';
import { applySweep, type Trial } from './sweep.ts';
import { makeRedact } from '../secrets/redact.ts';
import { announce, reportBlocked, reportParting, reportSkipped, reportStored, reportTaken } from './report-plan.ts';
import type { RunRequest, RunEnvironment } from './run-request.ts';

export type RunStatus = 'done' | 'failed' | 'cancelled';

export async function executeRun(
  request: RunRequest,
  environment: RunEnvironment,
  write: (event: RunEvent) => void,
  signal: AbortSignal,
  steering = new Steering(),
): Promise<RunStatus> {
  const started = performance.now();
  const redact = makeRedact(Object.values(request.secrets ?? {}));
  const recorder = new Recorder(request.run, write, environment.now, redact);
  const finish = (
    status: RunStatus,
    metrics: Metrics,
    more: { problem?: Problem; trials?: { variant: Trial['variant']; metrics: Metrics }[] } = {},
  ): RunStatus => {
    recorder.beginTrial(undefined);
    recorder.record({ type: 'run-finished', status, metrics, ms: Math.round(performance.now() - started), ...more });
    return status;
  };
  recorder.record({
    type: 'run-started',
    pipeline: request.file.title || request.path,
    parameters: JSON.parse(JSON.stringify(request.parameters)),
    nodes: Object.keys(request.file.nodes).sort(),
  });
  const trials: { variant: Trial['variant']; metrics: Metrics }[] = [];
  const metrics: Metrics = {};
  let problem: Problem | undefined;
  try {
    const values = resolveParameters(request.file, request.parameters);
    const { trials: only } = request;
    const wanted = applySweep(request.file, request.sweep).filter((_, i) => only === undefined || only.includes(i));
    for (const trial of wanted) {
      recorder.beginTrial(request.sweep.length > 0 ? trial.variant : undefined);
      const outcome = await executeTrial(
        { ...request, file: trial.file },
        environment,
        values,
        recorder,
        signal,
        steering,
      );
      problem ??= outcome.problem;
      for (const [node, found] of Object.entries(outcome.metrics))
        metrics[trial.suffix === '' ? node : `${node}[${trial.suffix}]`] = found;
      if (request.sweep.length > 0) trials.push({ variant: trial.variant, metrics: outcome.metrics });
    }
  } catch (thrown) {
    if (isAbort(thrown) || signal.aborted) return finish('cancelled', metrics);
    return finish('failed', metrics, { problem: toProblem(thrown) });
  } finally {
    await environment.store.endRun(request.run);
  }
  const more = trials.length > 0 ? { trials } : {};
  return problem === undefined ? finish('done', metrics, more) : finish('failed', metrics, { problem, ...more });
}

// Over 80 lines: one trial: its steps follow each other on the same plan.
async function executeTrial(
  request: RunRequest,
  environment: RunEnvironment,
  values: Record<string, unknown>,
  recorder: Recorder,
  signal: AbortSignal,
  steering: Steering,
): Promise<{ metrics: Metrics; problem?: Problem }> {
  const hashes = new FileHashes(environment.store.folder);
  const graph = buildGraph(request.file, environment.specs, values);
  const plan = await makePlan(graph, {
    loadRun: environment.loadRun,
    hashes,
    roots: rootsOf(request, environment),
    parts: partsOf(request),
  });
  await hashes.save();
  signal.throwIfAborted();
  const scratch = await environment.store.scratch(request.run);
  const options: DatabaseOptions = {
    threads: request.threads,
    memoryBytes: request.memoryBytes,
    // A run reads a file once or twice.
    keepsFiles: false,
    tempFolder: scratch,
    ...(request.limits?.tempBytes === undefined ? {} : { tempBytes: request.limits.tempBytes }),
    allowed: [...new Set([environment.store.folder, ...filesOf(plan).map((s) => s.path)])],
  };
  await using connections = new Connections(options, request.deterministic);
  await using languages = languagesFor(request, environment);
  const binderDatabase = await connections.use(false, (db) => db.connect());
  try {
    const composer = { binder: new Binder(binderDatabase), judge: new SqlJudge(binderDatabase) };
    const wanted = targetsOf(graph, plan, request.to, request.parts);
    const made = new Set(request.made);
    const decision = decide(wanted, environment.store, request.ignoreCache, made);
    const looks = [
      checkPlan(plan, composer, environment.loadRun, undefined, environment.atWork),
      inspectSources(decision.compute, connections, environment.loadRun, signal, environment.atWork, true),
    ] as const;
    await Promise.allSettled(looks);
    const [checked, inspected] = await Promise.all(looks);
    checked.problems = mergeInspected(plan, checked.problems, inspected);
    append(checked.problems, refuseElsewhere(decision.compute));
    // Before anything is computed: who finds a result in the cache finds this too.
    await keepFindings(environment.store.folder, decision.compute, inspected);
    const memory = await RecipeMemory.open(environment.store.folder, request.path, request.workspace);
    const reason = (instance: Instance): string =>
      request.ignoreCache
        ? 'the cache is ignored'
        : instance.recipe === null
          ? ''
          : explainChange(memory.get(instance.id), instance.recipe, {
              input: (port) => titleOfInput(instance, port),
              ...settingNames(instance.node.spec?.params),
            });
    const log = new NodeLog(recorder, plan.main, reason);
    // A result whose effect is gone (the file that it wrote) is no result any more.
    // One that another run has made meanwhile is none of these.
    for (const { key } of decision.compute) {
      const found = key === null || request.ignoreCache ? undefined : environment.store.find(key);
      if (found !== undefined && !effectsHold(found)) await environment.store.remove(found.key);
    }
    const recompute = new Set<string>(
      request.ignoreCache ? [...decision.reached].flatMap(({ key }) => (key === null || made.has(key) ? [] : key)) : [],
    );
    const results = new Results({
      run: request.run,
      plan,
      store: environment.store,
      composer,
      connections,
      loadRun: environment.loadRun,
      log,
      signal,
      steering,
      recompute,
      task: {
        ...environment.tasks,
        workspace: request.workspace,
        threads: request.threads,
        verifySources: verifyUnchanged,
        languages: languages.open,
      },
    });
    announce(recorder, decision, plan);
    reportParting(plan, decision, log);
    for (const p of checked.problems)
      if (p.severity === 'warning' && p.node !== undefined)
        recorder.record({ type: 'node-warning', node: p.node, problem: p });
    const blocked = reportBlocked(checked.problems, graph, wanted, log);
    reportStored(decision, plan, log, blocked);
    for (const reader of decision.reached)
      if (reader.sources.length > 0 && !decision.compute.has(reader) && !blocked.has(reader.node.id))
        for (const p of await recallFindings(environment.store.folder, reader, environment.now()))
          recorder.record({ type: 'node-warning', node: reader.node.id, problem: p });
    const outcomes = await Promise.allSettled(
      wanted.filter((t) => !blocked.has(t.node.id)).map((t) => results.artifact(t)),
    );
    if (signal.aborted) {
      const open = [...decision.compute].filter((i) => i.coordinates['fold'] === undefined && !log.finished.has(i.id));
      for (const node of new Set(open.map((i) => i.node.id))) recorder.record({ type: 'node-cancelled', node });
      throw cancelled();
    }
    reportTaken(decision, plan, log, environment.store, blocked);
    reportSkipped(decision, log, graph);
    const unmade = (id: string): boolean => [...withAncestors(graph, [id])].some((a) => log.failed.has(a));
    await memory.save([...decision.reached].filter((i) => i.recipe !== null && !unmade(i.node.id)));
    const rejected = outcomes.find((o) => o.status === 'rejected');
    const problem = [...log.failed.values()][0] ?? (rejected === undefined ? undefined : toProblem(rejected.reason));
    if (problem === undefined && environment.keepSnapshots !== undefined) {
      const { folder } = environment.store;
      const compose = results.composition.bind(results);
      const snapshots = await wantedSnapshots(decision.compute, environment.store, environment.loadRun, compose);
      if (snapshots.length > 0) environment.keepSnapshots({ folder, memoryBytes: request.memoryBytes / 2, snapshots });
    }
    const { metrics } = recorder;
    return problem === undefined ? { metrics } : { metrics, problem };
  } finally {
    await binderDatabase[Symbol.asyncDispose]();
  }
}

export const partsOf = ({ partitions, memoryBytes, to }: RunRequest): PartsWish => ({
  wanted: partitions,
  memoryBytes,
  to,
});

export function rootsOf(request: RunRequest, environment: Pick<RunEnvironment, 'resources' | 'store'>): SourceRoots {
  return {
    workspace: resolve(request.workspace),
    pipelineFolder: dirname(resolve(request.path)),
    resources: join(environment.resources, 'data'),
    granted: new Set(request.granted.map((g) => resolve(g))),
    listings: join(environment.store.folder, listingsFolder),
    ...(request.staged === undefined
      ? {}
      : { staged: new Map(request.staged.map(({ name, ...copy }) => [name, copy] as const)) }),
  };
}

/** The nodes that nothing follows, or the one that was asked for. Disabled nodes and what depends on them are left out. */
export function targetsOf(graph: Graph, plan: Plan, to: string | null, parts?: readonly string[]): Instance[] {
  // A node's name stands for all that is computed of it: its folds too.
  if (parts !== undefined)
    return plan.order.filter(
      (i) =>
        i.merges === undefined &&
        (parts.includes(i.id) || (i.coordinates['part'] === undefined && parts.includes(i.node.id))),
    );
  if (to !== null && !graph.nodes.has(to))
    throw fail('run.no-node', {
      message: `The pipeline has no node "${to}".`,
      mend: `It has ${[...graph.nodes.keys()].join(', ')}.`,
    });
  const off = withDescendants(
    graph,
    [...graph.nodes.values()].filter((n) => n.disabled).map((n) => n.id),
  );
  const usable = (id: string): boolean => !off.has(id);
  // Wires in a circle have no end: each of its nodes is asked for, so that it is told.
  const circles = new Set(graph.cyclic);
  const isEnd = (id: string): boolean =>
    circles.has(id) || !(graph.consumers.get(id) ?? []).some((c) => usable(c.node));
  const ids = to !== null ? [to] : graph.order.filter((id) => usable(id) && isEnd(id));
  return ids.flatMap((id) => plan.main.get(id) ?? []);
}

const titleOfInput = (instance: Instance, port: string): string =>
  instance.inputs.get(port)?.[0]?.instance.node.title ?? port;

/** Compared when the read ends: a file that changed meanwhile gives `source.changed`, and nothing is stored. */
async function verifyUnchanged(instance: Instance): Promise<void> {
  const seen = new Set<Instance>();
  const visit = async (i: Instance): Promise<void> => {
    if (seen.has(i)) return;
    seen.add(i);
    for (const source of i.sources)
      for (const file of queriedFiles(source))
        if ((await stampOf(file.path)) !== file.stamp && (await hashFile(file.path)) !== file.sha256)
          throw fail('source.changed', {
            message: `"${basename(file.path)}"${i.node.title === basename(file.path) ? '' : `, the file of "${i.node.title}",`} changed while it was read.`,
            mend: 'Run again when nobody writes to it.',
            node: i.node.id,
            param: source.param,
          });
    // What the parts read was looked at when each was written.
    if (i.parted !== undefined) return;
    for (const input of [...i.inputs.values()].flat()) await visit(input.instance);
  };
  await visit(instance);
}
