/** Looks at all runs of one remote together: one call for what they tell, one question to the scheduler, however many there are. */
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { Look, Watched } from './look.ts';
import type { OpenTarget } from '../open-target.ts';
import type { JobHandle, JobStatus } from '../queue/queue.ts';

export interface Follower {
  /** Tasks whose end is not known. */
  watched: () => Watched[];
  /** Jobs that the scheduler should be asked about now. */
  jobs: () => JobHandle[];
  /** What was told; resolves when it is kept. Asked again only then. */
  take: (looks: readonly Look[], statuses: ReadonlyMap<string, JobStatus>) => Promise<void>;
  /** The remote does not answer: since when, and why. */
  unreachable: (sinceMs: number, problem: Problem) => void;
}
export interface WatchTimes {
  lookMs: number;
  /** A quiet remote is looked at less often, up to this. */
  restMs: number;
  statusMs: number;
}
export interface TargetWatch {
  add: (follower: Follower) => void;
  remove: (follower: Follower) => void;
  /** Looks at once: a cancel was asked for. */
  hurry: () => void;
  /** Calls made, for tests and the panel. */
  calls: { looks: number; statuses: number };
  close: () => void;
}

// Over 80 lines: one timer: who is followed, when it is looked and what failed is one state.
export function watchTarget(target: OpenTarget, times: WatchTimes): TargetWatch {
  const followers = new Set<Follower>();
  const calls = { looks: 0, statuses: 0 };
  let running = false;
  let closed = false;
  let wake: (() => void) | undefined;
  let hurriesUntilMs = 0;
  let pauseMs = times.lookMs;
  let lastStatusMs = 0;
  let unreachableSince: number | undefined;
  let backoffMs = 1000;

  async function loop(): Promise<void> {
    if (running) return;
    running = true;
    while (!closed && followers.size > 0) {
      const waitMs =
        unreachableSince === undefined
          ? Date.now() < hurriesUntilMs
            ? Math.min(250, times.lookMs)
            : pauseMs
          : backoffMs;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (closed) break;
      try {
        const isActive = await once();
        unreachableSince = undefined;
        backoffMs = Math.min(1000, times.lookMs);
        pauseMs = isActive ? times.lookMs : Math.min(times.restMs, pauseMs * 1.3);
      } catch (error) {
        unreachableSince ??= Date.now();
        const problem = toProblem(error);
        for (const follower of followers) follower.unreachable(unreachableSince, problem);
        backoffMs = Math.min(30_000, backoffMs * 2);
      }
    }
    running = false;
  }

  /** Whether anything was told. */
  async function once(): Promise<boolean> {
    const all = [...followers].map((follower) => ({ follower, watched: follower.watched() }));
    const looks = await target.look(all.flatMap((one) => one.watched));
    calls.looks += 1;
    const jobs = Date.now() - lastStatusMs < times.statusMs ? [] : [...followers].flatMap((f) => f.jobs());
    let statuses: ReadonlyMap<string, JobStatus> = new Map();
    if (jobs.length > 0) {
      lastStatusMs = Date.now();
      calls.statuses += 1;
      statuses = await target.queue.status(jobs);
    }
    let at = 0;
    for (const { follower, watched } of all) {
      const mine = looks.slice(at, at + watched.length);
      at += watched.length;
      if (followers.has(follower)) await follower.take(mine, statuses);
    }
    return looks.some((l) => l.lines.length > 0 || l.exit !== undefined || l.hasMore);
  }

  return {
    calls,
    add: (follower) => {
      followers.add(follower);
      pauseMs = Math.min(200, times.lookMs);
      wake?.();
      void loop();
    },
    remove: (follower) => void followers.delete(follower),
    hurry: () => {
      hurriesUntilMs = Date.now() + 10_000;
      lastStatusMs = 0;
      backoffMs = 250;
      wake?.();
    },
    close: () => {
      closed = true;
      wake?.();
      target.close();
    },
  };
}
