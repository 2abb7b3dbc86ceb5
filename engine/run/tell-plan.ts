/** What a run tells before and beside its work: the plan, what a check stops, what the store has, what was skipped. */
import type { Problem } from '../../shared/errors.ts';
import { withAncestors, type Graph } from '../plan/graph.ts';
import type { Instance, Plan } from '../plan/plan.ts';
import { sayParting } from '../plan/say-parting.ts';
import type { Decision } from './decide.ts';
import { endedByHand, isWholeNode, outputFacts } from './instance-facts.ts';
import type { NodeLog } from './node-log.ts';
import type { Recorder } from './recorder.ts';
import type { WarningMemory } from './warning-memory.ts';

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
export function tellBlocked(
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
    if (own !== undefined && (upstream === undefined || own.code === 'graph.cycle')) log.tellFailure(own);
    if (own !== undefined || upstream !== undefined) blocked.add(id);
  }
  return blocked;
}

/** How many parts a node is computed in, and why another one is not: before anything runs. */
export function tellParting({ graph, parting }: Plan, { compute }: Decision, log: NodeLog): void {
  const computed = new Set([...compute].flatMap((i) => (i.part === undefined ? i.node.id : [])));
  for (const { node, text } of sayParting(graph, parting))
    if (computed.has(node)) log.recorder.record({ type: 'node-log', node, level: 'info', text });
}

export function tellStored(decision: Decision, log: NodeLog, blocked: ReadonlySet<string>): void {
  const told = new Set<string>();
  const inCompute = new Set([...decision.compute].map((i) => i.node.id));
  for (const instance of decision.reached) {
    if (decision.compute.has(instance) || blocked.has(instance.node.id)) continue;
    const artifact = instance.part === undefined ? decision.stored.get(instance) : undefined;
    if (instance.fold !== undefined || told.has(instance.node.id)) continue;
    if (instance.part !== undefined && inCompute.has(instance.node.id)) continue;
    told.add(instance.node.id);
    const reason =
      artifact === undefined
        ? 'what follows it is in the cache'
        : endedByHand(artifact)
          ? 'same settings, same data; it was ended early by hand'
          : 'same settings, same data';
    log.recorder.record({
      type: 'node-cached',
      node: instance.node.id,
      reason,
      outputs: artifact === undefined ? [] : outputFacts(artifact),
      ...(artifact === undefined ? {} : { saved_ms: artifact.manifest.ms }),
    });
  }
}

/** Of nodes whose results are there: what they warned of when they were computed. */
export function tellWarningsAgain(
  { reached, compute }: Decision,
  memory: WarningMemory,
  recorder: Recorder,
  blocked: ReadonlySet<string>,
): void {
  for (const instance of reached) {
    const { id } = instance.node;
    if (!isWholeNode(instance) || compute.has(instance) || blocked.has(id)) continue;
    for (const problem of memory.recall(instance))
      recorder.record({ type: 'node-warning', node: id, problem: { ...problem, node: id } });
  }
}

export function tellSkipped(decision: Decision, log: NodeLog, graph: Graph): void {
  if (log.failed.size === 0) return;
  const told = new Set<string>();
  for (const instance of decision.reached) {
    const { id } = instance.node;
    if (told.has(id) || log.finished.has(instance.id) || log.failed.has(id)) continue;
    const culprit = [...withAncestors(graph, [id])].find((a) => log.failed.has(a));
    if (culprit === undefined) continue;
    told.add(id);
    log.recorder.record({
      type: 'node-skipped',
      node: id,
      reason: `"${graph.nodes.get(culprit)?.title ?? culprit}" failed`,
    });
  }
}
