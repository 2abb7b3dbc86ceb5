/** The host of a workspace for a command: the one that lives there, or this process for as long as the command takes. */
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { Host } from '../engine/host/host.ts';
import { againWhileHostLeaves, connectToHost } from '../engine/host/reach-host.ts';
import { toProblem, type Problem } from '../shared/errors.ts';
import { connect, type Connection } from '../shared/rpc/client.ts';
import { contract, protocolVersion, type Contract } from '../shared/rpc/contract.ts';
import { messagePortPipe } from '../shared/rpc/message-port.ts';
import { installFolder } from './run-environment.ts';
import { openHost } from './open-host.ts';
import { complain } from './say.ts';
import { runnerAhead } from './runner-ahead.ts';

export type HostApi = Connection<Contract>['api'];
export interface HostInReach {
  api: HostApi;
  /** This process is the host. */
  isOwn: boolean;
}

export async function withHost<T>(workspace: string, work: (host: HostInReach) => Promise<T>): Promise<T> {
  const { host, connection } = await againWhileHostLeaves(() => hostInReach(workspace));
  if (host === undefined) {
    runnerAhead()?.discard();
    return withConnection(connection, (api) => work({ api, isOwn: false }));
  }
  try {
    // Found by other commands on this workspace: their runs come here.
    await host.serveApp({ rendererFolder: join(installFolder, 'dist', 'renderer'), port: 0 });
    return await withConnection(connectInside(host), (api) => work({ api, isOwn: true }));
  } finally {
    // The work is done and told: a history that could not be written to its end takes nothing of that back.
    await host.leave().catch((error: unknown) => sayProblem(toProblem(error)));
  }
}

async function hostInReach(
  workspace: string,
): Promise<{ host: Host; connection?: never } | { host?: never; connection: Connection<Contract> }> {
  const started = await openHost(workspace, sayProblem, { startsServices: false, spareRunner: runnerAhead() });
  return started.started ? { host: started.host } : { connection: await connectToHost(started.living) };
}

export const sayProblem = (problem: Problem): void =>
  complain(`${problem.message}${problem.mend === undefined ? '' : ` ${problem.mend}`}`);

async function withConnection<T>(connection: Connection<Contract>, work: (api: HostApi) => Promise<T>): Promise<T> {
  try {
    return await work(connection.api);
  } finally {
    connection.close();
  }
}

/** The same calls as over a socket, without one. */
function connectInside(host: Host): Connection<Contract> {
  const { port1, port2 } = new MessageChannel();
  host.serve(messagePortPipe(port1), 'process');
  return connect({ contract, protocol: protocolVersion, open: async () => messagePortPipe(port2) });
}
