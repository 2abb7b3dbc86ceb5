/**
 * Language models over OpenAI's routes, on this machine. Questions under way share the model's batches; some more wait; others are turned away in words. Who goes
 * away is no longer computed for.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fail, toProblem } from '../../../shared/errors.ts';
import type { LanguageModel } from '../../../shared/language/language-model.ts';
import { isAskedByLoopback, isShown } from '../http-exchange.ts';
import { listenOnLoopback, loopback } from '../listen.ts';
import type { ServedRequest } from '../service-process.ts';
import { answerChat, answerCompletion, answerEmbeddings, type Answering } from './answer-routes.ts';
import { callerGone, readJsonBody, sendJson, sendProblem, statusOf } from './openai-http.ts';

export interface ServedLanguage {
  /** How callers name it. The first of the list answers an empty name too. */
  name: string;
  model: LanguageModel;
}
export interface LanguageServerOptions {
  models: readonly ServedLanguage[];
  port: number;
  /** Name → key; empty: nobody is asked who they are. */
  keys: ReadonlyMap<string, string>;
  /** Questions under way together. */
  parallel: number;
  /** Questions that may wait beside them. */
  longestQueue: number;
  onRequest?: (request: ServedRequest) => void;
  /** Keep what was asked and answered, up to this many bytes each; 0: nothing. */
  keepBytes?: number;
  /** When the models were made, in seconds since 1970: `/v1/models` tells it. */
  created?: number;
}
export interface LanguageServer {
  url: string;
  port: number;
  /** How many are under way or wait now. */
  busy: () => number;
  close: () => Promise<void>;
}

const largestBodyBytes = 32 << 20;

// Over 80 lines: one server: each route is told apart in the order of what it allows.
export async function startLanguageServer(options: LanguageServerOptions): Promise<LanguageServer> {
  const {
    models,
    keys,
    parallel,
    longestQueue,
    onRequest,
    keepBytes = 16_384,
    created = Math.floor(Date.now() / 1000),
  } = options;
  let busy = 0;
  let closing = false;
  const idle: (() => void)[] = [];
  const server = createServer({ requestTimeout: 60_000 }, (request, response) => void answer(request, response));
  const port = await listenOnLoopback(server, options.port);

  const listed = models.map(({ name }) => ({ id: name, object: 'model', created, owned_by: 'flowyard' }));
  const find = (name: string): ServedLanguage => {
    const found = models.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw fail('openai.no-model', {
      message: `There is no model "${name}" here.`,
      mend: `It has ${models.map((one) => `"${one.name}"`).join(', ')}.`,
      facts: { param: 'model' },
    });
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    try {
      if (path === '/health')
        return sendJson(response, 200, { status: 'ok', models: models.map((one) => one.name), busy });
      const caller = whoAsks(request, keys);
      if (path === '/v1/models') return sendJson(response, 200, { object: 'list', data: listed });
      if (path.startsWith('/v1/models/')) {
        const { name } = find(decodeURIComponent(path.slice('/v1/models/'.length)));
        return sendJson(response, 200, listed.find((one) => one.id === name) ?? {});
      }
      const route = routes.get(path);
      if (route === undefined)
        throw fail('openai.no-route', {
          message: `There is nothing at ${path}.`,
          mend: 'Ask /v1/chat/completions, /v1/completions, /v1/embeddings or /v1/models.',
        });
      if (request.method !== 'POST')
        throw fail('openai.wrong-method', { message: 'This address takes POST.', mend: 'Send POST.' });
      await admitted(request, response, route, caller);
    } catch (error) {
      sendProblem(response, toProblem(error));
    }
  }

  /** One question: counted, withdrawn when its caller goes, told to the log whatever became of it. */
  async function admitted(
    request: IncomingMessage,
    response: ServerResponse,
    route: Route,
    caller: string,
  ): Promise<void> {
    const [started, timeMs] = [performance.now(), Date.now()];
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(callerGone());
    });
    const reported: { input: unknown; output: unknown } = { input: null, output: null };
    const notify = (status: number, error: string | null): void =>
      onRequest?.({
        time_ms: timeMs,
        rows: 1,
        latency_ms: performance.now() - started,
        status,
        input: keep(reported.input, keepBytes, caller),
        output: keep(reported.output, keepBytes),
        error,
      });
    let counted = false;
    try {
      const body = await readJsonBody(request, largestBodyBytes);
      reported.input = body;
      if (closing || busy >= parallel + longestQueue) throw tooBusy(busy, closing);
      busy += 1;
      counted = true;
      const head = {
        id: `${route === answerChat ? 'chatcmpl' : 'cmpl'}-${randomUUID()}`,
        created: Math.floor(timeMs / 1000),
      };
      reported.output = await route({ body, response, signal: gone.signal, head, find });
      notify(200, null);
    } catch (error) {
      const problem = toProblem(gone.signal.aborted ? gone.signal.reason : error);
      if (!gone.signal.aborted) sendProblem(response, problem);
      notify(statusOf(problem), problem.code);
    } finally {
      if (counted) busy -= 1;
      if (busy === 0) for (const wake of idle.splice(0)) wake();
    }
  }

  return {
    url: `http://${loopback}:${port}`,
    port,
    busy: () => busy,
    close: async () => {
      closing = true;
      const closed = new Promise((done) => server.close(done));
      server.closeIdleConnections();
      // Answers that were begun may end; who is slower than that is let go.
      const firm = setTimeout(() => server.closeAllConnections(), 5000);
      if (busy > 0) await new Promise<void>((done) => idle.push(done));
      server.closeIdleConnections();
      const last = setTimeout(() => server.closeAllConnections(), 200);
      await closed;
      clearTimeout(firm);
      clearTimeout(last);
    },
  };
}

type Route = (asked: Answering) => Promise<unknown>;
const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/v1/chat/completions', answerChat],
  ['/v1/completions', answerCompletion],
  ['/v1/embeddings', answerEmbeddings],
]);

const tooBusy = (busy: number, closing: boolean) =>
  fail('openai.too-busy', {
    message: closing ? 'The service is ending.' : `${busy} questions are under way or wait already.`,
    mend: closing ? 'Ask again when it has started anew.' : 'Ask again in a moment.',
  });

/** @returns the name of the key that was shown @throws `openai.no-key` */
function whoAsks(request: IncomingMessage, keys: ReadonlyMap<string, string>): string {
  if (keys.size === 0 && isAskedByLoopback(request)) return '';
  const named = [...keys].find(([, key]) => isShown(request, key));
  if (named !== undefined) return named[0];
  throw fail('openai.no-key', {
    message: 'This service answers only who shows a key.',
    mend: 'Send the header "Authorization: Bearer <key>"; the key stands on the service’s page.',
  });
}

/** As JSON, when it is no larger than that; else its beginning as text. */
function keep(value: unknown, most: number, caller = ''): ServedRequest['input'] {
  if (most === 0 || value === null) return null;
  const text = JSON.stringify(value);
  const kept: ServedRequest['input'] = text.length <= most ? JSON.parse(text) : `${text.slice(0, most)}…`;
  return caller === '' || caller === 'token' || typeof kept !== 'object' || kept === null || Array.isArray(kept)
    ? kept
    : { ...kept, key: caller };
}
