/** What a run tells, from any of its facts on: those that are kept, then what comes, a bundle at a time. */
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { Store } from '../../store/store.ts';
import { pause } from '../change-hub.ts';
import { isUnknown, type LiveRun } from './live-run.ts';

export interface RunEventSources {
  live: ReadonlyMap<string, LiveRun>;
  store: Store;
}

const sendEveryMs = 100;
const pageOfEvents = 500;

export async function* streamRunEvents(
  { live, store }: RunEventSources,
  { run, afterSeq, signal }: { run: string; afterSeq: number; signal: AbortSignal },
): AsyncIterable<RunEvent[]> {
  if (store.runs.get(run) === undefined) throw isUnknown(run);
  let seq = afterSeq;
  for (;;) {
    const one = live.get(run);
    const facts = store.eventsAfter(run, seq, pageOfEvents);
    const full = facts.length === pageOfEvents;
    const lastFact = facts.at(-1)?.seq ?? seq;
    const progress = full ? [] : [...(one?.progress.values() ?? [])].filter((event) => event.seq > seq);
    const batch = [...facts, ...progress].sort((a, b) => a.seq - b.seq);
    if (batch.length > 0) {
      yield batch;
      seq = Math.max(lastFact, batch.at(-1)?.seq ?? seq);
    }
    if (signal.aborted || facts.some((event) => event.type === 'run-finished')) return;
    if (full) continue;
    if (one === undefined || one.finished) {
      // Finished, and nothing new: all was told before.
      if (batch.length === 0) return;
      continue;
    }
    if (batch.length > 0) await pause(sendEveryMs, AbortSignal.any([signal, one.over.signal]));
    await somethingNew(one, seq, () => !live.has(run), signal);
  }
}

/** Resolves when the run has told something after this number, has ended, or nobody wants to know any more. */
function somethingNew(one: LiveRun, seq: number, isOver: () => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (one.seq - 1 > seq || one.finished || isOver() || signal.aborted) return resolve();
    const wake = (): void => {
      one.watchers.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    one.watchers.add(wake);
    signal.addEventListener('abort', wake, { once: true });
  });
}
