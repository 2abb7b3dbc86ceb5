/** What is open, and what windows left unsaved. */
import { randomUUID } from 'node:crypto';
import { samePipeline } from '../../../shared/pipeline/changes.ts';
import { writeIfTaken } from '../../files/store-problem.ts';
import type { Draft } from '../../store/drafts.ts';
import { readPipeline, type PipelineOnDisk } from '../pipeline-files.ts';
import { atPath, isUnsaved, windowsOf, type Base, type Opened } from './opened.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';

export interface ListedDraft extends Omit<Draft, 'seqs'> {
  saved: PipelineFile | null;
  windows: number;
}

/** A pipeline of the workspace as windows have it, or as one left it. */
export type FoundPipeline = Base & { draft: string; windows: number; changedMs: number | null };
/** Names that were given for paths, until when. */
export type PromisedNames = Map<string, { draft: string; untilMs: number }>;

/** A name that was given for a path stays its name while the windows that asked begin to follow it. */
const promisedMs = 60_000;

export async function listOpen({ open, options }: Opened): Promise<ListedDraft[]> {
  const { workspace, drafts } = options;
  const live = [...new Set(open.values())].map((one): ListedDraft => ({
    draft: one.draft,
    path: one.path,
    title: one.file.title,
    file: one.file,
    saved: one.saved,
    savedHash: one.baseHash,
    time_ms: one.changedMs,
    windows: windowsOf(one),
  }));
  const left = await Promise.all(
    drafts
      .list()
      .filter(({ draft }) => !open.has(draft))
      .map(async ({ seqs: _, ...kept }): Promise<ListedDraft[]> => {
        const onDisk = kept.path === null ? undefined : await readPipeline(workspace, kept.path).catch(() => undefined);
        const saved = onDisk !== undefined && onDisk.hash === kept.savedHash ? onDisk.file : null;
        return isUnsaved({ ...kept, saved, baseHash: kept.savedHash, trusted: true })
          ? [{ ...kept, saved, windows: 0 }]
          : [];
      }),
  );
  return [...live.filter(({ file, path }) => path !== null || Object.keys(file.nodes).length > 0), ...left.flat()].sort(
    (a, b) => b.time_ms - a.time_ms,
  );
}

export function findOpen(opened: Opened, promised: PromisedNames, path: string, onDisk: PipelineOnDisk): FoundPipeline {
  const { drafts, now } = opened.options;
  const one = atPath(opened, path);
  if (one !== undefined) return { ...one, windows: windowsOf(one), changedMs: isUnsaved(one) ? one.changedMs : null };
  const fresh = { path, baseHash: onDisk.hash, file: onDisk.file, saved: onDisk.file, trusted: false, windows: 0 };
  const left = drafts.ofPath(path);
  if (left !== undefined && !samePipeline(left.file, onDisk.file))
    return {
      ...fresh,
      draft: left.draft,
      file: left.file,
      baseHash: left.savedHash,
      saved: left.savedHash === onDisk.hash ? onDisk.file : null,
      changedMs: left.time_ms,
    };
  // Work that was saved after all is no unsaved work.
  if (left !== undefined) writeIfTaken(() => drafts.forget(left.draft));
  const known = promised.get(path);
  const draft = known !== undefined && known.untilMs > now() ? known.draft : randomUUID();
  promised.set(path, { draft, untilMs: now() + promisedMs });
  return { ...fresh, draft, changedMs: null };
}
