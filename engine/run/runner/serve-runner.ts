/** The body of a runner process: reads one request, runs it, writes events, and goes when its host goes. */
import { createInterface } from 'node:readline';
import { reportAtWork } from '../../compute/at-work.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import { executeRun } from '../execute.ts';
import type { RunEnvironment } from '../run-request.ts';
import { runnerOrder, runRequest } from '../../../shared/run/runner-protocol.ts';
import { Steering } from '../steering.ts';

/** @param openEnvironment with the kinds of the nodes that will run */
export async function serveRunner(
  openEnvironment: (workspace: string, kinds: readonly string[]) => Promise<RunEnvironment>,
): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const abort = new AbortController();
  const steering = new Steering();
  const request = await new Promise<ReturnType<typeof runRequest.parse> | null>((resolve) => {
    lines.once('line', (line) => resolve(runRequest.parse(JSON.parse(line))));
    lines.once('close', () => resolve(null));
  });
  if (request === null) return;
  lines.on('line', (line) => {
    const order = runnerOrder.parse(JSON.parse(line));
    if ('cancel' in order) abort.abort();
    else steering.steer(order.steer.node, order.steer.to);
  });
  // The host is gone: nobody would keep the result, and a run without a host is a stray process.
  lines.on('close', () => abort.abort());
  const kinds = Object.values(request.file.nodes).map((node) => node.kind);
  const environment = { ...(await openEnvironment(request.workspace, kinds)), atWork: reportAtWork };
  const write = (event: RunEvent): void => void process.stdout.write(`${JSON.stringify(event)}\n`);
  await executeRun(request, environment, write, abort.signal, steering);
  // An input that is still read would keep the process alive.
  lines.close();
  process.stdin.destroy();
}
