/**
 * The pipelines that windows have open. Each has one state here, which all windows that show it follow; an edit is taken only from a window that has seen all
 * edits before it, and is on the disk before it is answered. Without unsaved work it follows its file: what another program writes there is an edit, too. A window is there for as long as its connection: what it leaves unsaved is offered to the next.
 */
import { fail } from '../../../shared/errors.ts';
import { applyChanges, changesBetween, samePipeline, type Change } from '../../../shared/pipeline/changes.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { validate } from '../../../shared/pipeline/parse.ts';
import { fromDisk, type OpenItem } from '../../../shared/rpc/contract/open-pipelines.ts';
import { writeIfTaken } from '../../files/store-problem.ts';
import type { PipelineOnDisk } from '../pipeline-files.ts';
import { followPipeline } from './follow-pipeline.ts';
import { findOpen, listOpen, type FoundPipeline, type ListedDraft, type PromisedNames } from './list-open.ts';
import {
  aboutOf,
  isUnsaved,
  sendAll,
  writeDraft,
  type Base,
  type Names,
  type Opened,
  type OpenOptions,
  type OpenPipeline,
} from './opened.ts';
import { watchFiles } from './watch-files.ts';

export interface OpenPipelines {
  follow: (request: Base & Names & { window: string }, signal: AbortSignal) => AsyncIterable<OpenItem>;
  edit: (request: {
    draft: string;
    window: string;
    seq: number;
    rev: number;
    changes: readonly Change[];
    over?: string[][] | undefined;
  }) => {
    taken: boolean;
    rev: number;
  };
  /** What was saved, or read again, is what the work is compared with. */
  settle: (draft: string, on: { path?: string; hash: string; trusted: boolean; file: PipelineFile }) => void;
  trust: (path: string) => void;
  /** The host's name of what a window calls so. */
  nameOf: (draft: string) => string;
  /** A window has begun a run of it: the others show it, too. */
  ran: (draft: string, run: string) => void;
  discard: (request: { draft: string; window: string }) => { discarded: boolean };
  takeBack: (draft: string) => void;
  list: () => Promise<ListedDraft[]>;
  /** Takes what stands on the disk, where nothing is unsaved. */
  look: (path: string) => Promise<void>;
  /** A pipeline of the workspace as windows have it, or as one left it; without either a name for it. */
  at: (path: string, onDisk: PipelineOnDisk) => FoundPipeline;
  /** From now on windows that go leave everything as it is: the host goes, and they come back to the next. */
  close: () => void;
}

const discardedForMs = 30 * 24 * 3_600_000;

export function makeOpenPipelines(options: OpenOptions): OpenPipelines {
  const { workspace, drafts, changes, now } = options;
  const open: Opened['open'] = new Map();
  const promised: PromisedNames = new Map();
  const opened: Opened = { options, open, isClosing: false };
  writeIfTaken(() => drafts.forgetDiscarded(now() - discardedForMs));
  /** Files whose windows have nothing unsaved. */
  const atRest = (): OpenPipeline[] =>
    [...new Set(open.values())].filter((one) => one.path !== null && !isUnsaved(one));
  const files = watchFiles({
    workspace,
    paths: () => atRest().flatMap(({ path }) => path ?? []),
    onRead: (path, onDisk) => {
      const found = atRest().filter((one) => one.path === path);
      for (const one of found) takeFromDisk(opened, one, onDisk);
      return found.length > 0;
    },
  });
  return {
    follow: (request, signal) => followPipeline(opened, files.look, request, signal),
    edit: (request) => takeEdit(opened, request),
    settle: (draft, on) => settle(opened, draft, on),
    trust: (path) => {
      for (const one of new Set(open.values()))
        if (one.path === path) {
          one.trusted = true;
          sendAll(one, { t: 'about', about: aboutOf(one) });
        }
    },
    nameOf: (draft) => open.get(draft)?.draft ?? draft,
    ran: (draft, run) => {
      const one = open.get(draft);
      if (one === undefined) return;
      one.run = run;
      sendAll(one, { t: 'about', about: aboutOf(one) });
    },
    discard: ({ draft, window }) => {
      const one = open.get(draft);
      if (one !== undefined && [...one.members].some((member) => member.window !== window)) return { discarded: false };
      drafts.discard(one?.draft ?? draft, now());
      changes.notify('pipelines');
      return { discarded: true };
    },
    takeBack: (draft) => {
      drafts.takeBack(draft);
      changes.notify('pipelines');
    },
    list: () => listOpen(opened),
    look: files.look,
    at: (path, onDisk) => findOpen(opened, promised, path, onDisk),
    close: () => {
      opened.isClosing = true;
      files.stop();
    },
  };
}

/** What another program wrote is a step that is none of any window's: undo takes back what the windows did around it. */
export function takeFromDisk(opened: Opened, one: OpenPipeline, { file, hash }: PipelineOnDisk): void {
  const { drafts, changes, isTrusted } = opened.options;
  if (one.baseHash === hash || opened.isClosing) return;
  const edits = changesBetween(one.file, file);
  const next = { file: applyChanges(one.file, edits), saved: file, baseHash: hash, trusted: isTrusted(hash) };
  if (drafts.get(one.draft) !== undefined) writeDraft(opened, { ...one, ...next });
  Object.assign(one, next);
  if (edits.length > 0) {
    one.rev += 1;
    sendAll(one, { t: 'edit', rev: one.rev, window: fromDisk, changes: edits });
  }
  sendAll(one, { t: 'saved', saved: file, about: aboutOf(one) });
  changes.notify('pipelines');
}

function takeEdit(
  opened: Opened,
  { draft, window, seq, rev, changes: edits, over }: Parameters<OpenPipelines['edit']>[0],
): ReturnType<OpenPipelines['edit']> {
  const {
    open,
    options: { now },
  } = opened;

  const one = open.get(draft);
  if (one === undefined)
    throw fail('pipeline.not-open', {
      message: 'This pipeline is no longer open here.',
      mend: 'Nothing is lost: the window opens it again by itself.',
    });
  if ((one.seqs.get(window) ?? 0) >= seq) return { taken: true, rev: one.rev };
  if (rev !== one.rev) return { taken: false, rev: one.rev };
  const file = applyChanges(one.file, edits);
  validate(file);
  const seqs = new Map([...one.seqs].filter(([other]) => other !== window));
  const next = { ...one, file, seqs: seqs.set(window, seq), changedMs: now() };
  writeDraft(opened, next);
  Object.assign(one, { file, seqs, changedMs: next.changedMs, rev: one.rev + 1 });
  sendAll(one, { t: 'edit', rev: one.rev, window, changes: [...edits], ...(over === undefined ? {} : { over }) });
  return { taken: true, rev: one.rev };
}

function settle(
  opened: Opened,
  draft: string,
  { path, hash, trusted, file }: Parameters<OpenPipelines['settle']>[1],
): void {
  const {
    open,
    options: { drafts, changes },
  } = opened;

  const one = open.get(draft);
  if (one === undefined) {
    const kept = drafts.get(draft);
    if (kept !== undefined && samePipeline(kept.file, file)) drafts.forget(draft);
  } else {
    Object.assign(one, { path: path ?? one.path, baseHash: hash, trusted, saved: file });
    if (drafts.get(one.draft) !== undefined) writeDraft(opened, one);
    sendAll(one, { t: 'saved', saved: file, about: aboutOf(one) });
  }
  changes.notify('pipelines');
}
