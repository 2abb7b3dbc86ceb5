/** A run on a remote, seen from home: staged, handed over, followed to its end. What was reached is kept before the next step begins, so this can stop at any moment and be taken up by another process; nothing is done twice that may be done once only. */
import { FlowyardError, toProblem } from '../../../shared/errors.ts';
import { follow } from './follow-run.ts';
import { handOver } from './hand-over.ts';
import { asProblem } from './placed-problems.ts';
import type { PlacedRun, PlacedRunOptions } from './placed-types.ts';
import { end, endWith, newUnderway, reach, stop, type Underway } from './underway.ts';

const graceMs = 5000;
const sendCancelAgainMs = 5000;

export function startPlacedRun(options: PlacedRunOptions): PlacedRun {
  const way = newUnderway(options);
  const { record, keep } = options;
  const { state } = record;
  void go(way).catch((error: unknown) => {
    if (way.over) return;
    if (way.abort.signal.aborted && !state.cancelAsked) return stop(way, 'detached');
    endWith(way, toProblem(error instanceof FlowyardError ? error : asProblem(error)));
  });
  return {
    cancel: () => {
      if (way.over) return;
      state.cancelAsked = true;
      way.noMore.abort();
      keep(record);
      if (state.jobs.length > 0) void sendCancel(way);
      else if (state.intent === null) {
        way.abort.abort();
        end(way, { status: 'cancelled', metrics: {}, ms: 0 });
      }
    },
    detach: () => {
      way.abort.abort();
      stop(way, 'detached');
    },
    ended: way.ended,
  };
}

async function go(way: Underway): Promise<void> {
  const { ready, record } = way.options;
  const { state } = record;
  await ready;
  if (way.over) return;
  if (state.jobs.length === 0 || state.intent !== null) await handOver(way);
  if (way.over) return;
  follow(way, () => go(way));
  if (state.cancelAsked) await sendCancel(way);
}

async function sendCancel(way: Underway): Promise<void> {
  const { target, record } = way.options;
  const { open, watch } = target();
  const job = record.state.jobs.at(-1);
  watch.hurry();
  try {
    if (job !== undefined) await open.queue.cancel(job, graceMs);
    way.cancelSent = true;
    watch.hurry();
  } catch (error) {
    reach(way, 'unreachable', `the cancel has not arrived: ${toProblem(error).message}`);
    setTimeout(() => {
      if (!way.over) void sendCancel(way);
    }, sendCancelAgainMs).unref();
  }
}
