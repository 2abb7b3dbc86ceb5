/** What the trials of a run measured. A node that stands once for all of them measures for each. */
import { originOf, type Graph } from '../graph/graph.ts';
import { trialOf } from '../plan/axes/trial/axis.ts';
import type { PlannedRun } from './plan-run.ts';
import type { Metrics } from './recorder.ts';

/** By the names of the file. @param metrics by the names of the graph */
export function metricsOfTrial(graph: Graph, metrics: Metrics, label: string): Metrics {
  const own: Metrics = {};
  for (const [id, found] of Object.entries(metrics)) {
    const node = graph.nodes.get(id);
    if (node === undefined) continue;
    const trial = trialOf(node);
    if (trial === undefined || trial === label) own[originOf(node)] = found;
  }
  return own;
}

/** Of the trials that have ended, each by node and trial. */
export const metricsOfRun = ({ graph, trials }: PlannedRun, metrics: Metrics, ended: ReadonlySet<string>): Metrics =>
  Object.fromEntries(
    trials
      .filter(({ label }) => ended.has(label))
      .flatMap(({ label }) =>
        Object.entries(metricsOfTrial(graph, metrics, label)).map(([node, found]) => [`${node}[${label}]`, found]),
      ),
  );
