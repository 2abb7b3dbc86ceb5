/** What a run tells before and beside its work: the plan, what a check stops, what the store has, what was skipped. */
import type { Problem } from '../../shared/errors.ts';
import { withAncestors, type Graph } from '../graph/graph.ts';
import type { Plan } from '../plan/plan.ts';
import type { Instance } from '../graph/instance.ts';
import { sayParting } from '../plan/say-parting.ts';
import type { Decision } from './decide.ts';
import { endedByHand, isWholeNode } from './results/instance-facts.ts';
import type { NodeLog } from './node-log.ts';
import type { Recorder } from './recorder.ts';
import { trialOf } from '../plan/axes/trial/axis.ts';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';

export function announce(recorder: Recorder, decision: Decision, plan: Plan): void {
  const ids = (instances: Iterable<Instance>): string[] => [...new Set([...instances].map((i) => i.node.id))].sort();
  const compute = ids(decision.compute);
  const reached = ids(decision.reached);
  recorder.record({
    type: 'run-planned',
    compute,
    cached: reached.filter((id) => !compute.includes(id)),
    skipped: plan.graph.order.filter((id) => !reached.includes(id)),
  });
}

/** Nodes that a check stops, and what depends on them: told before anything runs; the other branches run. */
export function reportBlocked(
  problems: readonly Problem[],
  graph: Graph,
  wanted: readonly Instance[],
  log: NodeLog,
): Set<string> {
  const needed = withAncestors(
    graph,
    wanted.map((w) => w.node.id),
  );
  const errors = new Map<string, Problem>();
  for (const p of problems)
    if (p.severity === 'error' && p.node !== undefined && needed.has(p.node) && !errors.has(p.node))
      errors.set(p.node, p);
  const blocked = new Set<string>();
  for (const id of graph.order) {
    if (!needed.has(id)) continue;
    const own = errors.get(id);
    const upstream = [...withAncestors(graph, [id])].find((a) => a !== id && (errors.has(a) || blocked.has(a)));
    // What stands behind a failure is skipped: its own may only follow from that. On a circle each stands behind the other.
    if (own !== undefined && (upstream === undefined || own.code === 'graph.cycle')) log.reportFailure(own);
    if (own !== undefined || upstream !== undefined) blocked.add(id);
  }
  return blocked;
}

/** How many parts a node is computed in, and why another one is not: before anything runs. */
export function reportParting({ graph, parting }: Plan, { compute }: Decision, log: NodeLog): void {
  const computed = new Set([...compute].flatMap((i) => (i.coordinates['part'] === undefined ? i.node.id : [])));
  for (const { node, text } of sayParting(graph, parting))
    if (computed.has(node)) log.recorder.record({ type: 'node-log', node, level: 'info', text });
}

/** Of folds, the one that stands for the node. */
const standsForNode = (plan: Plan, instance: Instance): boolean =>
  isWholeNode(instance) || plan.main.get(instance.node.id) === instance;
const behindStored = 'what follows it is in the cache';

export function reportStored(decision: Decision, plan: Plan, log: NodeLog, blocked: ReadonlySet<string>): void {
  const reported = new Set<string>();
  const inCompute = new Set([...decision.compute].map((i) => i.node.id));
  for (const instance of decision.reached) {
    const { id } = instance.node;
    if (decision.compute.has(instance) || blocked.has(id) || reported.has(id)) continue;
    if (instance.coordinates['part'] !== undefined ? inCompute.has(id) : !standsForNode(plan, instance)) continue;
    reported.add(id);
    if (instance.coordinates['part'] !== undefined) {
      log.recorder.record({ type: 'node-cached', node: id, reason: behindStored, outputs: [] });
      continue;
    }
    const artifact = decision.stored.get(instance);
    const early = artifact !== undefined && endedByHand(artifact) ? '; it was ended early by hand' : '';
    log.taken(instance, artifact, artifact === undefined ? behindStored : `same settings, same data${early}`);
  }
}

/** Something failed that may be why it was never asked: in its own trial, or for all trials. */
function isBehindFailure({ graph }: Plan, { node }: Instance, { failed }: NodeLog): boolean {
  const trial = trialOf(node);
  return [...failed.keys()].some((id) => {
    const other = graph.nodes.get(id);
    const of = other === undefined ? undefined : trialOf(other);
    return trial === undefined || of === undefined || of === trial;
  });
}

/** Nodes that were to be computed, and were not: another run was first, or an equal node of this one. */
export function reportTaken(
  { compute, reached }: Decision,
  plan: Plan,
  log: NodeLog,
  store: Pick<ArtifactStore, 'find'>,
  blocked: ReadonlySet<string>,
): void {
  const done = new Map<string, Instance>();
  const failed = new Map<string, Problem>();
  for (const instance of reached) {
    const problem = log.failed.get(instance.node.id);
    if (instance.key === null) continue;
    if (log.finished.has(instance.id)) done.set(instance.key, instance);
    else if (problem !== undefined) failed.set(instance.key, problem);
  }
  for (const instance of compute) {
    const { key, node } = instance;
    if (key === null || !standsForNode(plan, instance) || blocked.has(node.id)) continue;
    if (log.finished.has(instance.id) || log.failed.has(node.id)) continue;
    const [twin, problem] = [done.get(key), failed.get(key)];
    if (problem !== undefined) log.reportFailure({ ...problem, node: node.id });
    else if (twin !== undefined) log.taken(instance, store.find(key), `the same as "${twin.node.title}"`);
    // Behind a failure some nodes were never asked.
    else if (!isBehindFailure(plan, instance, log)) log.taken(instance, store.find(key), behindStored);
  }
}

export function reportSkipped(decision: Decision, log: NodeLog, graph: Graph): void {
  if (log.failed.size === 0) return;
  const reported = new Set<string>();
  for (const instance of decision.reached) {
    const { id } = instance.node;
    if (reported.has(id) || log.finished.has(instance.id) || log.failed.has(id)) continue;
    const culprit = [...withAncestors(graph, [id])].find((a) => log.failed.has(a));
    if (culprit === undefined) continue;
    reported.add(id);
    log.recorder.record({
      type: 'node-skipped',
      node: id,
      reason: `"${graph.nodes.get(culprit)?.title ?? culprit}" failed`,
    });
  }
}
