import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { connect } from '../../shared/rpc/client.ts';
import { contract, protocolVersion, type Contract } from '../../shared/rpc/contract.ts';
import type { Client } from '../../shared/rpc/typed.ts';
import { openSocketPipe } from '../../shared/rpc/web-socket.ts';

export interface ServedApp extends AsyncDisposable {
  /** With its one-time token. */
  url: string;
  pid: number;
  workspace: string;
  /** Ends the host as a crash does, and waits until it is gone; the workspace stays. */
  kill: () => Promise<void>;
}
export interface ServeOptions {
  /** A workspace that is there already, and stays; default: a new one that goes with the app. */
  workspace?: string;
  /** Default: any free port. Null: as without the option, the port of the last windows. */
  port?: number | null;
  env?: Readonly<Record<string, string>>;
}

/** Starts the built app as `npm start` does. */
export async function serveApp({ workspace: given, port = 0, env = {} }: ServeOptions = {}): Promise<ServedApp> {
  const root = join(import.meta.dirname, '..', '..');
  const workspace = given ?? (await mkdtemp(join(tmpdir(), 'flowyard-app-')));
  const at = port === null ? [] : ['--port', String(port)];
  const args = ['cli/main.ts', 'app', '--no-open', ...at, '--workspace', workspace];
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    if (given === undefined) await rm(workspace, { recursive: true, force: true });
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const firstLine = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const said = await Promise.race([firstLine, ended.then(() => '')]);
  const url = /https?:\S+/.exec(said)?.[0] ?? '';
  if (!URL.canParse(url) || child.pid === undefined) {
    await stop();
    throw new Error(`The app printed no address but: ${JSON.stringify(said)}`);
  }
  return { url, pid: child.pid, workspace, kill, [Symbol.asyncDispose]: stop };
}

/** The way that a window of the app talks with its host. */
export async function openWindow({ url }: Pick<ServedApp, 'url'>): Promise<
  AsyncDisposable & {
    api: Client<Contract>;
    /** A path of the app, as the window fetches it. */
    fetch: (path: string) => Promise<Response>;
  }
> {
  const cookie = (await fetch(url, { redirect: 'manual' })).headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
  const address = new URL('/rpc', url);
  address.protocol = 'ws:';
  address.search = '';
  const open = () => openSocketPipe(new WebSocket(address, { headers: { cookie }, origin: new URL(url).origin }));
  const connection = connect({ contract, protocol: protocolVersion, open });
  return {
    api: connection.api,
    fetch: (path) => fetch(new URL(path, url), { headers: { cookie } }),
    [Symbol.asyncDispose]: async () => connection.close(),
  };
}
