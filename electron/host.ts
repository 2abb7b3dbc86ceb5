/** The host of one workspace inside Electron's utility process: every window's port becomes a pipe. */
import type { Pipe } from '../shared/rpc/pipe.ts';
import { messagePortPipe, type PortLike } from '../shared/rpc/message-port.ts';

/** What the composed host offers: see `openHost`. */
export interface PipedHost {
  serve: (pipe: Pipe) => void;
  close: () => Promise<void>;
}

/** Electron's `process.parentPort`, or a stand-in. */
export interface ParentPort {
  on: (event: 'message', listener: (event: { data: unknown; ports: PortLike[] }) => void) => unknown;
  postMessage: (message: unknown) => void;
}

/**
 * Serves every port that main hands over until main says `stop`. Ports may come while the host is still opening: they wait.
 * @param exit ends the process; the code tells main whether to start another
 */
export async function serveWindows(
  parent: ParentPort,
  open: () => Promise<PipedHost>,
  exit: (code: number) => void,
): Promise<void> {
  const opening = open();
  parent.on('message', ({ data, ports }) => {
    if (typeOf(data) === 'window')
      void opening.then((host) => ports.forEach((port) => host.serve(messagePortPipe(port))));
    if (typeOf(data) === 'stop')
      void opening
        .then((host) => host.close())
        .then(
          () => exit(0),
          () => exit(1),
        );
  });
  try {
    await opening;
  } catch (error) {
    console.error(error);
    exit(1);
  }
}

function typeOf(message: unknown): unknown {
  return message !== null && typeof message === 'object' && 'type' in message ? message.type : undefined;
}
