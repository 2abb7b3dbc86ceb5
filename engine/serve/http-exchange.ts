/** What every service of this machine does with a request and an answer, whatever form its routes have. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FlowyardError } from '../../shared/errors.ts';
import { readBytes } from '../http/read-body.ts';
import { equalSecrets } from './sessions.ts';

/** What the caller showed as `Authorization: Bearer …`. */
export function isShown(request: IncomingMessage, secret: string): boolean {
  const given = request.headers.authorization ?? '';
  return given.startsWith('Bearer ') && equalSecrets(given.slice('Bearer '.length), secret);
}

/** Without keys a page of the web must not ask in the person's name, by whatever name it found this machine. */
export const isAskedByLoopback = ({ headers }: IncomingMessage): boolean =>
  ['127.0.0.1', 'localhost', '[::1]'].includes((headers.host ?? '').replace(/:\d+$/, ''));

/** A form that a foreign page sends in the background never says that it is JSON. */
export const saysJson = (request: IncomingMessage): boolean =>
  /^application\/(\w+\+)?json\s*(;|$)/i.test(request.headers['content-type'] ?? '');

interface BodyFailures {
  tooLarge: () => FlowyardError;
  /** The caller broke off. */
  gone?: () => FlowyardError;
}
export async function readBody(
  request: IncomingMessage,
  mostBytes: number,
  { tooLarge, gone }: BodyFailures,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge();
  try {
    // Not destroyed where it is too large: the answer goes out first.
    return await readBytes(request.iterator({ destroyOnReturn: false }), { mostBytes, tooLarge });
  } catch (thrown) {
    if (thrown instanceof FlowyardError || gone === undefined) throw thrown;
    throw gone();
  }
}

/** Headers that go with a refusal of this status. */
export function setRefusalHeaders(response: ServerResponse, status: number): void {
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (status === 429 || status === 503) response.setHeader('Retry-After', '1');
  // What is left of a body that was refused is not read.
  if (status === 413 || status === 415) response.setHeader('Connection', 'close');
}

/** Headers of an answer that no cache keeps and no browser reads as anything else. */
export const answerHeaders = (type: string): Record<string, string> => ({
  'Content-Type': `${type}; charset=utf-8`,
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
});

export function sendJsonText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, answerHeaders('application/json')).end(`${text}\n`);
}
