/** A WebSocket as a pipe: a message is one text frame of JSON, or, when it holds byte arrays, one binary frame with the JSON first and the bytes behind it. */
import { decodeFrame, encodeFrame } from './frame.ts';
import type { Pipe } from './pipe.ts';

/** What the browser's WebSocket, Node's and that of `ws` have in common. */
export interface SocketLike {
  readonly readyState: number;
  readonly bufferedAmount: number;
  binaryType: string;
  send: (data: string | Uint8Array<ArrayBuffer>) => void;
  close: (code?: number, reason?: string) => void;
  addEventListener: (event: 'open' | 'message' | 'close' | 'error', listener: (event: object) => void) => void;
}
const openState = 1;

export function webSocketPipe(socket: SocketLike): Pipe {
  socket.binaryType = 'arraybuffer';
  return {
    post: (message) => {
      if (socket.readyState === openState) socket.send(encodeFrame(message));
    },
    onMessage: (listener) =>
      socket.addEventListener('message', (event) => {
        const data: unknown = 'data' in event ? event.data : undefined;
        const message = typeof data === 'string' || data instanceof ArrayBuffer ? decodeFrame(data) : undefined;
        // A frame that cannot be read is no frame of ours: the line is worth nothing any more.
        if (message === undefined) socket.close(1003, 'unreadable frame');
        else listener(message);
      }),
    onClose: (listener) => socket.addEventListener('close', () => listener()),
    close: () => socket.close(),
    buffered: () => socket.bufferedAmount,
  };
}

/** Waits until the socket is open; a refusal or an absent host rejects. */
export const openSocketPipe = (socket: SocketLike): Promise<Pipe> =>
  new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(webSocketPipe(socket)));
    const refuse = (): void => reject(new Error('the host cannot be reached'));
    socket.addEventListener('error', refuse);
    socket.addEventListener('close', refuse);
  });
