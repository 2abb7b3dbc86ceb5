/** For tests. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactStore } from './artifact-store.ts';
import { openArtifacts } from './artifacts.ts';

/**
 * The results of a workspace when those who wrote have been killed: all that they left half done is gone. A process on its way out counts as living
 * until the system has taken it down, so this waits; leftovers that stay are seen by the test's end of patience.
 */
export async function openSettledArtifacts(workspace: string): Promise<ArtifactStore> {
  const folder = join(workspace, '.flowyard');
  for (;;) {
    // Two minutes later: a folder that a process had made and not yet signed is no longer waited for.
    const artifacts = await openArtifacts({ folder, now: () => Date.now() + 120_000 });
    if (readdirSync(join(folder, 'tmp')).length === 0) return artifacts;
    await new Promise((done) => setTimeout(done, 20));
  }
}
