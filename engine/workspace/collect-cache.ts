/** What may go from the result store: never what a registered model, a service or the last run of a pipeline refers to, nor what a living run may read. */
import { collectKeptFiles } from './collect-kept-files.ts';
import type { HostContext } from './host-context.ts';
import { artifactKeyOf } from '../../shared/run/run-events.ts';
import { otherModels } from './services/served-languages.ts';

export async function collectCache(
  { store, artifacts, runs, now }: Pick<HostContext, 'store' | 'artifacts' | 'runs' | 'now'>,
  limitBytes: number,
): Promise<{ freedBytes: number; removed: string[] }> {
  store.flush();
  const pinned = new Set(
    [
      ...store.models.keys(),
      ...store.services.keys(),
      ...store.services.list().flatMap(otherModels),
      ...store.runs.keysOfLastRuns(),
    ].map(artifactKeyOf),
  );
  const unusedSinceMs = runs.oldestStartMs() ?? now() + 1;
  const collected = await artifacts.collect({ limitBytes, pinned, unusedSinceMs });
  if (collected.removed.length === 0) return collected;
  const { freedBytes } = await collectKeptFiles(artifacts, unusedSinceMs);
  return { ...collected, freedBytes: collected.freedBytes + freedBytes };
}
