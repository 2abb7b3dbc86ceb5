/** Bodies, answers and refusals in the form that clients of OpenAI read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, type FlowyardError, type Problem } from '../../../shared/errors.ts';

const statuses: Readonly<Record<string, number>> = {
  'openai.no-key': 401,
  'openai.no-route': 404,
  'openai.no-model': 404,
  'openai.wrong-method': 405,
  'openai.too-large': 413,
  'openai.wrong-content': 415,
  'openai.too-busy': 429,
  'openai.gone': 499,
  'language.worker-died': 503,
  'language.no-context': 503,
  'language.not-loaded': 503,
  'endpoint.busy': 503,
  'endpoint.unreachable': 502,
  'endpoint.refused': 502,
};
/** Whoever asked made the mistake, unless nobody foresaw it. */
export const statusOf = ({ code }: Problem): number =>
  statuses[code] ?? (/^(openai|language)\./.test(code) ? 400 : 500);

const typeOf = (status: number): string =>
  status === 401
    ? 'authentication_error'
    : status === 429
      ? 'rate_limit_error'
      : status < 500
        ? 'invalid_request_error'
        : 'server_error';

export const errorBody = (problem: Problem) => ({
  error: {
    message: problem.mend === undefined ? problem.message : `${problem.message} ${problem.mend}`,
    type: typeOf(statusOf(problem)),
    param: problem.facts?.['param'] ?? null,
    code: problem.code === 'openai.no-model' ? 'model_not_found' : problem.code,
  },
});

/** An answer that has begun to stream ends with the error as its last event. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    if (!response.writableEnded) response.end(`data: ${JSON.stringify(errorBody(problem))}\n\n`);
    return;
  }
  const status = statusOf(problem);
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (status === 429 || status === 503) response.setHeader('Retry-After', '1');
  if (status === 413 || status === 415) response.setHeader('Connection', 'close');
  sendJson(response, status, errorBody(problem));
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    })
    .end(`${JSON.stringify(body)}\n`);
}

export function startEvents(response: ServerResponse): (data: unknown) => void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  return (data) => void response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
}

/** @throws `openai.wrong-content`, `openai.too-large`, `openai.not-json` */
export async function readJsonBody(request: IncomingMessage, largestBytes: number): Promise<unknown> {
  // JSON alone: a form that a foreign page sends in the background never says so, and so never gets here.
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/(\w+\+)?json\s*(;|$)/i.test(type))
    throw fail('openai.wrong-content', {
      message: `The body should be JSON, but says ${type === '' ? 'nothing' : `"${type}"`}.`,
      mend: 'Send the header "Content-Type: application/json".',
    });
  const text = await readText(request, largestBytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fail(
      'openai.not-json',
      {
        message: `The body is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
        mend: 'Correct the body.',
      },
      { cause },
    );
  }
}

function readText(request: IncomingMessage, largestBytes: number): Promise<string> {
  const tooLarge = (): FlowyardError =>
    fail('openai.too-large', {
      message: `The body is larger than ${Math.round(largestBytes / 2 ** 20)} MiB.`,
      mend: 'Send a shorter question.',
    });
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > largestBytes) return reject(tooLarge());
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= largestBytes) return void parts.push(part);
      request.pause();
      reject(tooLarge());
    });
    request.once('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    request.once('error', reject);
    request.once('close', () => reject(fail('openai.gone', { message: 'The caller went away.' })));
  });
}
