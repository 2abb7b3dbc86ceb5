/** Two byte streams between processes as a pipe: u32 length, one byte (1: the frame holds byte arrays), the frame of `shared/rpc/frame.ts`. */
import type { Readable, Writable } from 'node:stream';
import { decodeFrame, encodeFrame } from '../../shared/rpc/frame.ts';
import type { Pipe } from '../../shared/rpc/pipe.ts';

const headBytes = 5;
/** No message of ours comes near it: such a length is noise on the line. */
const longestFrameBytes = 256 * 2 ** 20;

/** Nothing is read before the first listener is there, so a late one misses no message. */
export function streamPipe(input: Readable, output: Writable): Pipe {
  const listeners = new Set<() => void>();
  let closed = false;
  const end = (): void => {
    if (closed) return;
    closed = true;
    for (const listener of listeners) listener();
  };
  input.once('close', end).once('end', end).once('error', end);
  output.on('error', end);
  return {
    post: (message) => {
      if (closed) return;
      const frame = encodeFrame(message);
      const body = Buffer.from(frame);
      const head = Buffer.alloc(headBytes);
      head.writeUInt32LE(body.length);
      head.writeUInt8(typeof frame === 'string' ? 0 : 1, 4);
      // Both by one call of the system: each wakes the other process.
      output.cork();
      output.write(head);
      output.write(body);
      output.uncork();
    },
    onMessage: (listener) => {
      const read = makeReader(listener);
      input.on('data', (chunk: Buffer) => {
        if (!read(chunk)) input.destroy();
      });
    },
    onClose: (listener) => void listeners.add(listener),
    close: () => {
      output.end();
      input.destroy();
      end();
    },
    buffered: () => output.writableLength,
  };
}

/** Gives whole messages as their bytes come; false: the line holds something else. */
function makeReader(take: (message: unknown) => void): (chunk: Buffer) => boolean {
  let parts: Buffer[] = [];
  let held = 0;
  let wanted = headBytes;
  const all = (): Buffer => {
    const [only] = parts;
    const joined = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    parts = [joined];
    return joined;
  };
  return (chunk) => {
    parts.push(chunk);
    held += chunk.length;
    while (held >= wanted) {
      const bytes = all();
      const length = bytes.readUInt32LE(0);
      if (length > longestFrameBytes) return false;
      wanted = headBytes + length;
      if (held < wanted) return true;
      const body = bytes.subarray(headBytes, wanted);
      const message = decodeFrame(bytes.readUInt8(4) === 0 ? body.toString() : new Uint8Array(body).buffer);
      if (message === undefined) return false;
      parts = [bytes.subarray(wanted)];
      held -= wanted;
      wanted = headBytes;
      take(message);
    }
    return true;
  };
}
