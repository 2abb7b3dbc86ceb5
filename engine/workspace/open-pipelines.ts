/**
 * The pipelines that windows have open. Each has one state here, which all windows that show it follow; an edit is taken only from a window that has seen all
 * edits before it, and is on the disk before it is answered. Without unsaved work it follows its file: what another program writes there is an edit, too. A window is there for as long as its connection: what it leaves unsaved is offered to the next.
 */
import { randomUUID } from 'node:crypto';
import { fail } from '../../shared/errors.ts';
import { applyChanges, changesBetween, samePipeline, type Change } from '../../shared/pipeline/changes.ts';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { validate } from '../../shared/pipeline/parse.ts';
import { fromDisk, type AboutOpen, type OpenItem } from '../../shared/rpc/contract/open-pipelines.ts';
import type { Draft, DraftRepository } from '../store/drafts.ts';
import { writeIfTaken } from '../files/store-problem.ts';
import { readPipeline, type PipelineOnDisk } from './pipeline-files.ts';
import type { ChangeHub } from './change-hub.ts';
import { watchFiles } from './watch-files.ts';

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
interface Names {
  draft: string;
  hostDraft?: string | undefined;
}
interface Member {
  window: string;
  waiting: OpenItem[];
  wake: () => void;
}
interface OpenPipeline extends Base {
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
export interface ListedDraft extends Omit<Draft, 'seqs'> {
  saved: PipelineFile | null;
  windows: number;
}

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
  at: (path: string, onDisk: PipelineOnDisk) => Base & { draft: string; windows: number; changedMs: number | null };
  /** From now on windows that go leave everything as it is: the host goes, and they come back to the next. */
  close: () => void;
}

/** A name that was given for a path stays its name while the windows that asked begin to follow it. */
const promisedMs = 60_000;
const discardedForMs = 30 * 24 * 3_600_000;
/** Windows whose last edit is remembered, of those that were here. */
const rememberedWindows = 50;

interface Options {
  workspace: string;
  drafts: DraftRepository;
  changes: ChangeHub;
  /** Whether a file of this content was made here, or a person said so. */
  isTrusted: (hash: string) => boolean;
  /** The newest run of a pipeline. */
  lastRun: (of: { draft: string; path: string | null }) => string | null;
  now: () => number;
}

export function makeOpenPipelines({ workspace, drafts, changes, isTrusted, lastRun, now }: Options): OpenPipelines {
  const open = new Map<string, OpenPipeline>();
  const promised = new Map<string, { draft: string; untilMs: number }>();
  let isClosing = false;
  writeIfTaken(() => drafts.forgetDiscarded(now() - discardedForMs));

  /** Files whose windows have nothing unsaved. */
  const atRest = (): OpenPipeline[] =>
    [...new Set(open.values())].filter((one) => one.path !== null && !isUnsaved(one));
  const files = watchFiles({
    workspace,
    paths: () => atRest().flatMap(({ path }) => path ?? []),
    onRead: (path, onDisk) => {
      const found = atRest().filter((one) => one.path === path);
      for (const one of found) takeFromDisk(one, onDisk);
      return found.length > 0;
    },
  });
  /** What another program wrote is a step that is none of any window's: undo takes back what the windows did around it. */
  function takeFromDisk(one: OpenPipeline, { file, hash }: PipelineOnDisk): void {
    if (one.baseHash === hash || isClosing) return;
    const edits = changesBetween(one.file, file);
    const next = { file: applyChanges(one.file, edits), saved: file, baseHash: hash, trusted: isTrusted(hash) };
    if (drafts.get(one.draft) !== undefined) write({ ...one, ...next });
    Object.assign(one, next);
    if (edits.length > 0) {
      one.rev += 1;
      tell(one, { t: 'edit', rev: one.rev, window: fromDisk, changes: edits });
    }
    tell(one, { t: 'saved', saved: file, about: aboutOf(one) });
    changes.tell('pipelines');
  }

  const isUnsaved = ({ file, saved, path }: Base): boolean =>
    (saved === null || !samePipeline(file, saved)) && (path !== null || Object.keys(file.nodes).length > 0);
  const windowsOf = (one: OpenPipeline): number => new Set([...one.members].map(({ window }) => window)).size;
  const aboutOf = (one: OpenPipeline): AboutOpen => ({
    hostDraft: one.draft,
    path: one.path,
    baseHash: one.baseHash,
    trusted: one.trusted,
    windows: windowsOf(one),
    run: one.run,
  });
  const tell = (one: OpenPipeline, item: OpenItem): void => {
    for (const member of one.members) {
      member.waiting.push(item);
      member.wake();
    }
  };
  const write = (one: OpenPipeline): void =>
    drafts.keep({
      draft: one.draft,
      path: one.path,
      title: one.file.title,
      file: one.file,
      savedHash: one.baseHash,
      time_ms: one.changedMs,
      seqs: Object.fromEntries([...one.seqs].slice(-rememberedWindows)),
    });

  const atPath = (path: string): OpenPipeline | undefined =>
    [...open.values()].findLast((other) => other.path === path);

  function begin({ draft, hostDraft = draft }: Names, base: Base): OpenPipeline {
    // A window that still has it takes it back.
    for (const name of new Set([draft, hostDraft])) drafts.takeBack(name);
    const kept = drafts.get(hostDraft) ?? drafts.get(draft);
    const there = open.get(hostDraft) ?? (kept === undefined ? elsewhere(base) : undefined);
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
    if (kept === undefined && isUnsaved(one)) write(one);
    for (const name of one.names) open.set(name, one);
    return one;
  }

  /** A file without unsaved work that was open before the host was started anew; meanwhile another window has opened it. */
  const elsewhere = (base: Base): OpenPipeline | undefined =>
    base.path === null || isUnsaved(base) ? undefined : atPath(base.path);

  function leave(one: OpenPipeline, member: Member): void {
    one.members.delete(member);
    if (isClosing) return;
    if (one.members.size === 0) {
      for (const name of one.names) open.delete(name);
      // What stays is compared with the file before it is offered.
      if (!isUnsaved(one)) writeIfTaken(() => drafts.forget(one.draft));
    } else tell(one, { t: 'about', about: aboutOf(one) });
    changes.tell('pipelines');
  }

  async function* follow(
    { draft, hostDraft, window, ...base }: Base & Names & { window: string },
    signal: AbortSignal,
  ): AsyncGenerator<OpenItem, void, void> {
    const one = open.get(draft) ?? begin({ draft, hostDraft }, base);
    // Its old connection may still bring what it sent there, after it has been told here that this did not arrive: that comes too late then, as
    // from a window that has not seen all.
    if ([...one.members].some((other) => other.window === window)) {
      one.rev += 1;
      tell(one, { t: 'edit', rev: one.rev, window, changes: [] });
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
    changes.tell('pipelines');
    try {
      // A window that comes, or is loaded anew, begins with what stands there now.
      if (one.path !== null && !isUnsaved(one)) await files.look(one.path);
      // What it was told meanwhile is in the whole.
      member.waiting.length = 0;
      // Also one from before it was opened, or of the command line.
      one.run = lastRun(one) ?? one.run;
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
        if (member.waiting.length === 0 && !signal.aborted)
          await new Promise<void>((resolve) => (member.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', stop);
      leave(one, member);
    }
  }

  return {
    follow,
    edit: ({ draft, window, seq, rev, changes: edits, over }) => {
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
      write(next);
      Object.assign(one, { file, seqs, changedMs: next.changedMs, rev: one.rev + 1 });
      tell(one, { t: 'edit', rev: one.rev, window, changes: [...edits], ...(over === undefined ? {} : { over }) });
      return { taken: true, rev: one.rev };
    },
    settle: (draft, { path, hash, trusted, file }) => {
      const one = open.get(draft);
      if (one === undefined) {
        const kept = drafts.get(draft);
        if (kept !== undefined && samePipeline(kept.file, file)) drafts.forget(draft);
      } else {
        Object.assign(one, { path: path ?? one.path, baseHash: hash, trusted, saved: file });
        if (drafts.get(one.draft) !== undefined) write(one);
        tell(one, { t: 'saved', saved: file, about: aboutOf(one) });
      }
      changes.tell('pipelines');
    },
    trust: (path) => {
      for (const one of new Set(open.values()))
        if (one.path === path) {
          one.trusted = true;
          tell(one, { t: 'about', about: aboutOf(one) });
        }
    },
    nameOf: (draft) => open.get(draft)?.draft ?? draft,
    ran: (draft, run) => {
      const one = open.get(draft);
      if (one === undefined) return;
      one.run = run;
      tell(one, { t: 'about', about: aboutOf(one) });
    },
    discard: ({ draft, window }) => {
      const one = open.get(draft);
      if (one !== undefined && [...one.members].some((member) => member.window !== window)) return { discarded: false };
      drafts.discard(one?.draft ?? draft, now());
      changes.tell('pipelines');
      return { discarded: true };
    },
    takeBack: (draft) => {
      drafts.takeBack(draft);
      changes.tell('pipelines');
    },
    list: async () => {
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
            const onDisk =
              kept.path === null ? undefined : await readPipeline(workspace, kept.path).catch(() => undefined);
            const saved = onDisk !== undefined && onDisk.hash === kept.savedHash ? onDisk.file : null;
            return isUnsaved({ ...kept, saved, baseHash: kept.savedHash, trusted: true })
              ? [{ ...kept, saved, windows: 0 }]
              : [];
          }),
      );
      return [
        ...live.filter(({ file, path }) => path !== null || Object.keys(file.nodes).length > 0),
        ...left.flat(),
      ].sort((a, b) => b.time_ms - a.time_ms);
    },
    look: files.look,
    at: (path, onDisk) => {
      const one = atPath(path);
      if (one !== undefined)
        return { ...one, windows: windowsOf(one), changedMs: isUnsaved(one) ? one.changedMs : null };
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
    },
    close: () => {
      isClosing = true;
      files.stop();
    },
  };
}
