/**
 * How many requests a second a served model answers, beside MLServer with scikit-learn's HistGradientBoosting of the same rows: one line of JSON per case.
 *
 *     npm run bench -- serving [--python PATH] [--seconds 4] [--rounds 3] [--connections 1,16,64] [--rows 1,100]
 *
 * Each server is one process, as it is shipped; who asks is this process, by plain sockets that stay open. The servers take turns within a round, a case is the
 * median of its rounds. `sql alone` is a model whose recipe only SQL computes (a logarithm). With
 * `mlserver` and `mlserver-sklearn` in the Python; without a Python only our own are measured.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServiceProcess } from '../../engine/serve/service-process.ts';
import { Workshop } from '../support/workshop.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: process.env['FLOWYARD_PYTHON'] },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '1,16,64' },
    rows: { type: 'string', default: '1,100' },
  },
});
const numbers = (text: string): number[] => text.split(',').map(Number);
const columns = 20;
const trainingRows = 10_000;
const peerPort = 18_480;

interface Server {
  name: string;
  port: number;
  path: string;
  body: (rows: number) => string;
  stop: () => Promise<unknown>;
}

const value = (row: number, column: number): number => {
  const mixed = Math.sin(row * 12.9898 + column * 78.233) * 43_758.5453;
  return Math.round((mixed - Math.floor(mixed)) * 1e4) / 1e4;
};
const names = Array.from({ length: columns }, (_, c) => `c${c}`);
const rowAt = (row: number): number[] => names.map((_, c) => value(row, c));

const shop = await Workshop.open();
const folder = mkdtempSync(join(tmpdir(), 'flowyard-serving-'));
const servers: Server[] = [];
try {
  const lines = Array.from({ length: trainingRows }, (_, row) => {
    const cells = rowAt(row);
    const [a = 0, b = 0, c = 0] = cells;
    return [...cells, a + b * b + c * a + value(row, 99) * 0.3 > 1 ? 1 : 0].join(',');
  });
  const csv = `${[...names, 'target'].join(',')}\n${lines.join('\n')}\n`;
  await shop.write('rows.csv', csv);
  servers.push(await ours('ours', 'c0 * 1'));
  servers.push(await ours('sql alone', 'ln(c0 + 1)'));
  if (options.python !== undefined) servers.push(await peer(options.python, csv));
  for (const rows of numbers(options.rows))
    for (const connections of numbers(options.connections)) await measure(rows, connections);
} finally {
  for (const server of servers) await server.stop();
  await shop[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}

/** @param formula makes one of the model's columns */
async function ours(name: string, formula: string): Promise<Server> {
  const run = await shop.run(
    {
      rows: { kind: 'read.csv', params: { file: 'rows.csv' } },
      derive: { kind: 'clean.derive', params: { columns: [{ name: 'made', expression: formula }] } },
      train: { kind: 'train.gradient-boosting', params: { target: 'target', task: 'classification' } },
    },
    ['rows.rows -> derive.rows', 'derive.rows -> train.rows'],
  );
  if (run.status !== 'done') throw new Error(run.problems.map((one) => one.message).join(' '));
  const artifact = run.artifact('train');
  const service = startServiceProcess(
    {
      service: name,
      folder: artifact.folder,
      model: 'ours',
      version: 1,
      key: artifact.key,
      port: 0,
      anyPort: true,
      token: 'a token',
      settings: {},
    },
    {
      command: [process.execPath, join(import.meta.dirname, '../../cli/process.ts'), 'service'],
      onRequest: () => undefined,
    },
  );
  const { port } = await service.ready;
  const body = (count: number): string =>
    JSON.stringify({
      rows: Array.from({ length: count }, (_, row) => Object.fromEntries(rowAt(row).map((v, c) => [names[c], v]))),
    });
  return { name, port, path: '/predict', body, stop: () => service.stop() };
}

async function peer(python: string, csv: string): Promise<Server> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rows.csv'), csv);
  const child = spawn(python, [join(import.meta.dirname, 'serving.py'), folder, String(peerPort)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said = `${said}${data.toString()}`.slice(-2000);
  });
  const body = (count: number): string =>
    JSON.stringify({
      inputs: [
        {
          name: 'predict',
          shape: [count, columns],
          datatype: 'FP64',
          data: Array.from({ length: count }, (_, row) => rowAt(row)),
        },
      ],
      outputs: [{ name: 'predict' }, { name: 'predict_proba' }],
    });
  const server: Server = {
    name: 'mlserver',
    port: peerPort,
    path: '/v2/models/peer/infer',
    body,
    stop: () => ended(child),
  };
  for (const until = Date.now() + 120_000; Date.now() < until;) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${peerPort}/v2/models/peer/ready`).catch(() => undefined);
    if (answer?.ok === true) return server;
    await new Promise((done) => setTimeout(done, 300));
  }
  await ended(child);
  throw new Error(`MLServer did not start: ${said}`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('close', done));
  child.kill('SIGKILL');
  await gone;
}

async function measure(rows: number, connections: number): Promise<void> {
  const found = new Map<string, { perSecond: number; p50: number; p99: number }[]>();
  for (let round = 0; round < Number(options.rounds); round++)
    for (const server of servers) {
      const one = await load(server, rows, connections, Number(options.seconds) * 1000);
      found.set(server.name, [...(found.get(server.name) ?? []), one]);
    }
  for (const [server, rounds] of found) {
    const middle = (of: (one: (typeof rounds)[number]) => number): number => {
      const sorted = rounds.map(of).toSorted((a, b) => a - b);
      return Number((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(3));
    };
    const line = {
      server,
      rows,
      connections,
      per_second: middle((one) => one.perSecond),
      p50_ms: middle((one) => one.p50),
      p99_ms: middle((one) => one.p99),
      load: Number((loadavg()[0] ?? 0).toFixed(1)),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

/** So many connections, each asking again as soon as it is answered. The first half second is not counted. */
async function load(
  server: Server,
  rows: number,
  connections: number,
  ms: number,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const body = server.body(rows);
  const text = `POST ${server.path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer a token\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  const times: number[] = [];
  const begin = performance.now() + 500;
  const end = begin + ms;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = await open(server.port);
      const answers = answersOf(socket);
      for (let now = performance.now(); now < end;) {
        socket.write(text);
        await answers.next();
        const then = performance.now();
        if (now >= begin) times.push(then - now);
        now = then;
      }
      socket.destroy();
    }),
  );
  times.sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: times.length / (ms / 1000), p50: at(0.5), p99: at(0.99) };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}

/** Resolves with each answer. Only what both servers send is read: a head with a length, or with chunks. */
function answersOf(socket: Socket): { next: () => Promise<void> } {
  let held = '';
  let waiting = Promise.withResolvers<void>();
  socket.on('error', (error) => waiting.reject(error));
  socket.on('close', () => waiting.reject(new Error('the server closed the connection')));
  socket.on('data', (data: Buffer) => {
    held += data.toString('latin1');
    const head = held.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(held.slice(0, head));
    const isWhole = length === null ? held.endsWith('0\r\n\r\n') : held.length >= head + 4 + Number(length[1]);
    if (!isWhole) return;
    if (!held.startsWith('HTTP/1.1 200')) waiting.reject(new Error(held.slice(0, 400)));
    else waiting.resolve();
    held = '';
  });
  return {
    next: async () => {
      await waiting.promise;
      waiting = Promise.withResolvers<void>();
      // Who has all its answers no longer listens.
      waiting.promise.catch(() => undefined);
    },
  };
}
