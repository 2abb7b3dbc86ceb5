/** The computing of a plan: what is checked and told before, each result that is wanted, what is told and kept after. */
import { append } from '../../shared/append.ts';
import { cancelled, toProblem, type Problem } from '../../shared/errors.ts';
import type { AtWork } from '../compute/at-work.ts';
import { originOf, withAncestors, type Graph } from '../graph/graph.ts';
import type { Instance } from '../graph/instance.ts';
import { explainChange, settingNames } from '../graph/keys.ts';
import { trialOf } from '../plan/axes/trial/axis.ts';
import { checkPlan } from '../plan/check.ts';
import { inspectSources, mergeInspected } from '../plan/inspect-sources.ts';
import type { Composer } from '../recipe/compose/compose.ts';
import { refuseElsewhere } from '../sources/listings.ts';
import { filesOf } from '../sources/sources.ts';
import { Binder } from '../sql/bind.ts';
import { SqlJudge } from '../sql/judge-sql.ts';
import { Connections } from '../table/connections.ts';
import type { DatabaseOptions } from '../table/database.ts';
import { decide, type Decision } from './decide.ts';
import { effectsHold } from './effects.ts';
import { NodeLog } from './node-log.ts';
import { targetsOf, type PlannedRun } from './plan-run.ts';
import { keepFindings, recallFindings } from './reader-findings.ts';
import { RecipeMemory } from './recipe-memory.ts';
import type { Recorder } from './recorder.ts';
import { Results } from './results/results.ts';
import { wantedSnapshots } from './results/snapshots.ts';
import type { RunEnvironment, RunRequest } from './run-request.ts';
import { sideBySide, trialsAtOnce } from './side-by-side.ts';
import type { Steering } from './steering.ts';
import { languagesFor } from './tasks/languages-for.ts';
import { announce, reportBlocked, reportParting, reportSkipped, reportStored, reportTaken } from './report-plan.ts';
import { verifyUnchanged } from './verify-sources.ts';

export interface Computing {
  request: RunRequest;
  environment: RunEnvironment;
  recorder: Recorder;
  signal: AbortSignal;
  steering: Steering;
  /** Trials that have ended, as they end. */
  ended: Set<string>;
}

/** What is known before anything is computed. */
interface Prepared {
  run: PlannedRun;
  wanted: readonly Instance[];
  decision: Decision;
  problems: readonly Problem[];
  memory: RecipeMemory;
  log: NodeLog;
  results: Results;
}

/** The first thing that failed; nothing: all is there. */
export async function computeRun(run: PlannedRun, computing: Computing): Promise<Problem | undefined> {
  const { request, environment } = computing;
  const scratch = await environment.store.scratch(request.run);
  await using connections = new Connections(databaseFor(run, computing, scratch), request.deterministic);
  await using languages = languagesFor(request, environment);
  await using binder = await connections.use(false, (db) => db.connect());
  const composer = { binder: new Binder(binder), judge: new SqlJudge(binder) };
  const prepared = await prepare(run, computing, connections, composer, languages.open);
  const blocked = await reportBefore(prepared, computing);
  const outcomes = await sideBySide(
    prepared.wanted.filter((target) => !blocked.has(target.node.id)),
    trialsAtOnce(run.graph.nodes.values(), request),
    (target) => prepared.results.artifact(target),
    (trial) => endTrial(trial, computing),
  );
  if (computing.signal.aborted) throw reportCancelled(prepared, computing);
  return reportAfter(prepared, computing, blocked, outcomes);
}

const databaseFor = (
  { plan }: PlannedRun,
  { request, environment }: Computing,
  tempFolder: string,
): DatabaseOptions => ({
  threads: request.threads,
  memoryBytes: request.memoryBytes,
  // A run reads a file once or twice.
  keepsFiles: false,
  tempFolder,
  ...(request.limits?.tempBytes === undefined ? {} : { tempBytes: request.limits.tempBytes }),
  allowed: [...new Set([environment.store.folder, ...filesOf(plan).map((s) => s.path)])],
});

async function prepare(
  run: PlannedRun,
  computing: Computing,
  connections: Connections,
  composer: Composer,
  languages: ReturnType<typeof languagesFor>['open'],
): Promise<Prepared> {
  const { request, environment, recorder, signal, steering } = computing;
  const { graph, plan } = run;
  const { store, loadRun } = environment;
  const wanted = targetsOf(graph, plan, request.to, request.parts);
  const made = new Set(request.made);
  const decision = decide(wanted, store, request.ignoreCache, made);
  const problems = await check(run, decision, computing, connections, composer);
  const memory = await RecipeMemory.open(store.folder, request.path, request.workspace);
  const log = new NodeLog(recorder, plan.main, (instance) => reasonFor(instance, memory, request));
  // A result whose effect is gone (the file that it wrote) is no result any more.
  // One that another run has made meanwhile is none of these.
  for (const { key } of decision.compute) {
    const found = key === null || request.ignoreCache ? undefined : store.find(key);
    if (found !== undefined && !effectsHold(found)) await store.remove(found.key);
  }
  const recompute = new Set<string>(
    request.ignoreCache ? [...decision.reached].flatMap(({ key }) => (key === null || made.has(key) ? [] : key)) : [],
  );
  const task = {
    ...environment.tasks,
    workspace: request.workspace,
    threads: request.threads,
    verifySources: verifyUnchanged,
    languages,
  };
  const services = { run: request.run, plan, store, composer, connections, loadRun, log, signal, steering };
  const results = new Results({ ...services, recompute, task });
  return { run, wanted, decision, problems, memory, log, results };
}

/** What is wrong with the plan, and what its readers find in their files. */
async function check(
  { graph, plan }: PlannedRun,
  { compute }: Decision,
  { environment, signal }: Computing,
  connections: Connections,
  composer: Composer,
): Promise<Problem[]> {
  const atWork = namedAtWork(graph, environment.atWork);
  const looks = [
    checkPlan(plan, composer, environment.loadRun, undefined, atWork),
    inspectSources(compute, connections, environment.loadRun, signal, atWork, true),
  ] as const;
  await Promise.allSettled(looks);
  const [checked, inspected] = await Promise.all(looks);
  const problems = mergeInspected(plan, checked.problems, inspected);
  append(problems, refuseElsewhere(compute));
  // Before anything is computed: who finds a result in the cache finds this too.
  await keepFindings(environment.store.folder, compute, inspected);
  return problems;
}

/** By the names of the file. */
const namedAtWork = ({ nodes }: Graph, atWork: AtWork | undefined): AtWork | undefined =>
  atWork === undefined
    ? undefined
    : (id, work) => {
        const node = nodes.get(id);
        return atWork(node === undefined ? id : originOf(node), work);
      };

const reasonFor = (instance: Instance, memory: RecipeMemory, { ignoreCache }: RunRequest): string =>
  ignoreCache
    ? 'the cache is ignored'
    : instance.recipe === null
      ? ''
      : explainChange(memory.get(instance), instance.recipe, {
          input: (port) => instance.inputs.get(port)?.[0]?.instance.node.title ?? port,
          ...settingNames(instance.node.spec?.params),
        });

/** Gives the nodes that are not computed, since a check stops them or what they need. */
async function reportBefore(
  { run: { graph, plan }, wanted, decision, problems, log }: Prepared,
  { environment, recorder }: Computing,
): Promise<Set<string>> {
  announce(recorder, decision, plan);
  reportParting(plan, decision, log);
  for (const p of problems)
    if (p.severity === 'warning' && p.node !== undefined)
      recorder.record({ type: 'node-warning', node: p.node, problem: p });
  const blocked = reportBlocked(problems, graph, wanted, log);
  reportStored(decision, plan, log, blocked);
  for (const reader of decision.reached)
    if (reader.sources.length > 0 && !decision.compute.has(reader) && !blocked.has(reader.node.id))
      for (const p of await recallFindings(environment.store.folder, reader, environment.now()))
        recorder.record({ type: 'node-warning', node: reader.node.id, problem: p });
  return blocked;
}

function endTrial(trial: string, { signal, ended, recorder }: Computing): void {
  // What it made before the run was cancelled is there, and is told.
  recorder.endTrial(trial);
  if (!signal.aborted) ended.add(trial);
}

function reportCancelled({ run, decision, log }: Prepared, { recorder }: Computing): Error {
  for (const { label } of run.trials) recorder.endTrial(label);
  const open = [...decision.compute].filter((i) => i.coordinates['fold'] === undefined && !log.finished.has(i.id));
  for (const node of new Set(open.map((i) => i.node.id))) recorder.record({ type: 'node-cancelled', node });
  return cancelled();
}

async function reportAfter(
  { run: { graph, plan, trials }, decision, memory, log, results }: Prepared,
  computing: Computing,
  blocked: ReadonlySet<string>,
  outcomes: readonly PromiseSettledResult<unknown>[],
): Promise<Problem | undefined> {
  const { environment, request } = computing;
  reportTaken(decision, plan, log, environment.store, blocked);
  reportSkipped(decision, log, graph);
  // Trials of which a check stopped all, or which a person asked nothing of.
  for (const { label } of trials) endTrial(label, computing);
  const unmade = (id: string): boolean => [...withAncestors(graph, [id])].some((a) => log.failed.has(a));
  await memory.save([...decision.reached].filter((i) => i.recipe !== null && !unmade(i.node.id)));
  const rejected = outcomes.find((o) => o.status === 'rejected');
  const problem =
    firstFailure(log.failed, graph, trials) ?? (rejected === undefined ? undefined : toProblem(rejected.reason));
  if (problem === undefined && environment.keepSnapshots !== undefined) {
    const { folder } = environment.store;
    const compose = results.composition.bind(results);
    const snapshots = await wantedSnapshots(decision.compute, environment.store, environment.loadRun, compose);
    if (snapshots.length > 0) environment.keepSnapshots({ folder, memoryBytes: request.memoryBytes / 2, snapshots });
  }
  return problem;
}

/** Of trials, the first in their order, whichever failed sooner. */
function firstFailure(failed: NodeLog['failed'], { nodes }: Graph, trials: PlannedRun['trials']): Problem | undefined {
  const trialAt = (id: string): number => {
    const node = nodes.get(id);
    const trial = node === undefined ? undefined : trialOf(node);
    return trials.findIndex(({ label }) => label === trial);
  };
  return [...failed].toSorted(([a], [b]) => trialAt(a) - trialAt(b))[0]?.[1];
}
