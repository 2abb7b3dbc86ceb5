/** A run on this machine: it waits for its share, then gets a runner process. */
import type { Problem } from '../../../shared/errors.ts';
import type { RunLimits } from '../../../shared/run/run-limits.ts';
import { limitsOf, plannedOf } from '../../compute/machine-memory.ts';
import type { RunRequest } from '../../run/run-request.ts';
import { startRunner } from '../../run/runner/start-runner.ts';
import { namedSecrets } from '../../secrets/named-secrets.ts';
import { hostEnded, type LiveRun } from './live-run.ts';
import { endRun, failRun, finishRun, recordFact, takeEvent } from './run-facts.ts';
import type { Runs } from './runs-state.ts';

/** It ended of what it computes: the same would happen again. */
const isOfRun = ({ code }: Problem): boolean =>
  code === 'run.out-of-memory' || code === 'run.time-limit' || code === 'run.crashed';

/** Its turn comes when its share of memory and cores is free. */
export function queueRun(
  runs: Runs,
  run: string,
  one: LiveRun,
  { threads, heavy, limits }: { threads: number | undefined; heavy: boolean; limits?: RunLimits | undefined },
): void {
  const wish = { memoryBytes: plannedOf(limitsOf('run', limits?.memoryBytes).limitBytes), threads, heavy };
  one.asked = runs.budget.ask(wish, (share) => {
    if (runs.closing) return;
    one.share = share;
    // What came from elsewhere was computed for this run: the rest takes it from the cache.
    const request = {
      ...one.requestWith(share),
      ...(one.reportedElsewhere === undefined ? {} : { ignoreCache: false }),
    };
    void launchWithSecrets(runs, run, one, request);
  });
  const { reason } = one.asked;
  if (reason !== undefined) recordFact(runs, run, one, { type: 'run-queued', reason }, runs.options.now());
}

async function launchWithSecrets(runs: Runs, run: string, one: LiveRun, request: RunRequest): Promise<void> {
  try {
    const names = namedSecrets(request.file, request.parameters);
    const secrets = names.length === 0 ? {} : ((await runs.options.readSecrets?.(names)) ?? {});
    if (!one.finished && !runs.closing) launch(runs, run, one, request, secrets);
  } catch (error) {
    await failRun(runs, run, one, error);
  }
}

function launch(
  runs: Runs,
  run: string,
  one: LiveRun,
  request: RunRequest,
  secrets: Readonly<Record<string, string>>,
): void {
  const { runnerCommand, spareRunner, now } = runs.options;
  one.handle = startRunner(
    { ...request, secrets },
    {
      command: runnerCommand,
      spare: spareRunner?.take(request.limits?.memoryBytes),
      onEvent: (event) => takeEvent(runs, run, one, event),
    },
  );
  void one.handle.ended.then(({ problem }) => {
    if (!one.finished && !runs.closing && problem !== undefined && isOfRun(problem)) {
      // The card of the node that it worked at says so, too.
      if (problem.node !== undefined)
        takeEvent(runs, run, one, { type: 'node-failed', node: problem.node, problem, run, seq: 0, time_ms: now() });
      finishRun(runs, run, one, problem, 'failed');
    }
    if (!one.finished) finishRun(runs, run, one, runs.closing ? hostEnded : problem);
    void endRun(runs, run, one);
  });
}
