/** Services of clusters that send without an end, or fall silent: what they say is read up to a limit. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { toProblem } from '../../shared/errors.ts';
import { openKubeClient } from './shell/kube-client.ts';
import { openLocalShell } from './shell/local-shell.ts';
import { openRayApi } from './shell/ray-api.ts';
import { marker } from './shell/shell.ts';
import { openSshShell } from './shell/ssh-shell.ts';
import { readTar } from './staging/tar.ts';

async function askedOf(serve: (response: ServerResponse) => void, ask: (url: string) => Promise<unknown>) {
  const server = createServer((_, response) => serve(response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  try {
    return toProblem(await ask(`http://127.0.0.1:${port}`).catch((thrown: unknown) => thrown));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const pour = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const part = 'x'.repeat(4 << 20);
  const more = (): void => {
    while (!response.destroyed && response.write(part));
  };
  response.on('drain', more);
  more();
};

it('an answer of Kubernetes without an end is given up at its limit', async () => {
  const kube = (url: string) => openKubeClient({ url, token: undefined, ca: undefined, namespace: 'lab' }).version();
  expect(await askedOf(pour, kube)).toMatchObject({ code: 'kubernetes.too-large' });
});

it('an answer of Kubernetes is read as before', async () => {
  const kube = (url: string) => openKubeClient({ url, token: undefined, ca: undefined, namespace: 'lab' }).version();
  const say = (response: ServerResponse): void =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ major: '1', minor: '31', gitVersion: 'v1.31.0', platform: 'linux/amd64' }));
  const server = askedOf(say, async (url) => expect(await kube(url)).toBe('v1.31.0'));
  await server;
});

it('an answer of Ray without an end is given up at its limit', async () => {
  expect(await askedOf(pour, (url) => openRayApi(url).version())).toMatchObject({ code: 'ray.too-large' });
});

/** Says the marker of a script, and then never ends. */
async function pourOut(write: (bytes: Buffer) => Promise<void>, begin: string): Promise<void> {
  await write(Buffer.from(begin));
  const part = Buffer.alloc(1 << 20, 'x');
  for (;;) await write(part);
}
const problemOf = async (asked: Promise<unknown>) => toProblem(await asked.catch((thrown: unknown) => thrown));
const tooMuch = { code: 'target.too-much-output' };

it('what a script says here without an end is given up at its limit', async () => {
  expect(await problemOf(openLocalShell().exec('cat /dev/zero'))).toMatchObject(tooMuch);
});

it.each([
  ['a script', marker],
  ['a login shell', 'Welcome'],
])('what %s says over SSH without an end is given up at its limit', async (_, begin) => {
  const { private: key } = ssh2.utils.generateKeyPairSync('ed25519');
  const server = new ssh2.Server({ hostKeys: [key] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (asked) => asked.accept());
    client.on('session', (acceptSession) =>
      acceptSession().on('exec', (acceptExec) => {
        const channel = acceptExec();
        void pourOut(
          (bytes) => new Promise((done) => (channel.write(bytes) ? done() : channel.once('drain', done))),
          begin,
        );
      }),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const shell = openSshShell({
    hops: [{ host: '127.0.0.1', port, user: 'lab' }],
    hostKey: null,
    onHostKey: () => undefined,
  });
  try {
    expect(await problemOf(shell.exec('true'))).toMatchObject(tooMuch);
  } finally {
    shell.close();
    server.close();
  }
});

it('what a script says in a pod without an end is given up at its limit', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: ([first = '']) => first });
  server.on('connection', (socket) => {
    void pourOut(
      (bytes) =>
        new Promise((done, failed) =>
          socket.send(Buffer.concat([Buffer.from([1]), bytes]), (error) => (error ? failed(error) : done())),
        ),
      marker,
    ).catch(() => undefined);
  });
  await new Promise<void>((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  const kube = openKubeClient({ url: `http://127.0.0.1:${port}`, token: undefined, ca: undefined, namespace: 'lab' });
  try {
    expect(await problemOf(kube.exec('pod', 'true', {}))).toMatchObject(tooMuch);
  } finally {
    for (const client of server.clients) client.terminate();
    server.close();
  }
});

it('an archive whose head is of impossible length is refused, not taken into memory', () => {
  const head = Buffer.alloc(512);
  head.write('long');
  head.write('77777777777', 124, 'latin1');
  head.write('x', 156, 'latin1');
  const reader = readTar(() => ({ write: () => undefined, end: () => undefined }));
  expect(() => reader.take(head)).toThrow('impossible length');
});
