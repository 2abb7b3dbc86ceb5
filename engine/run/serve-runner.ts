/** The body of a runner process: reads one request, runs it, writes events, and goes when its host goes. */
import { createInterface } from 'node:readline';
import { executeRun, type RunHouse } from './execute.ts';
import { runRequest } from './runner-protocol.ts';

export async function serveRunner(openHouse: (workspace: string) => Promise<RunHouse>): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const abort = new AbortController();
  const request = await new Promise<ReturnType<typeof runRequest.parse> | null>((resolve) => {
    lines.once('line', (line) => resolve(runRequest.parse(JSON.parse(line))));
    lines.once('close', () => resolve(null));
  });
  if (request === null) return;
  lines.on('line', (line) => {
    if (line.includes('"cancel"')) abort.abort();
  });
  // The host is gone: nobody would keep the result, and a run without a host is a stray process.
  lines.on('close', () => abort.abort());
  const house = await openHouse(request.workspace);
  await executeRun(request, house, (event) => process.stdout.write(`${JSON.stringify(event)}\n`), abort.signal);
  // An input that is still read would keep the process alive.
  lines.close();
  process.stdin.destroy();
}
