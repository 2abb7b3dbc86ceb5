/** How another process of this user talks with the host that lives in a workspace: the command line hands its run over, `flowyard app` asks for a fresh address. */
import { WebSocket } from 'ws';
import { fail } from '../../shared/errors.ts';
import { connect, type Connection } from '../../shared/rpc/client.ts';
import { contract, protocolVersion, type Contract } from '../../shared/rpc/contract.ts';
import { openSocketPipe } from '../../shared/rpc/web-socket.ts';
import type { LivingHost } from './lock.ts';

export function connectToHost({ url, token }: LivingHost): Connection<Contract> {
  const socketUrl = `${url.replace(/^http/, 'ws')}/rpc`;
  return connect({
    contract,
    protocol: protocolVersion,
    open: () => openSocketPipe(new WebSocket(socketUrl, { headers: { authorization: `Bearer ${token}` } })),
  });
}

/** An address that opens the living host's window, once. */
export async function askForAddress({ url, token }: LivingHost): Promise<string> {
  const gone = (cause?: unknown) =>
    fail(
      'host.gone',
      { message: 'The Flowyard that worked in this folder is gone.', mend: 'Try again: this one takes its place.' },
      { cause },
    );
  const response = await fetch(`${url}/new-address`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  }).catch((cause: unknown) => {
    throw gone(cause);
  });
  if (!response.ok) throw gone();
  const { address }: { address: string } = JSON.parse(await response.text());
  return address;
}
