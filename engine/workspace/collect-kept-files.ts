/** Files kept by content go when no stored result lists them any more. */
import { readFile } from 'node:fs/promises';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import { keptFilesList, openKeptFiles } from '../files/kept-files.ts';

/** @param sinceMs what was kept later stays: a living run may be about to list it */
export async function collectKeptFiles(
  artifacts: Pick<ArtifactStore, 'folder' | 'list'>,
  sinceMs: number,
): Promise<{ freedBytes: number }> {
  const listed = new Set<string>();
  for await (const artifact of artifacts.list())
    if (artifact.manifest.files.some((file) => file.path === keptFilesList))
      for (const hash of (await readFile(artifact.file(keptFilesList), 'utf8')).split('\n')) listed.add(hash);
  return openKeptFiles(artifacts.folder).collect(listed, sinceMs);
}
