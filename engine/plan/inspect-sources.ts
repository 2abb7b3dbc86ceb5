/** Readers look at the head of their files before a run computes them: what DuckDB would read wrongly stops the node, what is doubtful is a warning. */
import type { AnyRun, InspectContext } from '../../shared/capabilities.ts';
import { toProblem, type Problem } from '../../shared/errors.ts';
import { append } from '../../shared/append.ts';
import { firstLineBytes } from '../sources/first-line.ts';
import { workUnreported, type AtWork } from '../compute/at-work.ts';
import type { Connections } from '../table/connections.ts';
import type { Database } from '../table/database.ts';
import { plainPath } from '../table/plain-path.ts';
import { isMended } from './already-mended.ts';
import { readOddBytes } from '../sources/decoded-files.ts';
import { withDescendants } from '../graph/graph.ts';
import type { Plan } from './plan.ts';
import type { Instance } from '../graph/instance.ts';

/** Side by side, each on a connection of its own. `whole`: what is about to be read is looked at to its end. */
export async function inspectSources(
  instances: Iterable<Instance>,
  connections: Pick<Connections, 'use'>,
  loadRun: (kind: string) => Promise<AnyRun>,
  signal: AbortSignal,
  atWork: AtWork = workUnreported,
  whole = false,
): Promise<Problem[]> {
  const looks = [...instances]
    .filter((instance) => instance.sources.length > 0)
    .map((instance) =>
      connections.use(
        false,
        (database) => atWork(instance.node.id, () => inspectSource(instance, database, loadRun, signal, whole)),
        signal,
      ),
    );
  // Nothing goes on behind whoever closes the database.
  await Promise.allSettled(looks);
  return (await Promise.all(looks)).flat();
}

async function inspectSource(
  { node, sources }: Instance,
  database: Database,
  loadRun: (kind: string) => Promise<AnyRun>,
  signal: AbortSignal,
  whole: boolean,
): Promise<Problem[]> {
  const [source] = sources;
  const run = await loadRun(node.kind);
  if (source === undefined || run.form !== 'relational') return [];
  signal.throwIfAborted();
  const asked: InspectContext<never> = {
    node: node.id,
    path: plainPath(source.path),
    params: node.params as never,
    query: (query) => database.query(query.render()),
    oddBytes: () => readOddBytes(source.path),
    lineBytes: firstLineBytes(source),
    signal,
  };
  try {
    const findings = (await run.inspect?.(asked)) ?? [];
    // Of what cannot be read right from its head on, nothing more is to be said.
    if (whole && findings.every(({ severity }) => severity === 'warning'))
      append(findings, (await run.verify?.({ ...asked, reported: findings })) ?? []);
    return findings.map((finding): Problem => ({ severity: 'error', ...finding, node: node.id }));
  } catch (thrown) {
    return [{ node: node.id, ...toProblem(thrown) }];
  }
}

/**
 * What a reader says of its file comes before what the binder makes of it: the reader knows the mend. Behind a file that cannot be read right, columns are
 * made of noise, and so is what was found wrong with them. What the pipeline mends behind the reader is not said again.
 */
export function mergeInspected(plan: Plan, checked: readonly Problem[], inspected: readonly Problem[]): Problem[] {
  const unreadable = new Set(inspected.filter((p) => p.severity === 'error').flatMap((p) => p.node ?? []));
  const behind = withDescendants(plan.graph, [...unreadable]);
  const certain = new Set([...plan.graph.problems, ...plan.problems]);
  const kept = checked.filter((p) => certain.has(p) || p.node === undefined || !behind.has(p.node));
  return [...kept, ...inspected.filter((p) => !isMended(plan.graph, p))];
}
