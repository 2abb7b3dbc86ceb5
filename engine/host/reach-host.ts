/** How another process of this user talks with the host that lives in a workspace: the command line hands its run over, `flowyard app` asks for a fresh address. */
import { fail, failWith, type FlowyardError, toProblem } from '../../shared/errors.ts';
import { connect, type Connection } from '../../shared/rpc/client.ts';
import { contract, protocolVersion, type Contract } from '../../shared/rpc/contract.ts';
import { openSocketPipe } from '../../shared/rpc/web-socket.ts';
import { ask } from '../http/ask.ts';
import { readText } from '../http/read-body.ts';
import type { LivingHost } from './lock.ts';

type Address = Pick<LivingHost, 'url' | 'token'>;

/**
 * Resolves when the host has greeted. Nothing is opened again: where a host was, another process may be the next, with another address.
 * @throws `host.gone` when nobody answers at this address, `connection.version` when it speaks another protocol
 */
export async function connectToHost({ url, token }: Address): Promise<Connection<Contract>> {
  // Most commands find no living host and never need it.
  const { WebSocket } = await import('ws');
  const socketUrl = `${url.replace(/^http/, 'ws')}/rpc`;
  const connection = connect({
    contract,
    protocol: protocolVersion,
    reopens: false,
    open: () => openSocketPipe(new WebSocket(socketUrl, { headers: { authorization: `Bearer ${token}` } })),
  });
  await new Promise<void>((resolve, reject) => {
    const stopListening = connection.onState((state) => {
      if (state.name === 'connecting') return;
      stopListening();
      if (state.name === 'open') resolve();
      else reject(state.problem.code === 'connection.lost' ? gone(state.problem) : failWith(state.problem));
    });
  });
  return connection;
}

/** An address that opens the living host's window, once. */
export async function askForAddress({ url, token }: Address): Promise<string> {
  const response = await ask(`${url}/new-address`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: new AbortController().signal,
    seconds: 30,
    tooSlow: () => gone(),
  }).catch((cause: unknown) => {
    throw gone(cause);
  });
  const text = await readText(response.body, { mostBytes: 65_536, tooLarge: () => gone() });
  if (!response.ok) throw gone();
  const { address }: { address: string } = JSON.parse(text);
  return address;
}

/** The host that was asked is going or gone: who asked looks again who lives in the workspace. */
export const isHostGone = (thrown: unknown): boolean =>
  ['host.gone', 'host.leaving', 'connection.lost'].includes(toProblem(thrown).code);

/** Asks again, with a limit, while the host that it finds is on its way out: its name can still be read when nobody answers there any more. */
export async function againWhileHostLeaves<T>(attempt: () => Promise<T>, patienceMs = 30_000): Promise<T> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!isHostGone(thrown) || performance.now() > giveUpAt) throw thrown;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

const gone = (cause?: unknown): FlowyardError =>
  fail(
    'host.gone',
    { message: 'The Flowyard that worked in this folder is gone.', mend: 'Try again: this one takes its place.' },
    { cause },
  );
