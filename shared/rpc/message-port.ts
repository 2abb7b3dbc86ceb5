/** One adapter for three ports: the DOM's MessagePort, worker_threads' and Electron's MessagePortMain. They differ only in how they say "message". */
import type { Pipe } from './pipe.ts';

interface Listen {
  (event: 'close', listener: () => void): unknown;
  (event: 'message', listener: (value: unknown) => void): unknown;
}
/** What the three have in common. The DOM listens by `addEventListener`, the others by `on`. */
export interface PortLike {
  postMessage: (message: unknown) => void;
  close: () => void;
  start?: () => void;
  on?: Listen;
  addEventListener?: Listen;
}

export function messagePortPipe(port: PortLike): Pipe {
  let closed = false;
  const onClose = (listener: () => void): void => {
    if (port.on !== undefined) port.on('close', listener);
    else port.addEventListener?.('close', listener);
  };
  const onMessage = (listener: (value: unknown) => void): void => {
    if (port.on !== undefined) port.on('message', listener);
    else port.addEventListener?.('message', listener);
  };
  onClose(() => {
    closed = true;
  });
  return {
    post: (message) => {
      if (!closed) port.postMessage(message);
    },
    onMessage: (listener) => {
      onMessage((value) => listener(contentOf(value)));
      port.start?.();
    },
    onClose,
    close: () => port.close(),
    buffered: () => 0,
  };
}

/** worker_threads gives the message itself, the DOM and Electron an event around it. Every message of ours has `t`. */
function contentOf(value: unknown): unknown {
  return value !== null && typeof value === 'object' && !('t' in value) && 'data' in value ? value.data : value;
}
