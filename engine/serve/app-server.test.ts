import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { FlowyardError } from '../../shared/errors.ts';
import { connect } from '../../shared/rpc/client.ts';
import { serve } from '../../shared/rpc/server.ts';
import { openSocketPipe } from '../../shared/rpc/web-socket.ts';
import { openStore, type Store } from '../store/store.ts';
import { startAppServer, type AppServer } from './app-server.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';

const contract = { echo: { kind: 'call', input: z.object({ text: z.string() }), output: z.string() } } as const;
let folder = '';
let app: AppServer;
let store: Store;
let nowMs = 1_000_000;
let dist = '';
const start = (port = 0): Promise<AppServer> =>
  startAppServer({
    rendererFolder: dist,
    port,
    workspace: folder,
    sessions: store.sessions,
    now: () => nowMs,
    serve: (pipe) => void serve({ contract, protocol: 1, pipe, handlers: { echo: ({ text }) => text } }),
  });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-app-'));
  dist = join(folder, 'dist');
  mkdirSync(join(dist, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(dist, 'index.html'), '<!doctype html>window');
  writeFileSync(join(dist, 'assets', 'main-abc123.js'), 'plain');
  writeFileSync(join(dist, 'assets', 'main-abc123.js.gz'), gzipSync('plain'));
  symlinkSync(join(folder, 'secret.txt'), join(dist, 'assets', 'link.txt'));
  store = openStore(folder);
  app = await start();
});
afterEach(async () => {
  await app.close();
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}
/** Raw, so that Host and paths go out exactly as written. */
const ask = (path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: app.port, path, method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
async function signIn(): Promise<{ cookie: string }> {
  const { headers } = await ask(app.newAddress().slice(app.url.length));
  return { cookie: (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '' };
}

describe('the printed address', () => {
  test('opens once: the token becomes a cookie that no script reads and leaves the address', async () => {
    const address = app.newAddress().slice(app.url.length);
    const first = await ask(address);
    expect([first.status, first.headers.location]).toEqual([303, '/']);
    expect(first.headers['set-cookie']?.[0]).toMatch(
      /^flowyard_\d+_[\da-f]{8}=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=2592000$/,
    );
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0];
    const again = await ask(address);
    expect([again.status, again.body.toString()]).toEqual([403, expect.stringContaining('flowyard app')]);
    // The window that has its cookie may be reloaded, by any address.
    expect((await ask('/', { cookie })).body.toString()).toBe('<!doctype html>window');
    expect((await ask(address, { cookie })).status).toBe(303);
  });

  test('a guessed token, a HEAD that looks ahead, and no cookie are refused', async () => {
    expect((await ask('/?token=guess')).status).toBe(403);
    const address = app.newAddress().slice(app.url.length);
    expect((await ask(address, {}, 'HEAD')).status).toBe(403);
    expect((await ask(address)).status).toBe(303);
    for (const path of ['/', '/assets/main-abc123.js', '/nothing']) expect((await ask(path)).status).toBe(401);
    expect((await ask('/', { cookie: `flowyard_${app.port}=guess` })).status).toBe(401);
  });

  test('a process that shows the bearer token gets a fresh one; a page never does', async () => {
    const authorization = `Bearer ${app.bearer}`;
    const { status, body } = await ask('/new-address', { authorization }, 'POST');
    const { address }: { address: string } = JSON.parse(body.toString());
    expect([status, (await ask(address.slice(app.url.length))).status]).toEqual([200, 303]);
    expect((await ask('/new-address', { authorization: 'Bearer no' }, 'POST')).status).toBe(403);
    expect((await ask('/new-address', { authorization, origin: app.url }, 'POST')).status).toBe(403);
    expect((await ask('/new-address', { authorization })).status).toBe(405);
  });
});

describe('a session', () => {
  const restart = async (): Promise<void> => {
    const { port } = app;
    await app.close();
    store.close();
    store = openStore(folder);
    app = await start(port);
  };

  test('outlives the server: the window of before is let in by the next one, and its secret stands nowhere', async () => {
    const headers = await signIn();
    await restart();
    expect([(await ask('/', headers)).status, (await ask('/session', headers)).status]).toEqual([200, 204]);
    const secret = headers.cookie.split('=')[1] ?? '?';
    for (const name of readdirSync(join(folder, '.flowyard')))
      expect([name, readFileSync(join(folder, '.flowyard', name)).includes(secret)]).toEqual([name, false]);
    expect(store.sessions.lastPort(nowMs)).toBe(app.port);
  });

  test('ends thirty days after its last use; a window hears so, and a page says how to get in again', async () => {
    const headers = await signIn();
    nowMs += 29 * 24 * 3_600_000;
    const page = await ask('/', headers);
    expect(page.headers['set-cookie']?.[0]).toContain(headers.cookie);
    nowMs += 29 * 24 * 3_600_000;
    expect((await ask('/session', headers)).status).toBe(204);
    nowMs += 2 * 24 * 3_600_000;
    expect((await ask('/session', headers)).status).toBe(401);
    const refused = await ask('/', headers);
    expect([refused.status, refused.body.toString()]).toEqual([401, expect.stringContaining('flowyard app')]);
    // It looks again by itself.
    expect(refused.body.toString()).toContain('http-equiv="refresh"');
    await restart();
    expect((await ask('/session', headers)).status).toBe(401);
  });

  test('is of its workspace: another one at the same port does not take its window in', async () => {
    const headers = await signIn();
    const { port } = app;
    await app.close();
    const elsewhere = { rendererFolder: dist, workspace: join(folder, 'other'), sessions: store.sessions };
    app = await startAppServer({ ...elsewhere, port, now: () => nowMs, serve: () => undefined });
    expect((await ask('/session', headers)).status).toBe(401);
  });
});

describe('files', () => {
  test('carry the policy, their type and their caching', async () => {
    const headers = await signIn();
    const page = await ask('/', headers);
    expect(page.headers).toMatchObject({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
    const script = await ask('/assets/main-abc123.js', headers);
    expect([script.headers['content-type'], script.headers['cache-control'], script.body.toString()]).toEqual([
      'text/javascript; charset=utf-8',
      'private, max-age=31536000, immutable',
      'plain',
    ]);
  });

  test('go out compressed where the build left a compressed twin', async () => {
    const script = await ask('/assets/main-abc123.js', { ...(await signIn()), 'accept-encoding': 'gzip, br' });
    expect([script.headers['content-encoding'], gunzipSync(script.body).toString()]).toEqual(['gzip', 'plain']);
  });

  test('outside the folder do not exist, by any spelling', async () => {
    const headers = await signIn();
    for (const path of [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/%2e%2e/%2e%2e/secret.txt',
      '/assets/link.txt',
      '/..\\secret.txt',
      '/%00',
      '/%',
      '/assets',
      '//secret.txt',
    ]) {
      const { status, body } = await ask(path, headers);
      expect([path, status, body.toString() === 'secret']).toEqual([path, 404, false]);
    }
  });

  test('can only be read', async () => {
    expect((await ask('/', await signIn(), 'POST')).status).toBe(405);
  });
});

test('another name for this machine is refused (DNS rebinding)', async () => {
  const headers = await signIn();
  for (const host of ['evil.example', `evil.example:${app.port}`, '127.0.0.1', `127.0.0.1:${app.port + 1}`])
    expect((await ask('/', { ...headers, host })).status).toBe(421);
  expect((await ask('/', { ...headers, host: `localhost:${app.port}` })).status).toBe(200);
});

describe('the socket', () => {
  const status = (headers: Record<string, string>, path = '/rpc'): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${app.port}${path}`, { headers });
      socket.on('open', () => {
        socket.close();
        resolve(101);
      });
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => undefined);
    });

  test('opens for the window’s own origin with its cookie, and for a process with the bearer token', async () => {
    const { cookie } = await signIn();
    expect(await status({ cookie, origin: app.url })).toBe(101);
    expect(await status({ authorization: `Bearer ${app.bearer}` })).toBe(101);
  });

  test('is refused to every other', async () => {
    const { cookie } = await signIn();
    expect(await status({ cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await status({ cookie, origin: 'null' })).toBe(403);
    expect(await status({ origin: app.url })).toBe(401);
    expect(await status({ cookie })).toBe(401);
    expect(await status({ authorization: 'Bearer guess' })).toBe(401);
    // A page may not use the token of processes, should it ever learn it.
    expect(await status({ authorization: `Bearer ${app.bearer}`, origin: 'http://evil.example' })).toBe(403);
    expect(await status({ cookie, origin: app.url, host: 'evil.example' })).toBe(421);
    expect(await status({ cookie, origin: app.url }, '/other')).toBe(404);
  });

  test('speaks the contract', async () => {
    const connection = connect({
      contract,
      protocol: 1,
      open: () =>
        openSocketPipe(
          new WebSocket(`ws://127.0.0.1:${app.port}/rpc`, { headers: { authorization: `Bearer ${app.bearer}` } }),
        ),
    });
    expect(await connection.api.echo({ text: 'hello' })).toBe('hello');
    connection.close();
  });
});

test('a port that is taken is named, with the mend', async () => {
  const error = await start(app.port).catch((thrown: unknown) => thrown);
  expect(error instanceof FlowyardError && error.problem).toEqual({
    code: 'serve.port-in-use',
    severity: 'error',
    message: `The port ${app.port} is used by another program.`,
    mend: 'Choose another port, or 0 for any that is free.',
    facts: { port: app.port },
  });
});
