/** The one place that asks over HTTP. Every call has an end: the answer and its whole body come within a time, and the body is read by `read-body.ts` alone, with a limit. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { BodySource } from './read-body.ts';

export interface HttpQuestion {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  signal: AbortSignal;
  /** For the whole of it, the body included. */
  seconds: number;
  tooSlow: () => Error;
  redirect?: 'error' | 'follow';
}
export interface HttpAnswer {
  status: number;
  ok: boolean;
  statusText: string;
  header: (name: string) => string | null;
  /** Read it by `read-body.ts`, or `drop` it. */
  body: BodySource;
  /** Ends with the time, or when whoever asks goes. */
  signal: AbortSignal;
  drop: () => void;
}

export async function ask(url: string, question: HttpQuestion): Promise<HttpAnswer> {
  const { method = 'GET', headers = {}, body, redirect = 'follow' } = question;
  const { signal, end } = limitTime(question);
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect,
      signal,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    return {
      status: response.status,
      ok: response.ok,
      statusText: response.statusText,
      header: (name) => response.headers.get(name),
      body: within(response.body, signal, end),
      signal,
      drop: () => {
        end();
        void response.body?.cancel().catch(() => undefined);
      },
    };
  } catch (thrown) {
    end();
    signal.throwIfAborted();
    throw thrown;
  }
}

/** By Node's own client, which sends nothing by which a server could take us for a browser. */
export function askPlainly(url: URL, question: HttpQuestion): Promise<HttpAnswer> {
  const { method = 'GET', headers = {}, body } = question;
  const { signal, end } = limitTime(question);
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = send(url, { method, headers: { ...headers, ...length }, signal }, (answer: IncomingMessage) => {
      const status = answer.statusCode ?? 0;
      resolve({
        status,
        ok: status >= 200 && status < 300,
        statusText: answer.statusMessage ?? '',
        header: (name) => [answer.headers[name] ?? null].flat()[0] ?? null,
        body: within(answer, signal, end),
        signal,
        drop: () => {
          end();
          answer.destroy();
        },
      });
    });
    sent.once('error', (error) => {
      end();
      reject(signal.aborted ? signal.reason : error);
    });
    sent.end(body);
  });
}

function limitTime({ signal, seconds, tooSlow }: HttpQuestion): { signal: AbortSignal; end: () => void } {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tooSlow()), seconds * 1000);
  timer.unref();
  return { signal: AbortSignal.any([signal, limit.signal]), end: () => clearTimeout(timer) };
}

/** The time runs until the body was read, and what went wrong is told by its reason. */
async function* within(source: BodySource, signal: AbortSignal, end: () => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of source ?? []) yield piece;
  } catch (thrown) {
    signal.throwIfAborted();
    throw thrown;
  } finally {
    end();
  }
}
