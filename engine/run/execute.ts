/** One run of a pipeline, from the file to `run-finished`. The same code in a runner process, in a test and on a cluster. */
import { toProblem, type Problem } from '../../shared/errors.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { makeRedact } from '../secrets/redact.ts';
import { computeRun } from './compute-run.ts';
import { isAbort } from './node-log.ts';
import { planRun, type PlannedRun } from './plan-run.ts';
import { Recorder, type Metrics } from './recorder.ts';
import type { RunEnvironment, RunRequest } from './run-request.ts';
import { Steering } from './steering.ts';
import { metricsOfRun, metricsOfTrial } from './trial-metrics.ts';

export type RunStatus = 'done' | 'failed' | 'cancelled';
type Finished = Extract<RunEvent, { type: 'run-finished' }>;

export async function executeRun(
  request: RunRequest,
  environment: RunEnvironment,
  write: (event: RunEvent) => void,
  signal: AbortSignal,
  steering = new Steering(),
): Promise<RunStatus> {
  const started = performance.now();
  const redact = makeRedact(Object.values(request.secrets ?? {}));
  const recorder = new Recorder(request.run, write, environment.now, redact);
  const finish = (status: RunStatus, metrics: Metrics, more: Pick<Finished, 'problem' | 'trials'> = {}): RunStatus => {
    recorder.record({ type: 'run-finished', status, metrics, ms: Math.round(performance.now() - started), ...more });
    return status;
  };
  recorder.record({
    type: 'run-started',
    pipeline: request.file.title || request.path,
    parameters: JSON.parse(JSON.stringify(request.parameters)),
    nodes: Object.keys(request.file.nodes).sort(),
  });
  const ended = new Set<string>();
  let run: PlannedRun | undefined;
  let problem: Problem | undefined;
  try {
    run = await planRun(request, environment);
    recorder.nameCopies(
      run.graph.nodes.values(),
      run.trials.map(({ label }) => label),
    );
    signal.throwIfAborted();
    problem = await computeRun(run, { request, environment, recorder, signal, steering, ended });
  } catch (thrown) {
    const metrics = run === undefined ? {} : metricsOfRun(run, recorder.metrics, ended);
    if (isAbort(thrown) || signal.aborted) return finish('cancelled', metrics);
    return finish('failed', metrics, { problem: toProblem(thrown) });
  } finally {
    await environment.store.endRun(request.run);
  }
  const { graph, trials } = run;
  const metrics = trials.length === 0 ? recorder.metrics : metricsOfRun(run, recorder.metrics, ended);
  const measured = trials.map(({ values, label }) => ({
    variant: values,
    metrics: metricsOfTrial(graph, recorder.metrics, label),
  }));
  const more = measured.length > 0 ? { trials: measured } : {};
  return problem === undefined ? finish('done', metrics, more) : finish('failed', metrics, { problem, ...more });
}
