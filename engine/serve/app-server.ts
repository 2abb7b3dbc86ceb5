/** Serves the window to this machine's browser: files, and one socket that becomes a pipe. Everything that is not this user's own window is refused. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import { toProblem } from '../../shared/errors.ts';
import type { Pipe } from '../../shared/rpc/pipe.ts';
import { webSocketPipe } from '../../shared/rpc/web-socket.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { listenOnLoopback, loopback } from './listen.ts';
import type { SessionRepository } from '../store/sessions.ts';
import { sayPage } from './say-page.ts';
import { openSessions, sessionLastsMs, type Sessions } from './sessions.ts';
import { sendFile } from './static-files.ts';

export interface AppServerOptions {
  /** The built window, `dist/renderer`. */
  rendererFolder: string;
  /** 0: any free port. */
  port: number;
  workspace: string;
  sessions: SessionRepository;
  now?: () => number;
  /** Serves the contract to a window or to a process of this user. */
  serve: (pipe: Pipe, caller: 'window' | 'process') => void;
}
export interface AppServer {
  url: string;
  port: number;
  /** For processes of this user: `Authorization: Bearer …` at `/rpc` and `/new-address`. */
  bearer: string;
  /** An address that opens the window, once. */
  newAddress: () => string;
  close: () => Promise<void>;
}

// Imported, this module would fill in all its names, and one of them (WebSocket) loads a whole client: 40 ms of a start.
const { createServer } = process.getBuiltinModule('node:http');

/** A chunk of an upload and a large pipeline fit; a runaway message does not. */
const largestMessageBytes = 64 << 20;

// Over 80 lines: one server: each route is told apart in the order of what it allows.
export async function startAppServer({
  rendererFolder,
  port: wantedPort,
  workspace,
  sessions: kept,
  now = Date.now,
  serve,
}: AppServerOptions): Promise<AppServer> {
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      if (!response.headersSent)
        sayPage(response, { status: 500, title: 'Something went wrong', text: toProblem(error).message });
      else response.destroy();
    });
  });
  const port = await listenOnLoopback(server, wantedPort);
  const hosts = new Set([`${loopback}:${port}`, `localhost:${port}`]);
  const sessions = openSessions({ port, workspace, kept, now });
  const url = `http://${loopback}:${port}`;
  const newAddress = (): string => `${url}/?token=${sessions.issueToken()}`;
  // Loaded by the first socket: a host that lives for one command seldom sees one.
  let isClosed = false;
  let sockets: Promise<WebSocketServer> | undefined;
  const openSockets = async (): Promise<WebSocketServer> => {
    const { WebSocketServer: Server } = await import('ws');
    return new Server({ noServer: true, maxPayload: largestMessageBytes, perMessageDeflate: false });
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response);
    // A name that an attacker's server gave to 127.0.0.1 is not ours (DNS rebinding).
    if (!hosts.has(request.headers.host ?? ''))
      return sayPage(response, { status: 421, title: 'Wrong address', text: `Flowyard answers only at ${url}.` });
    // Glued, not resolved: "//name/" would be taken for another host.
    const { pathname, searchParams } = new URL(`${url}/${(request.url ?? '/').replace(/^\//, '')}`);
    if (pathname === '/new-address') return giveAddress(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return sayPage(response, { status: 405, title: 'Not allowed', text: 'This address can only be read.' });
    }
    const token = searchParams.get('token');
    if (pathname === '/' && token !== null) return takeToken(request, response, token);
    const isKnown = sessions.hasCookie(request.headers.cookie);
    // A window cannot see why its socket is refused: it asks here.
    if (pathname === '/session') {
      response.writeHead(isKnown ? 204 : 401, { 'Cache-Control': 'no-store' }).end();
      return;
    }
    if (!isKnown) return sayPage(response, sessionEnded);
    if (pathname === '/') setCookie(response, sessions.renew(request.headers.cookie));
    const path = decodePath(pathname);
    if (path === undefined || !(await sendFile(rendererFolder, request, response, path)))
      sayPage(response, { status: 404, title: 'Not found', text: `There is nothing at ${pathname}.` });
  }

  function takeToken(request: IncomingMessage, response: ServerResponse, token: string): void {
    // A page that is opened again by its old address has its cookie already.
    const known = sessions.hasCookie(request.headers.cookie);
    const cookie = known || request.method === 'HEAD' ? undefined : sessions.redeem(token);
    if (!known && cookie === undefined)
      return sayPage(response, { ...freshAddress, status: 403, title: 'This address was used already' });
    setCookie(response, cookie);
    // The token leaves the address bar and the history.
    response.writeHead(303, { Location: '/', 'Cache-Control': 'no-store' }).end();
  }

  function setCookie(response: ServerResponse, value: string | undefined): void {
    if (value !== undefined)
      response.setHeader(
        'Set-Cookie',
        `${sessions.cookieName}=${value}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${sessionLastsMs / 1000}`,
      );
  }

  function giveAddress(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST')
      return sayPage(response, { status: 405, title: 'Not allowed', text: 'POST gives a new address.' });
    if (request.headers.origin !== undefined || !sessions.hasBearer(request.headers.authorization))
      return sayPage(response, { status: 403, title: 'Refused', text: 'This is for Flowyard’s own processes.' });
    response
      .writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
      .end(JSON.stringify({ address: newAddress() }));
  }

  server.on('upgrade', (request, socket, head) => {
    const refusal = judgeUpgrade(request, hosts, sessions);
    if (refusal !== undefined) return refuseUpgrade(socket, refusal);
    socket.on('error', () => socket.destroy());
    sockets ??= openSockets();
    void sockets.then((open) => {
      if (isClosed) return socket.destroy();
      open.handleUpgrade(request, socket, head, (webSocket) =>
        serve(webSocketPipe(webSocket), request.headers.origin === undefined ? 'process' : 'window'),
      );
    });
  });

  return {
    url,
    port,
    bearer: sessions.bearer,
    newAddress,
    close: async () => {
      isClosed = true;
      for (const client of (await sockets)?.clients ?? []) client.terminate();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

const freshAddress = {
  text: 'An address opens the window once. Type this in a terminal: it prints a fresh one, and “npm start” does the same. A window that is open already stays open and may be reloaded.',
  command: 'flowyard app',
};
/** It shows the window by itself as soon as this browser has opened a fresh address. */
const sessionEnded = { ...freshAddress, status: 401, title: 'Open Flowyard with a fresh address', againSeconds: 5 };

/** Undefined: it may pass. A browser always says its origin; a process of ours never does, and shows the bearer token. */
function judgeUpgrade(
  request: IncomingMessage,
  hosts: ReadonlySet<string>,
  sessions: Sessions,
): '404 Not Found' | '421 Misdirected Request' | '403 Forbidden' | '401 Unauthorized' | undefined {
  const { host = '', origin, cookie, authorization } = request.headers;
  if (!hosts.has(host)) return '421 Misdirected Request';
  if (request.url !== '/rpc') return '404 Not Found';
  if (origin === undefined) return sessions.hasBearer(authorization) ? undefined : '401 Unauthorized';
  if (origin !== `http://${host}`) return '403 Forbidden';
  return sessions.hasCookie(cookie) ? undefined : '401 Unauthorized';
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function setSecurityHeaders(response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
}

function decodePath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}
