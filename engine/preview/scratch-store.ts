/**
 * What a preview computes on its way (fitted states, the rows of a Split) is for previews alone: a run must not find it and call its node done. So previews
 * read the results of runs, and write into a store of their own that goes with their process.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactStore } from '../store/artifacts/artifact-store.ts';
import { openArtifacts } from '../store/artifacts/artifacts.ts';

/** Names the folder in `.flowyard/tmp` of the process that computes previews. */
export const previewRun = (pid: number): string => `preview-${pid}`;

export interface PreviewStore extends AsyncDisposable {
  /** Results of runs: what freshness and plans are judged by. */
  results: ArtifactStore;
  /** The same with what previews computed. */
  all: ArtifactStore;
  /** For snapshots and what DuckDB spills. */
  folder: string;
  /** Lets go of what was computed for earlier previews, when there is too much of it. */
  tidy: () => Promise<void>;
}

const scratchLimitBytes = 4 * 2 ** 30;

export async function openPreviewStore(results: ArtifactStore): Promise<PreviewStore> {
  const run = previewRun(process.pid);
  // A workspace that cannot be written can be looked at all the same.
  const folder = results.readOnly ? await mkdtemp(join(tmpdir(), 'flowyard-preview-')) : await results.scratch(run);
  const own = await openArtifacts({ folder: join(folder, 'computed'), removeLeftovers: false });
  let written = false;
  return {
    results,
    folder,
    all: {
      ...results,
      find: (key) => results.find(key) ?? own.find(key),
      glance: () => {
        const [ofRuns, ofPreviews] = [results.glance(), own.glance()];
        return (key) => ofRuns(key) ?? ofPreviews(key);
      },
      begin: (key, by) => {
        written = true;
        return own.begin(key, by);
      },
    },
    tidy: async () => {
      if (!written) return;
      written = false;
      await own.collect({ limitBytes: scratchLimitBytes, pinned: new Set() });
    },
    [Symbol.asyncDispose]: async () => {
      if (results.readOnly) await rm(folder, { recursive: true, force: true });
      else await results.endRun(run);
    },
  };
}
