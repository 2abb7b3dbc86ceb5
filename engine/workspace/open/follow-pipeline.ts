/** A window follows a pipeline: the whole of it first, then each step, for as long as the window is there. */
import type { OpenItem } from '../../../shared/rpc/contract/open-pipelines.ts';
import { writeIfTaken } from '../../files/store-problem.ts';
import {
  aboutOf,
  atPath,
  isUnsaved,
  sendAll,
  writeDraft,
  type Base,
  type Member,
  type Names,
  type Opened,
  type OpenPipeline,
} from './opened.ts';

export async function* followPipeline(
  opened: Opened,
  /** Takes what stands on the disk. */
  lookAtDisk: (path: string) => Promise<void>,
  { draft, hostDraft, window, ...base }: Base & Names & { window: string },
  signal: AbortSignal,
): AsyncGenerator<OpenItem, void, void> {
  const { open, options } = opened;
  const one = open.get(draft) ?? begin(opened, { draft, hostDraft }, base);
  // Its old connection may still bring what it sent there, after it has been told here that this did not arrive: that comes too late then, as
  // from a window that has not seen all.
  if ([...one.members].some((other) => other.window === window)) {
    one.rev += 1;
    sendAll(one, { t: 'edit', rev: one.rev, window, changes: [] });
  }
  const member: Member = { window, waiting: [], wake: () => undefined };
  one.members.add(member);
  const stop = (): void => member.wake();
  signal.addEventListener('abort', stop, { once: true });
  const about = aboutOf(one);
  for (const other of one.members)
    if (other !== member) {
      other.waiting.push({ t: 'about', about });
      other.wake();
    }
  options.changes.notify('pipelines');
  try {
    // A window that comes, or is loaded anew, begins with what stands there now.
    if (one.path !== null && !isUnsaved(one)) await lookAtDisk(one.path);
    // What it was told meanwhile is in the whole.
    member.waiting.length = 0;
    // Also one from before it was opened, or of the command line.
    one.run = options.lastRun(one) ?? one.run;
    yield {
      t: 'whole',
      rev: one.rev,
      file: one.file,
      seq: one.seqs.get(window) ?? 0,
      saved: one.saved,
      about: aboutOf(one),
    };
    while (!signal.aborted) {
      yield* member.waiting.splice(0);
      if (member.waiting.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (member.wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    leave(opened, one, member);
  }
}

function begin(opened: Opened, { draft, hostDraft = draft }: Names, base: Base): OpenPipeline {
  const { open, options } = opened;
  const { drafts, now } = options;
  // A window that still has it takes it back.
  for (const name of new Set([draft, hostDraft])) drafts.takeBack(name);
  const kept = drafts.get(hostDraft) ?? drafts.get(draft);
  const there = open.get(hostDraft) ?? (kept === undefined ? elsewhere(opened, base) : undefined);
  if (there !== undefined) {
    there.names.add(draft);
    open.set(draft, there);
    return there;
  }
  const common = { rev: 0, run: null, members: new Set<Member>(), trusted: base.trusted };
  const one: OpenPipeline =
    kept === undefined
      ? { ...base, ...common, draft, names: new Set([draft]), seqs: new Map(), changedMs: now() }
      : {
          ...common,
          draft: kept.draft,
          names: new Set([draft, kept.draft]),
          path: kept.path,
          baseHash: kept.savedHash,
          file: kept.file,
          saved: kept.savedHash === base.baseHash ? base.saved : null,
          seqs: new Map(Object.entries(kept.seqs)),
          changedMs: kept.time_ms,
        };
  if (kept === undefined && isUnsaved(one)) writeDraft(opened, one);
  for (const name of one.names) open.set(name, one);
  return one;
}

/** A file without unsaved work that was open before the host was started anew; meanwhile another window has opened it. */
const elsewhere = (opened: Opened, base: Base): OpenPipeline | undefined =>
  base.path === null || isUnsaved(base) ? undefined : atPath(opened, base.path);

function leave(opened: Opened, one: OpenPipeline, member: Member): void {
  const { open, options } = opened;
  const { drafts, changes } = options;
  one.members.delete(member);
  if (opened.isClosing) return;
  if (one.members.size === 0) {
    for (const name of one.names) open.delete(name);
    // What stays is compared with the file before it is offered.
    if (!isUnsaved(one)) writeIfTaken(() => drafts.forget(one.draft));
  } else sendAll(one, { t: 'about', about: aboutOf(one) });
  changes.notify('pipelines');
}
