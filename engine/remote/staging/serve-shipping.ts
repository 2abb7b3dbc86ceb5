/** The body of the process that plans what has to be sent: one request in, one `Shipping` or problem out. */
import { stdin, stdout } from 'node:process';
import { text } from 'node:stream/consumers';
import { toProblem } from '../../../shared/errors.ts';
import type { RunEnvironment } from '../../run/run-request.ts';
import { runRequest } from '../../../shared/run/runner-protocol.ts';
import { planShipping } from './plan-shipping.ts';

export async function serveShipping(openEnvironment: (workspace: string) => Promise<RunEnvironment>): Promise<void> {
  const request = runRequest.parse(JSON.parse(await text(stdin)));
  try {
    stdout.write(JSON.stringify(await planShipping(request, await openEnvironment(request.workspace))));
  } catch (error) {
    stdout.write(JSON.stringify({ problem: toProblem(error) }));
  }
}
