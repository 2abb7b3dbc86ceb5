/** Readers look at the head of their files before a run computes them: what DuckDB would read wrongly stops the node, what is doubtful is a warning. */
import type { AnyRun } from '../../shared/capabilities.ts';
import { toProblem, type Problem } from '../../shared/errors.ts';
import type { Database } from '../table/database.ts';
import { withDescendants } from './graph.ts';
import type { Instance, Plan } from './plan.ts';

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
 * What a reader says of its file comes before what the binder makes of it: the reader knows the mend. Behind a file that cannot be read right, columns are
 * made of noise, and so is what was found wrong with them.
 */
export function mergeInspected(plan: Plan, checked: readonly Problem[], inspected: readonly Problem[]): Problem[] {
  const unreadable = new Set(inspected.filter((p) => p.severity === 'error').flatMap((p) => p.node ?? []));
  const behind = withDescendants(plan.graph, [...unreadable]);
  const certain = new Set([...plan.graph.problems, ...plan.problems]);
  const kept = checked.filter((p) => certain.has(p) || p.node === undefined || !behind.has(p.node));
  return [...kept, ...inspected];
}
