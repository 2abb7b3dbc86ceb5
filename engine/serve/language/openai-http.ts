/** Bodies, answers and refusals in the form that clients of OpenAI read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { cancelled, fail, type FlowyardError, type Problem } from '../../../shared/errors.ts';
import { deepestJson, jsonDepth } from '../../../shared/json/json-depth.ts';
import { answerHeaders, readBody, saysJson, sendJsonText, setRefusalHeaders } from '../http-exchange.ts';

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
  'language.template-limit': 500,
  'endpoint.busy': 503,
  'endpoint.unreachable': 502,
  'endpoint.broken-off': 502,
  'endpoint.bad-answer': 502,
  'endpoint.refused': 502,
  'endpoint.silent': 504,
  'endpoint.too-slow': 504,
  'endpoint.too-long': 502,
};
/** Whoever asked made the mistake, unless nobody foresaw it. */
export const callerGone = (): FlowyardError => cancelled('openai.gone', 'The caller went away.');

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

/** Those that clients look for. */
const openAiCodes: Readonly<Record<string, string>> = {
  'openai.no-model': 'model_not_found',
  'openai.no-key': 'invalid_api_key',
  'openai.not-done': 'unsupported_parameter',
  'openai.unknown-parameter': 'unknown_parameter',
  'language.too-long': 'context_length_exceeded',
};

export const errorBody = (problem: Problem) => ({
  error: {
    message: problem.mend === undefined ? problem.message : `${problem.message} ${problem.mend}`,
    type: typeOf(statusOf(problem)),
    param: problem.facts?.['param'] ?? null,
    code: openAiCodes[problem.code] ?? problem.code,
  },
});

/** An answer that has begun to stream ends with the error as its last event. */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    if (!response.writableEnded) response.end(`data: ${JSON.stringify(errorBody(problem))}\n\n`);
    return;
  }
  const status = statusOf(problem);
  setRefusalHeaders(response, status);
  sendJson(response, status, errorBody(problem));
}

export const sendJson = (response: ServerResponse, status: number, body: unknown): void =>
  sendJsonText(response, status, JSON.stringify(body));

export function startEvents(response: ServerResponse): (data: unknown) => void {
  response.writeHead(200, answerHeaders('text/event-stream'));
  return (data) => void response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
}

/** @throws `openai.wrong-content`, `openai.too-large`, `openai.not-json` */
export async function readJsonBody(request: IncomingMessage, largestBytes: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!saysJson(request))
    throw fail('openai.wrong-content', {
      message: `The body should be JSON, but says ${type === '' ? 'nothing' : `"${type}"`}.`,
      mend: 'Send the header "Content-Type: application/json".',
    });
  const body = await readBody(request, largestBytes, {
    tooLarge: () =>
      fail('openai.too-large', {
        message: `The body is larger than ${Math.round(largestBytes / 2 ** 20)} MiB.`,
        mend: 'Send a shorter question.',
      }),
    gone: callerGone,
  });
  const text = body.toString('utf8');
  if (jsonDepth(text) > deepestJson)
    throw fail('openai.not-json', {
      message: `The body is nested deeper than ${deepestJson} levels.`,
      mend: 'Send a simpler question.',
    });
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
