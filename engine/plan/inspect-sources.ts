/** Readers look at the head of their files before a run computes them: what DuckDB would read wrongly stops the node, what is doubtful is a warning. */
import type { AnyRun } from '../../shared/capabilities.ts';
import { toProblem, type Problem } from '../../shared/errors.ts';
import type { Database } from '../table/database.ts';
import { withDescendants, type Graph } from './graph.ts';
import type { Instance } from './plan.ts';

export async function inspectSources(
  instances: Iterable<Instance>,
  database: Database,
  loadRun: (kind: string) => Promise<AnyRun>,
  signal: AbortSignal,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { node, sources } of instances) {
    const [source] = sources;
    if (source === undefined) continue;
    const run = await loadRun(node.kind);
    if (run.form !== 'relational' || run.inspect === undefined) continue;
    signal.throwIfAborted();
    try {
      const findings = await run.inspect({
        node: node.id,
        path: source.path,
        params: node.params as never,
        query: (query) => database.query(query.render()),
        signal,
      });
      problems.push(...findings.map((finding): Problem => ({ severity: 'error', ...finding, node: node.id })));
    } catch (thrown) {
      problems.push({ node: node.id, ...toProblem(thrown) });
    }
  }
  return problems;
}

/**
 * All problems, each told once: what a reader says of its file stands in place of what the binder says of that reader, and of what follows only from it in
 * the nodes behind.
 */
export function withInspected(graph: Graph, checked: readonly Problem[], inspected: readonly Problem[]): Problem[] {
  const unreadable = inspected.flatMap((p) => (p.severity === 'error' && p.node !== undefined ? [p.node] : []));
  const behind = withDescendants(graph, unreadable);
  return [...checked.filter((p) => p.node === undefined || !behind.has(p.node)), ...inspected];
}
