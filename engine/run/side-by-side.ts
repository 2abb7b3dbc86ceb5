/** Trials of a sweep side by side: as many as threads and memory allow, one after the other where their order can be seen outside. */
import type { PlanNode } from '../graph/graph.ts';
import type { Instance } from '../graph/instance.ts';
import { trialOf } from '../plan/axes/trial/axis.ts';
import type { RunRequest } from './run-request.ts';

/** What a task on a table that is not yet a big one may hold (`big-turns.ts`: a quarter of a gigabyte of doubles), and as much beside it. */
const trialBytes = 2 ** 29;

export function trialsAtOnce(
  nodes: Iterable<PlanNode>,
  { threads, memoryBytes }: Pick<RunRequest, 'threads' | 'memoryBytes'>,
): number {
  for (const { copy, spec } of nodes)
    // A file that each of them writes holds what the last one wrote; and what fills all cores by itself gains nothing.
    if (copy !== undefined && (spec?.pure === false || spec?.heavy === true)) return 1;
  return Math.max(1, Math.min(threads, Math.floor(memoryBytes / trialBytes)));
}

/** What is of no trial begins at once; trials in their order, so many at a time. Each outcome is kept: one that fails does not end the others. */
export async function sideBySide<T>(
  wanted: readonly Instance[],
  atOnce: number,
  work: (instance: Instance) => Promise<T>,
  ended: (trial: string) => void,
): Promise<PromiseSettledResult<T>[]> {
  const trials = Map.groupBy(wanted, ({ node }) => trialOf(node));
  const outcomes = new Map<Instance, PromiseSettledResult<T>>();
  const all = async (instances: readonly Instance[]): Promise<void> => {
    const settled = await Promise.allSettled(instances.map(work));
    for (const [i, outcome] of settled.entries()) {
      const instance = instances[i];
      if (instance !== undefined) outcomes.set(instance, outcome);
    }
  };
  const turns = [...trials].flatMap(([trial, own]) => (trial === undefined ? [] : [{ trial, own }])).values();
  const one = async (): Promise<void> => {
    for (const { trial, own } of turns) {
      await all(own);
      ended(trial);
    }
  };
  await Promise.all([all(trials.get(undefined) ?? []), ...Array.from({ length: atOnce }, one)]);
  return wanted.flatMap((instance) => outcomes.get(instance) ?? []);
}
