import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { type WebSocket as ServerSocket, WebSocketServer } from 'ws';
import * as z from 'zod';
import { fail, FlowyardError } from '../errors.ts';
import { connect, type Connection, type ConnectionState } from './client.ts';
import { messagePortPipe } from './message-port.ts';
import { subscriptionCredit } from './messages.ts';
import type { Pipe } from './pipe.ts';
import { serve } from './server.ts';
import type { Handlers } from './typed.ts';
import { openSocketPipe, webSocketPipe } from './web-socket.ts';

const contract = {
  add: { kind: 'call', input: z.object({ a: z.number(), b: z.number().default(10) }), output: z.number() },
  reverse: {
    kind: 'call',
    input: z.object({ bytes: z.instanceof(Uint8Array) }),
    output: z.object({ pages: z.array(z.instanceof(Uint8Array)), note: z.string() }),
  },
  wait: { kind: 'call', input: z.object({}), output: z.string() },
  refuse: { kind: 'call', input: z.object({}), output: z.string() },
  break: { kind: 'call', input: z.object({}), output: z.string() },
  count: { kind: 'subscribe', input: z.object({ after: z.int(), upTo: z.int() }), output: z.int() },
} as const;
type TestContract = typeof contract;

/** What the host's side saw. */
interface Seen {
  made: number;
  waits: number;
  aborted: number;
  ended: number;
}
function makeHandlers(seen: Seen): Handlers<TestContract> {
  return {
    add: ({ a, b }) => a + b,
    reverse: ({ bytes }) => ({ pages: [bytes.toReversed(), new Uint8Array(0)], note: 'ünï' }),
    wait: (_input, { signal }) =>
      new Promise((_resolve, reject) => {
        seen.waits += 1;
        signal.addEventListener('abort', () => {
          seen.aborted += 1;
          reject(new Error('stopped'));
        });
      }),
    refuse: () => {
      throw fail('csv.ragged-row', {
        message: 'Row 7 has 4 values.',
        mend: 'Add one.',
        node: 'customers',
        facts: { row: 7 },
      });
    },
    break: () => {
      throw new TypeError('x is not a function');
    },
    count: async function* ({ after, upTo }, { signal }) {
      try {
        for (let i = after + 1; i <= upTo && !signal.aborted; i++) {
          seen.made += 1;
          yield i;
        }
      } finally {
        seen.ended += 1;
      }
    },
  };
}

interface Line {
  connection: Connection<TestContract>;
  seen: Seen;
  /** Cuts the line as a crash would; the host answers again when `restore` is called. */
  cut: () => Promise<void>;
  restore: () => void;
  close: () => Promise<void>;
}
const opened: Line[] = [];
afterEach(async () => {
  for (const line of opened.splice(0)) await line.close();
});

const options = { contract, protocol: 3, checkOutputs: true };

async function overPorts(protocolOfWindow = 3): Promise<Line> {
  const seen: Seen = { made: 0, waits: 0, aborted: 0, ended: 0 };
  let reachable = true;
  let ports: { close: () => void }[] = [];
  const open = async (): Promise<Pipe> => {
    if (!reachable) throw new Error('no port');
    const { port1, port2 } = new MessageChannel();
    ports = [port1, port2];
    serve({ ...options, handlers: makeHandlers(seen), pipe: messagePortPipe(port1) });
    return messagePortPipe(port2);
  };
  const connection = connect({ contract, protocol: protocolOfWindow, open, firstRetryMs: 5, longestRetryMs: 20 });
  const line: Line = {
    connection,
    seen,
    cut: async () => {
      reachable = false;
      ports[0]?.close();
    },
    restore: () => {
      reachable = true;
    },
    close: async () => {
      connection.close();
      for (const port of ports) port.close();
    },
  };
  opened.push(line);
  return line;
}

async function overSockets(protocolOfWindow = 3): Promise<Line> {
  const seen: Seen = { made: 0, waits: 0, aborted: 0, ended: 0 };
  const http: Server = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const sockets = new WebSocketServer({ server: http });
  let reachable = true;
  sockets.on('connection', (socket: ServerSocket) => {
    if (!reachable) socket.terminate();
    else serve({ ...options, handlers: makeHandlers(seen), pipe: webSocketPipe(socket) });
  });
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connection = connect({
    contract,
    protocol: protocolOfWindow,
    open: () => openSocketPipe(new WebSocket(`ws://127.0.0.1:${port}`)),
    firstRetryMs: 5,
    longestRetryMs: 20,
  });
  const line: Line = {
    connection,
    seen,
    cut: async () => {
      reachable = false;
      for (const socket of sockets.clients) socket.terminate();
    },
    restore: () => {
      reachable = true;
    },
    close: async () => {
      connection.close();
      for (const socket of sockets.clients) socket.terminate();
      http.close();
      await once(http, 'close');
    },
  };
  opened.push(line);
  return line;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fulfilled',
    (error: unknown) => (error instanceof FlowyardError ? error.code : String(error)),
  );
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((done) => setTimeout(done, 2));
};
const stateOf = (line: Line, name: ConnectionState['name']): Promise<void> =>
  until(() => line.connection.state().name === name);

describe.each([
  ['a message channel', overPorts],
  ['a WebSocket', overSockets],
])('over %s', (_name, open) => {
  test('a call gives its answer, with defaults of its input', async () => {
    const { api } = (await open()).connection;
    expect(await api.add({ a: 1, b: 2 })).toBe(3);
    expect(await api.add({ a: 1 })).toBe(11);
  });

  test('bytes cross as bytes, both ways', async () => {
    const { api } = (await open()).connection;
    expect(await api.reverse({ bytes: new Uint8Array([1, 2, 255]) })).toEqual({
      pages: [new Uint8Array([255, 2, 1]), new Uint8Array(0)],
      note: 'ünï',
    });
  });

  test('a problem crosses whole; an unforeseen failure says so; a wrong input is refused at its place', async () => {
    const { api } = (await open()).connection;
    const problem = await api
      .refuse({})
      .catch((error: unknown) => (error instanceof FlowyardError ? error.problem : error));
    expect(problem).toEqual({
      code: 'csv.ragged-row',
      severity: 'error',
      message: 'Row 7 has 4 values.',
      mend: 'Add one.',
      node: 'customers',
      facts: { row: 7 },
    });
    expect(await codeOf(api.break({}))).toBe('internal.unexpected');
    // @ts-expect-error a text where a number belongs
    expect(await codeOf(api.add({ a: 'one' }))).toBe('call.bad-input');
  });

  test('aborting a call rejects at once and reaches the handler', async () => {
    const { connection, seen } = await open();
    const controller = new AbortController();
    const answer = connection.api.wait({}, { signal: controller.signal });
    await until(() => seen.waits === 1);
    controller.abort();
    expect(await codeOf(answer)).toBe('call.cancelled');
    await until(() => seen.aborted === 1);
    expect(await codeOf(connection.api.wait({}, { signal: controller.signal }))).toBe('call.cancelled');
  });

  test('a subscription gives every item in order and ends', async () => {
    const { connection, seen } = await open();
    expect(await collect(connection.api.count({ after: 0, upTo: 100 }))).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
    expect(seen.ended).toBe(1);
  });

  test('a reader who stops reading stops the maker', async () => {
    const { connection, seen } = await open();
    const items = connection.api.count({ after: 0, upTo: 1_000_000 })[Symbol.asyncIterator]();
    expect(await items.next()).toEqual({ done: false, value: 1 });
    await connection.api.add({ a: 1 });
    await until(() => seen.made === subscriptionCredit);
    await connection.api.add({ a: 1 });
    expect(seen.made).toBe(subscriptionCredit);
    await items.return?.();
    await until(() => seen.ended === 1);
    expect(seen.made).toBeLessThanOrEqual(subscriptionCredit + 1);
  });

  test('leaving the loop or aborting ends the handler', async () => {
    const { connection, seen } = await open();
    for await (const i of connection.api.count({ after: 0, upTo: 1_000_000 })) if (i === 3) break;
    await until(() => seen.ended === 1);
    const controller = new AbortController();
    const got: number[] = [];
    for await (const i of connection.api.count({ after: 0, upTo: 1_000_000 }, { signal: controller.signal })) {
      got.push(i);
      if (i === 5) controller.abort();
    }
    expect(got).toEqual([1, 2, 3, 4, 5]);
    await until(() => seen.ended === 2);
  });

  test('a lost line fails the calls under way, stops their handlers, and comes back', async () => {
    const line = await open();
    const answer = line.connection.api.wait({});
    await until(() => line.seen.waits === 1);
    const states: string[] = [];
    line.connection.onState((state) => states.push(state.name));
    await line.cut();
    expect(await codeOf(answer)).toBe('connection.lost');
    expect(await codeOf(line.connection.api.add({ a: 1 }))).toBe('connection.lost');
    await until(() => line.seen.aborted === 1);
    line.restore();
    await stateOf(line, 'open');
    expect(states.slice(0, 2)).toEqual(['lost', 'connecting']);
    expect(await line.connection.api.add({ a: 1 })).toBe(11);
  });

  test('a resumable subscription goes on after the last item; another ends with the loss', async () => {
    const line = await open();
    const resumable = line.connection.api.count(
      { after: 0, upTo: 60 },
      { resume: (last) => ({ after: last, upTo: 60 }) },
    );
    const plain = line.connection.api.count({ after: 0, upTo: 60 })[Symbol.asyncIterator]();
    await plain.next();
    const got: number[] = [];
    for await (const i of resumable) {
      got.push(i);
      if (i === 10) {
        await line.cut();
        await stateOf(line, 'lost');
        line.restore();
      }
    }
    expect(got).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(await codeOf(collect({ [Symbol.asyncIterator]: () => plain }))).toBe('connection.lost');
  });

  test('a resumable subscription that begins while the line is lost waits for it', async () => {
    const line = await open();
    await stateOf(line, 'open');
    await line.cut();
    await stateOf(line, 'lost');
    const items = collect(
      line.connection.api.count({ after: 0, upTo: 3 }, { resume: (last) => ({ after: last, upTo: 3 }) }),
    );
    line.restore();
    expect(await items).toEqual([1, 2, 3]);
  });

  test('two versions of the protocol refuse each other for good', async () => {
    const line = await open(4);
    await stateOf(line, 'lost');
    expect(line.connection.state()).toEqual({
      name: 'lost',
      problem: expect.objectContaining({ code: 'connection.version', facts: { window: 4, host: 3 } }),
      retryMs: null,
    });
    expect(await codeOf(line.connection.api.add({ a: 1 }))).toBe('connection.version');
  });

  test('closing fails what is open and is final', async () => {
    const line = await open();
    const answer = line.connection.api.wait({});
    await until(() => line.seen.waits === 1);
    line.connection.close();
    expect(await codeOf(answer)).toBe('connection.closed');
    expect(await codeOf(line.connection.api.add({ a: 1 }))).toBe('connection.closed');
  });
});

test('an answer against the contract is found when outputs are checked', async () => {
  const { port1, port2 } = new MessageChannel();
  const handlers = makeHandlers({ made: 0, waits: 0, aborted: 0, ended: 0 });
  const server = serve({ ...options, handlers: { ...handlers, add: () => Number.NaN }, pipe: messagePortPipe(port1) });
  const connection = connect({ contract, protocol: 3, open: async () => messagePortPipe(port2) });
  expect(await codeOf(connection.api.add({ a: 1 }))).toBe('call.bad-output');
  connection.close();
  server.close();
});
