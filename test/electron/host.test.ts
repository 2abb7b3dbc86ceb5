/** The desktop's host over real message ports: worker_threads' stand in for Electron's. */
import { EventEmitter } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import { serveWindows, type PipedHost } from '../../electron/host.ts';
import { connect } from '../../shared/rpc/client.ts';
import { messagePortPipe, type PortLike } from '../../shared/rpc/message-port.ts';
import { serve } from '../../shared/rpc/server.ts';

const contract = {
  double: { kind: 'call', input: z.object({ bytes: z.instanceof(Uint8Array) }), output: z.instanceof(Uint8Array) },
  count: { kind: 'subscribe', input: z.object({ from: z.int() }), output: z.int() },
} as const;
const protocol = 1;

class Parent extends EventEmitter<{ message: [{ data: unknown; ports: PortLike[] }] }> {
  postMessage(): void {}
}

interface Rig extends AsyncDisposable {
  openWindow: () => ReturnType<typeof connect<typeof contract>>;
  parent: Parent;
  exits: number[];
  closed: () => boolean;
}

function startHost(open?: () => Promise<PipedHost>): Rig {
  const parent = new Parent();
  const exits: number[] = [];
  let isClosed = false;
  const host: PipedHost = {
    serve: (pipe) => {
      serve({
        contract,
        protocol,
        pipe,
        handlers: {
          double: ({ bytes }) => bytes.map((byte) => byte * 2),
          count: async function* ({ from }) {
            for (let next = from; ; next++) yield next;
          },
        },
      });
    },
    close: async () => void (isClosed = true),
  };
  const windows: { close: () => void }[] = [];
  void serveWindows(parent, open ?? (() => Promise.resolve(host)), (code) => exits.push(code));
  return {
    parent,
    exits,
    closed: () => isClosed,
    openWindow: () => {
      const connection = connect({
        contract,
        protocol,
        open: async () => {
          const { port1, port2 } = new MessageChannel();
          parent.emit('message', { data: { type: 'window' }, ports: [port2] });
          return messagePortPipe(port1);
        },
      });
      windows.push(connection);
      return connection;
    },
    [Symbol.asyncDispose]: async () => windows.forEach((window) => window.close()),
  };
}

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.[Symbol.asyncDispose]();
  rig = undefined;
});

test('two windows call and subscribe, each over its own port, and bytes stay bytes', async () => {
  rig = startHost();
  const [one, two] = [rig.openWindow(), rig.openWindow()];
  expect(await one.api.double({ bytes: Uint8Array.of(1, 2) })).toEqual(Uint8Array.of(2, 4));
  const seen: number[] = [];
  for await (const item of two.api.count({ from: 5 })) {
    seen.push(item);
    if (seen.length === 40) break;
  }
  expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 5));
});

test('a wrong input comes back as a problem that names it', async () => {
  rig = startHost();
  const wrong = JSON.parse('{"bytes": 7}');
  await expect(rig.openWindow().api.double(wrong)).rejects.toMatchObject({
    code: 'call.bad-input',
    problem: { facts: { path: 'bytes' } },
  });
});

test('a window that came while the host was opening is served when it is open', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const served: unknown[] = [];
  rig = startHost(async () => {
    await promise;
    return { serve: (pipe) => void served.push(pipe), close: async () => undefined };
  });
  rig.parent.emit('message', { data: { type: 'window' }, ports: [new MessageChannel().port1] });
  expect(served).toEqual([]);
  resolve();
  await new Promise(setImmediate);
  expect(served).toHaveLength(1);
});

test('told to stop, it closes and ends with 0; a workspace that cannot be opened ends it with 1', async () => {
  rig = startHost();
  rig.parent.emit('message', { data: { type: 'stop' }, ports: [] });
  await new Promise(setImmediate);
  expect([rig.closed(), rig.exits]).toEqual([true, [0]]);
  const broken = startHost(() => Promise.reject(new Error('expected in this test: the disk is gone')));
  await new Promise(setImmediate);
  expect(broken.exits).toEqual([1]);
});
