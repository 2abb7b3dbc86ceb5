/** Answers JSON lines with JSON lines: a row a line in, its prediction a line out, for shells and pipes. */
import { createServer, type IncomingMessage } from 'node:http';
import { fail, toProblem } from '../../../../shared/errors.ts';
import {
  answerHeaders,
  isAskedByLoopback,
  isShown,
  readBody,
  sendJsonText,
  setRefusalHeaders,
} from '../../http-exchange.ts';
import { parseExactJson } from '../../exact-json.ts';
import { listenOnLoopback, loopback } from '../../listen.ts';
import { checkRows } from '../../row-schema.ts';
import type { Deployment } from '../deployment.ts';

const mostBytes = 16 << 20;
const statusOf: Readonly<Record<string, number>> = { 'predict.no-token': 401, 'predict.too-large': 413 };

export const deployment: Deployment = {
  kind: 'lines',
  open: async ({ folder, token }, { openScorer, onRequest }) => {
    const scorer = await openScorer(folder);
    async function answer(request: IncomingMessage): Promise<unknown[]> {
      if (token === null ? !isAskedByLoopback(request) : !isShown(request, token))
        throw fail('predict.no-token', {
          message: 'This service answers only who shows its token.',
          mend: 'Send the header "Authorization: Bearer <token>"; the token stands on the service’s page.',
        });
      const body = await readBody(request, mostBytes, {
        tooLarge: () =>
          fail('predict.too-large', { message: 'The body is larger than 16 MiB.', mend: 'Send fewer lines.' }),
      });
      const lines = body.toString('utf8').split('\n').filter(Boolean).map(parseExactJson);
      return lines.length === 0 ? [] : [...(await scorer.predictRows(await checkRows(lines, scorer)))];
    }
    const server = createServer({ requestTimeout: 60_000 }, (request, response) => {
      const [started, timeMs] = [performance.now(), Date.now()];
      const report = (status: number, rows: number, error: string | null): void =>
        onRequest({
          time_ms: timeMs,
          rows,
          latency_ms: performance.now() - started,
          status,
          input: null,
          output: null,
          error,
        });
      answer(request).then(
        (answers) => {
          response.writeHead(200, answerHeaders('application/x-ndjson'));
          response.end(answers.map((one) => `${JSON.stringify(one)}\n`).join(''));
          report(200, answers.length, null);
        },
        (error: unknown) => {
          const problem = toProblem(error);
          const status = statusOf[problem.code] ?? (problem.code.startsWith('predict.') ? 400 : 500);
          setRefusalHeaders(response, status);
          sendJsonText(response, status, JSON.stringify({ error: problem }));
          report(status, 0, problem.code);
        },
      );
    });
    return {
      listen: async (wanted) => {
        const port = await listenOnLoopback(server, wanted);
        return {
          url: `http://${loopback}:${port}`,
          port,
          close: async () => {
            const closed = new Promise((done) => server.close(done));
            server.closeIdleConnections();
            await closed;
            await scorer.close();
          },
        };
      },
      close: () => scorer.close(),
    };
  },
};
