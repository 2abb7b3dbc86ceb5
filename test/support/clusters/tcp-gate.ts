/** A way to a port that a test can cut or freeze, as a network does. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpGate {
  port: number;
  /** Breaks what is connected, after so many more bytes from the far side; 0: now. */
  cutAfter: (bytes: number) => void;
  /** Nothing goes through and nothing new is let in. */
  close: () => void;
  open: () => void;
  /** What is connected stays so, and silent. */
  freeze: (frozen: boolean) => void;
  end: () => Promise<void>;
}

export async function openGate(port: number): Promise<TcpGate> {
  const pairs = new Set<[Socket, Socket]>();
  let isOpen = true;
  let left = Number.POSITIVE_INFINITY;
  const breakAll = (): void => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
    pairs.clear();
  };
  const server = createServer((near) => {
    if (!isOpen) return void near.resetAndDestroy();
    const far = connect(port, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.on('data', (data: Buffer) => far.write(data));
    far.on('data', (data: Buffer) => {
      if (data.length < left) {
        left -= data.length;
        near.write(data);
        return;
      }
      near.write(data.subarray(0, left));
      left = Number.POSITIVE_INFINITY;
      setTimeout(breakAll, 5);
    });
    for (const one of pair) {
      one.on('error', () => undefined);
      one.once('close', () => {
        pairs.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    cutAfter: (bytes) => {
      if (bytes === 0) breakAll();
      else left = bytes;
    },
    close: () => {
      isOpen = false;
      breakAll();
    },
    open: () => void (isOpen = true),
    freeze: (frozen) => {
      for (const one of [...pairs].flat())
        if (frozen) one.pause();
        else one.resume();
    },
    end: async () => {
      breakAll();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
