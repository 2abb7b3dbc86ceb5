/** A duplex pipe of messages: a MessagePort or a WebSocket, seen alike. Messages are structured data; byte arrays stay bytes on both. */
export interface Pipe {
  post: (message: unknown) => void;
  onMessage: (listener: (message: unknown) => void) => void;
  onClose: (listener: () => void) => void;
  close: () => void;
  /** Bytes accepted but not yet sent: what flow control looks at. */
  buffered: () => number;
}
