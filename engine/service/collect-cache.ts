/** What may go from the result store: never what a registered model, a service or the last run of a pipeline refers to, nor what a living run may read. */
import type { HostContext } from './host-context.ts';
import { artifactKeyOf } from './registered-outputs.ts';

export function collectCache(
  { store, artifacts, runs, now }: Pick<HostContext, 'store' | 'artifacts' | 'runs' | 'now'>,
  limitBytes: number,
): Promise<{ freedBytes: number; removed: string[] }> {
  store.flush();
  const pinned = new Set(
    [...store.models.keys(), ...store.services.keys(), ...store.runs.keysOfLastRuns()].map(artifactKeyOf),
  );
  const oldest = runs.oldestStartMs();
  return artifacts.collect({
    limitBytes,
    pinned,
    ...(oldest === undefined ? { unusedSinceMs: now() + 1 } : { unusedSinceMs: oldest }),
  });
}
