/**
 * Keeps each open pipeline the same in all windows that show it, and on the disk after each step. The host orders the edits; a window that hears of another's
 * does its own anew on it. What the host has not kept yet is kept here, over any number of lost connections and refusals (a full disk); only the host's word that
 * it has it ends that.
 */
import { toProblem, type Problem } from '../../../../shared/errors.ts';
import {
  applyChanges,
  changesBetween,
  equalJson,
  isMember,
  join,
  samePipeline,
  samePlace,
  type Change,
  type Place,
  type SetChange,
} from '../../../../shared/pipeline/changes.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { merge } from '../../../../shared/pipeline/merge.ts';
import { fromDisk, type AboutOpen, type OpenItem } from '../../../../shared/rpc/contract/open-pipelines.ts';
import { host } from '../../rpc/host.ts';
import { documentOf, patchDocument, useDocuments, type OpenDocument } from './documents.ts';
import { showRun } from '../runs/followed-run.ts';
import { renameSteps, restateSteps } from './history.ts';
import { isRefusal, noteRefusal } from './refusals.ts';
import { reportClashes, reportOverwritten } from './report-clashes.ts';
import { toast } from '../window/toasts.ts';
import { t } from '../../text/t.ts';
import { dropUnsent, keepUnsent, notTaken, type ReceiveUnsent, type UnsentWork } from './unsent-work.ts';

/** This window, for as long as its page lives. */
export const windowId = crypto.randomUUID();

interface Live {
  hostDraft: string;
  /** The run that a window began last. */
  run: string | null;
  /** What the host has, as far as this window has heard. */
  confirmed: PipelineFile;
  rev: number;
  /** On their way: taken, or refused because another was first. */
  sent: readonly Change[];
  unsent: readonly Change[];
  /** Where that stands in the place of what another window set at the same time. */
  over: readonly Place[];
  seq: number;
  isAsking: boolean;
  /** False: the host has not said yet what it has. */
  isJoined: boolean;
  /** Why the host does not keep what waits, though it answers. */
  refusal: Problem | null;
  retry: ReturnType<typeof setTimeout> | undefined;
  /** What waits is kept by the browser, too: whether it could be. */
  kept: Promise<boolean> | null;
  end: AbortController;
}
const lives = new Map<string, Live>();
/** Counts on when a pipeline is closed and opened again: the host takes each number once. */
let lastSeq = 0;
let isMerging = false;

/** After a failure of the host itself (a full disk); a lost connection comes back by its own. */
const retryMs = 3000;

/** Follows every open pipeline, until the returned function is called. */
export function watchDocuments(): () => void {
  for (const document of Object.values(useDocuments.getState().documents)) begin(document);
  const stop = useDocuments.subscribe((now, before) => {
    if (now.documents === before.documents) return;
    for (const [draft, document] of Object.entries(now.documents)) {
      const old = before.documents[draft];
      if (old === undefined) begin(document);
      else if (old.file !== document.file && !isMerging) {
        const live = lives.get(draft);
        if (live === undefined) continue;
        live.unsent = join(live.unsent, changesBetween(old.file, document.file));
        void send(draft, live);
        remember(draft, live);
      }
    }
    for (const draft of Object.keys(before.documents)) if (now.documents[draft] === undefined) end(draft);
  });
  return () => {
    stop();
    for (const draft of lives.keys()) end(draft);
  };
}

/** Whether the host has all that was done here. */
export const isStored = (draft: string): boolean => {
  const live = lives.get(draft);
  return live === undefined || (live.isJoined && live.sent.length === 0 && live.unsent.length === 0);
};

/** What the host has of a pipeline, as far as this window has heard, and its name there. */
export function confirmedState({ draft, file }: OpenDocument): { hostDraft: string; file: PipelineFile } {
  const live = lives.get(draft);
  return live === undefined ? { hostDraft: draft, file } : { hostDraft: live.hostDraft, file: live.confirmed };
}

/** What was done here and is not known to be there. */
export const waitingWork = (): UnsentWork[] =>
  [...lives].flatMap(([draft, live]) => {
    const document = documentOf(draft);
    return document !== undefined && waits(live) ? [unsentOf(document, live)] : [];
  });
/** A pipeline that the host refused to open waits as a whole. */
const waits = ({ sent, unsent, refusal, isJoined }: Live): boolean =>
  sent.length > 0 || unsent.length > 0 || (refusal !== null && !isJoined);
function unsentOf({ draft, path, baseHash, trusted, saved }: OpenDocument, live: Live): UnsentWork {
  const { hostDraft, seq, sent, unsent, confirmed: file } = live;
  return { draft, hostDraft, window: windowId, seq, sent, unsent, path, baseHash, trusted, saved, file };
}

function begin(document: OpenDocument): void {
  const { draft } = document;
  const live: Live = {
    hostDraft: draft,
    run: null,
    confirmed: document.file,
    rev: 0,
    sent: [],
    unsent: [],
    over: [],
    seq: lastSeq,
    isAsking: false,
    isJoined: false,
    refusal: null,
    retry: undefined,
    kept: null,
    end: new AbortController(),
  };
  lives.set(draft, live);
  void follow(draft, live);
}

function end(draft: string): void {
  const live = lives.get(draft);
  lives.delete(draft);
  if (live === undefined) return;
  live.end.abort();
  clearTimeout(live.retry);
  noteRefusal(draft, null);
  if (live.kept !== null) void dropUnsent(windowId, draft);
}

async function follow(draft: string, live: Live): Promise<void> {
  const { signal } = live.end;
  const ask = () => {
    live.isJoined = false;
    const { path = null, baseHash = null, trusted = false, saved = null } = documentOf(draft) ?? {};
    return { draft, hostDraft: live.hostDraft, window: windowId, path, baseHash, trusted, saved, file: live.confirmed };
  };
  // From now on the browser keeps what waits, whether or not a call is on its way.
  const onLost = (): void => {
    live.isJoined = false;
    remember(draft, live);
  };
  while (!signal.aborted) {
    try {
      for await (const item of host()['pipelines.follow'](ask(), { signal, resume: ask, onLost }))
        take(draft, live, item);
    } catch (thrown) {
      // A lost connection is told by its own state.
      live.isJoined = false;
      if (!signal.aborted) refuse(draft, live, toProblem(thrown));
    }
    live.isJoined = false;
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, live.refusal === null ? 500 : retryMs));
  }
}

function take(draft: string, live: Live, item: OpenItem): void {
  if (item.t !== 'edit') takeNames(draft, live, item.about, item.t !== 'whole');
  switch (item.t) {
    case 'whole': {
      const ours = notTaken(live, item.seq);
      live.rev = item.rev;
      live.isJoined = true;
      const theirs = applyChanges(live.confirmed, changesBetween(live.confirmed, item.file));
      goOn(draft, live, theirs, ours);
      setSaved(draft, item.saved, item.about);
      void send(draft, live);
      return remember(draft, live);
    }
    case 'edit':
      if (item.rev <= live.rev) return;
      live.rev = item.rev;
      if (item.window === windowId) confirm(live);
      else {
        const overwritten = item.over === undefined ? [] : ownValues(draft, item.changes, item.over);
        goOn(draft, live, applyChanges(live.confirmed, item.changes), join(live.sent, live.unsent));
        reportOverwritten(draft, overwritten);
      }
      if (item.window === fromDisk) reportDiskChange(draft);
      void send(draft, live);
      return remember(draft, live);
    case 'about':
      return setAbout(draft, item.about);
    case 'saved':
      return setSaved(draft, item.saved, item.about);
  }
}

function reportDiskChange(draft: string): void {
  const path = documentOf(draft)?.path ?? '';
  toast({ tone: 'plain', title: t('app.toast.changedOnDisk', { path }), detail: t('app.toast.changedThere') });
}

function takeNames(draft: string, live: Live, { hostDraft, run }: AboutOpen, isNew: boolean): void {
  live.hostDraft = hostDraft;
  if (run === null || run === live.run) return;
  live.run = run;
  // Without it the run is found in the history.
  void showRun(draft, run, isNew).catch(() => undefined);
}

function confirm(live: Live): void {
  live.confirmed = applyChanges(live.confirmed, live.sent);
  live.sent = [];
  live.over = [];
}

/** What this window had set, and another at the same time: its value stands. */
function ownValues(draft: string, theirs: readonly Change[], over: readonly Place[]): SetChange[] {
  const own = (documentOf(draft)?.past ?? []).flatMap(({ changes }) => changes);
  return theirs.filter(
    (change): change is SetChange =>
      !isMember(change) &&
      over.some((at) => samePlace(at, change.at)) &&
      own.some((mine) => !isMember(mine) && samePlace(mine.at, change.at) && equalJson(mine.to, change.from)),
  );
}

/** Their state, with what we did on it that they do not have yet. */
function goOn(draft: string, live: Live, theirs: PipelineFile, ours: readonly Change[]): void {
  const before = live.confirmed;
  const { file, changes, clashes, renamed } = merge(theirs, ours);
  live.confirmed = theirs;
  live.sent = [];
  live.unsent = changes;
  live.over = [...live.over, ...clashes.filter(({ why }) => why === 'both').map(({ at }) => at)];
  const document = documentOf(draft);
  if (document === undefined) return;
  isMerging = true;
  try {
    patchDocument(draft, {
      file: applyChanges(document.file, changesBetween(document.file, file)),
      past: restateSteps(renameSteps(document.past, renamed), clashes),
      future: renameSteps(document.future, renamed),
    });
  } finally {
    isMerging = false;
  }
  reportClashes(draft, clashes, before);
}

function setAbout(draft: string, { path, baseHash, trusted, windows }: AboutOpen): void {
  patchDocument(draft, { path, baseHash, trusted, windows });
}
function setSaved(draft: string, saved: PipelineFile | null, about: AboutOpen): void {
  setAbout(draft, about);
  const known = documentOf(draft)?.saved ?? null;
  if (saved === null ? known !== null : known === null || !samePipeline(saved, known)) patchDocument(draft, { saved });
}

async function send(draft: string, live: Live): Promise<void> {
  if (!live.isJoined || live.isAsking || live.unsent.length === 0 || live.end.signal.aborted) return;
  const { unsent, rev } = live;
  live.isAsking = true;
  live.sent = unsent;
  live.unsent = [];
  const seq = ++lastSeq;
  live.seq = seq;
  try {
    const over = live.over
      .filter((at) => unsent.some((change) => !isMember(change) && samePlace(change.at, at)))
      .map((at) => [...at]);
    const edit = { draft, window: windowId, seq, rev, changes: [...unsent], ...(over.length === 0 ? {} : { over }) };
    const answer = await host()['pipelines.edit'](edit);
    live.isAsking = false;
    if (!answer.taken) giveBack(live);
    // The answer may come before the same news by the other way.
    else if (live.rev < answer.rev) {
      live.rev = answer.rev;
      confirm(live);
    }
    // Refused: what came first is on its way here, and then it is asked again.
    if (live.rev >= answer.rev) void send(draft, live);
    remember(draft, live);
  } catch (thrown) {
    live.isAsking = false;
    const problem = toProblem(thrown);
    if (isRefusal(problem)) {
      giveBack(live);
      live.retry ??= setTimeout(() => {
        live.retry = undefined;
        void send(draft, live);
      }, retryMs);
    }
    // Nobody knows whether it arrived: the first word after the connection is back says so.
    else live.isJoined = false;
    refuse(draft, live, problem);
  }
}

function refuse(draft: string, live: Live, problem: Problem): void {
  if (isRefusal(problem)) live.refusal = problem;
  remember(draft, live);
}

function giveBack(live: Live): void {
  live.unsent = join(live.sent, live.unsent);
  live.sent = [];
}

/** While the host is away or keeps nothing the browser keeps what waits; until the host has it, and no longer. */
function remember(draft: string, live: Live): void {
  const document = documentOf(draft);
  if (document === undefined || live.end.signal.aborted) return;
  if (!waits(live)) {
    live.refusal = null;
    if (live.kept !== null) void dropUnsent(windowId, draft);
    live.kept = null;
  } else if (!live.isJoined || live.refusal !== null) live.kept = keepUnsent(unsentOf(document, live));
  noteRefusal(draft, live.refusal);
}

/** Takes over what a window that is gone could not hand to the host, where this one shows that pipeline: it stands there, and waits with its own. */
export const receiveUnsent: ReceiveUnsent = async (names, changes, problem) => {
  const [draft, live] =
    [...lives].find(([name, { hostDraft }]) => names.includes(name) || names.includes(hostDraft)) ?? [];
  const document = draft === undefined ? undefined : documentOf(draft);
  if (draft === undefined || live === undefined || document === undefined) return false;
  const { file, clashes } = merge(document.file, changes);
  live.refusal = problem;
  patchDocument(draft, { file });
  remember(draft, live);
  reportClashes(draft, clashes, document.file);
  return (await live.kept) ?? false;
};
