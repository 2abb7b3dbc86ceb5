/** From what a run is asked for to its plan: one for all trials of a sweep. */
import { dirname, join, resolve } from 'node:path';
import { fail } from '../../shared/errors.ts';
import { resolveParameters } from '../../shared/pipeline/parameters.ts';
import { GraphMemory, originOf, withDescendants, type Graph } from '../graph/graph.ts';
import type { Instance } from '../graph/instance.ts';
import { multiplyNodes } from '../plan/axes/axes.ts';
import type { PartsWish } from '../plan/axes/axis.ts';
import { listTrials, type Trial } from '../plan/axes/trial/trials.ts';
import { makePlan, type Plan } from '../plan/plan.ts';
import { listingsFolder } from '../sources/listings.ts';
import { FileHashes, type SourceRoots } from '../sources/sources.ts';
import type { RunEnvironment, RunRequest } from './run-request.ts';

export interface PlannedRun {
  graph: Graph;
  plan: Plan;
  /** Of a sweep, those that were asked for; else none. */
  trials: readonly Trial[];
}

export async function planRun(request: RunRequest, environment: RunEnvironment): Promise<PlannedRun> {
  const values = resolveParameters(request.file, request.parameters);
  const { file, sweep, trials: only } = request;
  const trials =
    sweep.length === 0 ? [] : listTrials(file, sweep).filter((_, i) => only === undefined || only.includes(i));
  const hashes = new FileHashes(environment.store.folder);
  const memory = new GraphMemory();
  const build = (of: RunRequest['file']): Graph => memory.build(of, environment.specs, values);
  const graph = multiplyNodes(build(file), { build, sweep, trials });
  const plan = await makePlan(graph, {
    loadRun: environment.loadRun,
    hashes,
    roots: rootsOf(request, environment),
    parts: partsOf(request),
  });
  await hashes.save();
  return { graph, plan, trials };
}

const partsOf = ({ partitions, memoryBytes, to }: RunRequest): PartsWish => ({
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
        (parts.includes(i.id) || (i.coordinates['part'] === undefined && parts.includes(originOf(i.node)))),
    );
  const named = [...graph.nodes.values()].filter((node) => originOf(node) === to);
  if (to !== null && named.length === 0)
    throw fail('run.no-node', {
      message: `The pipeline has no node "${to}".`,
      mend: `It has ${[...new Set([...graph.nodes.values()].map(originOf))].join(', ')}.`,
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
  const ids = to !== null ? named.map((node) => node.id) : graph.order.filter((id) => usable(id) && isEnd(id));
  return ids.flatMap((id) => plan.main.get(id) ?? []);
}
