/** A pipeline that windows have open, and what all that is done with it shares. */
import { samePipeline } from '../../../shared/pipeline/changes.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import type { AboutOpen, OpenItem } from '../../../shared/rpc/contract/open-pipelines.ts';
import type { DraftRepository } from '../../store/drafts.ts';
import type { ChangeHub } from '../change-hub.ts';

/** What a window has of a pipeline when it begins to follow it. */
export interface Base {
  path: string | null;
  baseHash: string | null;
  trusted: boolean;
  file: PipelineFile;
  /** What stands on disk; null: not known. */
  saved: PipelineFile | null;
}
/** A window's name for a pipeline, and the host's, where that is another. */
export interface Names {
  draft: string;
  hostDraft?: string | undefined;
}
export interface Member {
  window: string;
  waiting: OpenItem[];
  wake: () => void;
}
export interface OpenPipeline extends Base {
  /** Its name on the disk. */
  draft: string;
  /** What windows call it: more than one where some had it before this host. */
  names: Set<string>;
  rev: number;
  seqs: Map<string, number>;
  members: Set<Member>;
  changedMs: number;
  run: string | null;
}

export interface OpenOptions {
  workspace: string;
  drafts: DraftRepository;
  changes: ChangeHub;
  /** Whether a file of this content was made here, or a person said so. */
  isTrusted: (hash: string) => boolean;
  /** The newest run of a pipeline. */
  lastRun: (of: { draft: string; path: string | null }) => string | null;
  now: () => number;
}
/** All that are open, by each of their names. */
export interface Opened {
  options: OpenOptions;
  open: Map<string, OpenPipeline>;
  /** The host goes, and windows come back to the next: nothing changes any more. */
  isClosing: boolean;
}

/** Windows whose last edit is remembered, of those that were here. */
const rememberedWindows = 50;

export const isUnsaved = ({ file, saved, path }: Base): boolean =>
  (saved === null || !samePipeline(file, saved)) && (path !== null || Object.keys(file.nodes).length > 0);

export const windowsOf = (one: OpenPipeline): number => new Set([...one.members].map(({ window }) => window)).size;

export const aboutOf = (one: OpenPipeline): AboutOpen => ({
  hostDraft: one.draft,
  path: one.path,
  baseHash: one.baseHash,
  trusted: one.trusted,
  windows: windowsOf(one),
  run: one.run,
});

export const atPath = ({ open }: Opened, path: string): OpenPipeline | undefined =>
  [...open.values()].findLast((other) => other.path === path);

export function sendAll(one: OpenPipeline, item: OpenItem): void {
  for (const member of one.members) {
    member.waiting.push(item);
    member.wake();
  }
}

export const writeDraft = ({ options }: Opened, one: OpenPipeline): void =>
  options.drafts.keep({
    draft: one.draft,
    path: one.path,
    title: one.file.title,
    file: one.file,
    savedHash: one.baseHash,
    time_ms: one.changedMs,
    seqs: Object.fromEntries([...one.seqs].slice(-rememberedWindows)),
  });
