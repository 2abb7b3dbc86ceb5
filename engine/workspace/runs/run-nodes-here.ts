/** A part of a run that is computed on this machine before the rest goes elsewhere: a runner of its own, whose end is not the run's. */
import { cancelled, failWith } from '../../../shared/errors.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { Budget, Wish } from '../../compute/budget.ts';
import type { RunRequest } from '../../run/run-request.ts';
import { startRunner } from '../../run/runner/start-runner.ts';
import type { LiveRun } from './live-run.ts';

export interface NodesHereOptions {
  budget: Budget;
  wish: Wish;
  command: readonly string[];
  secretsOf: (request: RunRequest) => Promise<Readonly<Record<string, string>>>;
  onEvent: (event: RunEvent) => void;
}

/** Rejects with the run's own problem where it failed. */
export async function runNodesHere(
  one: LiveRun,
  nodes: readonly string[],
  signal: AbortSignal,
  { budget, wish, command, secretsOf, onEvent }: NodesHereOptions,
): Promise<void> {
  const share = await new Promise<NonNullable<LiveRun['share']>>((resolve, reject) => {
    const asked = budget.ask(wish, resolve);
    signal.addEventListener('abort', () => (asked.withdraw(), reject(cancelled())), { once: true });
  });
  let finished: Extract<RunEvent, { type: 'run-finished' }> | undefined;
  try {
    const request = { ...one.requestWith(share), parts: [...nodes] };
    const secrets = await secretsOf(request);
    signal.throwIfAborted();
    const handle = startRunner(
      { ...request, secrets },
      {
        command,
        onEvent: (event) => {
          if (event.type === 'run-finished') finished = event;
          else onEvent(event);
        },
      },
    );
    one.handle = handle;
    const stop = (): void => handle.cancel();
    signal.addEventListener('abort', stop, { once: true });
    const { problem } = await handle.ended;
    signal.removeEventListener('abort', stop);
    if (finished?.status === 'done') return;
    const said = finished?.problem ?? problem;
    throw said === undefined ? cancelled() : failWith(said);
  } finally {
    one.handle = undefined;
    share.release();
  }
}
