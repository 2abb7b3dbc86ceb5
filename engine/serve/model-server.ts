/** Serves one model over HTTP on this machine: our own route, MLflow's and the Open Inference Protocol's. Every request is checked, answered in words, and told to the log. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fail, toProblem, type FlowyardError, type Problem } from '../../shared/errors.ts';
import { isImageType } from '../../shared/media/image.ts';
import { isRecord, parseExactJson, toPlain, toPlainJson, type ExactJson } from './exact-json.ts';
import { isAskedByLoopback, isShown, readBody, saysJson, sendJsonText, setRefusalHeaders } from './http-exchange.ts';
import { listenOnLoopback, loopback } from './listen.ts';
import {
  readMlflowRows,
  readOwnRows,
  readTensorRows,
  tensorMetadata,
  writeMlflow,
  writeTensors,
} from './predict-forms.ts';
import { makeRequestQueue } from './request-queue.ts';
import { checkRows, rowJsonSchema, sayExpected } from './row-schema.ts';
import type { Prediction, RawRow, Scorer, TableFormat } from '../recipe/scorer/scorer.ts';
import type { ServedRequest } from './service-process.ts';

export interface ModelServerOptions {
  scorer: Scorer;
  model: string;
  version: number;
  key: string;
  port: number;
  /** Null: nobody is asked who they are. */
  token: string | null;
  /** Told after each prediction, whatever became of it. */
  onRequest?: (request: ServedRequest) => void;
  /** Keep what was asked and answered, up to this many bytes each; 0: nothing. */
  keepBytes?: number;
  largestBodyBytes?: number;
  /** Requests that may wait. */
  longestQueue?: number;
}
export interface ModelServer {
  url: string;
  port: number;
  /** Takes no more requests and resolves when those under way are answered. */
  close: () => Promise<void>;
}

interface Answer {
  rows: ExactJson[];
  write: (predictions: readonly Prediction[]) => Record<string, unknown>;
}

// Over 80 lines: one server: each route is told apart in the order of what it allows.
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const {
    scorer,
    model,
    version,
    key,
    token,
    onRequest,
    keepBytes = 16_384,
    largestBodyBytes = 16 << 20,
    longestQueue = 256,
  } = options;
  const queue = makeRequestQueue(longestQueue);
  const startedMs = Date.now();
  const server = createServer({ requestTimeout: 60_000 }, (request, response) => void answer(request, response));
  const port = await listenOnLoopback(server, options.port);

  const named = { model, version };
  const said = scorer.expects === undefined ? {} : { parameters: { description: sayExpected(scorer.expects) } };
  const imageAlone = imageColumnAlone(scorer);
  /** What can be asked without rows. */
  function look(path: string): Record<string, unknown> | undefined {
    const v2 = `/v2/models/${encodeURIComponent(model)}`;
    const versions = [v2, `${v2}/versions/${version}`];
    if (path === '/schema') return rowJsonSchema(scorer, `${model} ${version}`);
    if (path === '/v2') return { name: 'flowyard', version: '1', extensions: [] };
    if (versions.includes(path))
      return { name: model, versions: [String(version)], platform: 'flowyard', ...tensorMetadata(scorer), ...said };
    if (versions.some((one) => path === `${one}/ready`)) return { name: model, ready: true };
    return undefined;
  }
  function readRequest(path: string, body: ExactJson): Answer {
    if (path === '/predict') return { rows: readOwnRows(body), write: (predictions) => ({ predictions, ...named }) };
    if (path === '/invocations')
      return {
        rows: readMlflowRows(body),
        write: (predictions) => writeMlflow(predictions, scorer),
      };
    const id = isRecord(body) && typeof body['id'] === 'string' ? { id: body['id'] } : {};
    return {
      rows: readTensorRows(body, scorer.inputSchema),
      write: (predictions) => ({
        model_name: model,
        model_version: String(version),
        ...id,
        outputs: writeTensors(predictions, scorer),
      }),
    };
  }
  const predictPaths = new Set([
    '/predict',
    '/invocations',
    `/v2/models/${encodeURIComponent(model)}/infer`,
    `/v2/models/${encodeURIComponent(model)}/versions/${version}/infer`,
  ]);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    try {
      if (path === '/health')
        return send(response, 200, {
          status: 'ok',
          ...named,
          key,
          uptime_s: Math.round((Date.now() - startedMs) / 1000),
        });
      if (path === '/v2/health/live' || path === '/v2/health/ready')
        return send(response, 200, path.endsWith('live') ? { live: true } : { ready: true });
      if (token === null ? !isAskedByLoopback(request) : !isShown(request, token)) throw notAllowed(token);
      if (predictPaths.has(path)) return await predict(request, response, path);
      const found = look(path);
      if (found === undefined)
        throw fail('predict.no-route', {
          message: `There is nothing at ${path}.`,
          mend: 'POST rows to /predict; GET /schema says what a row has.',
        });
      if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod('GET');
      send(response, 200, found);
    } catch (error) {
      sendProblem(response, toProblem(error));
    }
  }

  async function predict(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const started = performance.now();
    const timeMs = Date.now();
    let rows = 0;
    let input: ExactJson = null;
    const notify = (status: number, output: unknown, error: string | null): void =>
      onRequest?.({
        time_ms: timeMs,
        rows,
        latency_ms: performance.now() - started,
        status,
        input: keep(input, keepBytes),
        output: keep(output, keepBytes),
        error,
      });
    try {
      if (request.method !== 'POST') throw wrongMethod('POST');
      const format = formatOf(request, {
        tables: path === '/predict' && scorer.readTable !== undefined,
        image: path === '/predict' && imageAlone !== undefined,
      });
      const body = await readBody(request, largestBodyBytes, { tooLarge: () => tooLarge(largestBodyBytes) });
      let checked: readonly RawRow[];
      let write: Answer['write'] = (predictions) => ({ predictions, ...named });
      if (format === 'json') {
        const asked = readRequest(path, parseBody(body.toString('utf8')));
        input = asked.rows;
        rows = asked.rows.length;
        checked = await checkRows(asked.rows, scorer);
        write = asked.write;
      } else if (format === 'image') {
        checked = [imageRow(imageAlone ?? '', body)];
        input = [{ ...checked[0] }];
        rows = 1;
      } else {
        checked = await queue.run(() => readTable(scorer, body, format));
        input = checked.slice(0, 1000).map((row) => ({ ...row }));
        rows = checked.length;
      }
      const predictions = checked.length === 0 ? [] : await queue.run(() => scorer.predictRows(checked));
      send(response, 200, write(predictions));
      notify(200, predictions, null);
    } catch (error) {
      const problem = toProblem(error);
      const status = sendProblem(response, problem);
      notify(status, null, problem.code);
    }
  }

  return {
    url: `http://${loopback}:${port}`,
    port,
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeIdleConnections();
      await queue.idle();
      // Answers that were begun are sent; who holds a connection open without asking is let go.
      const polite = setInterval(() => server.closeIdleConnections(), 10);
      const firm = setTimeout(() => server.closeAllConnections(), 2000);
      await closed;
      clearInterval(polite);
      clearTimeout(firm);
      await scorer.close();
    },
  };
}

const statusOf: Readonly<Record<string, number>> = {
  'predict.no-token': 401,
  'predict.no-route': 404,
  'predict.wrong-method': 405,
  'predict.too-large': 413,
  'predict.wrong-content': 415,
  'predict.too-busy': 503,
};
/** Gives the status that was sent. Whoever asked made the mistake, unless nobody foresaw it. */
function sendProblem(response: ServerResponse, problem: Problem): number {
  const foreseen = /^(predict|csv|jsonl|parquet|column|read)\./.test(problem.code);
  const status = statusOf[problem.code] ?? (foreseen ? 400 : 500);
  setRefusalHeaders(response, status);
  const { code, message, mend, column, facts } = problem;
  send(response, status, {
    error: {
      code,
      message,
      ...(mend === undefined ? {} : { mend }),
      ...(facts?.['row'] === undefined ? {} : { row: facts['row'] }),
      ...(column === undefined ? {} : { column }),
    },
  });
  return status;
}

const send = (response: ServerResponse, status: number, body: Record<string, unknown>): void =>
  sendJsonText(response, status, toPlainJson(body));

const notAllowed = (token: string | null): FlowyardError =>
  token === null
    ? fail('predict.no-token', {
        message: 'This service answers only who asks for this machine by its own name.',
        mend: 'Ask 127.0.0.1, or serve it with a token.',
      })
    : fail('predict.no-token', {
        message: 'This service answers only who shows its token.',
        mend: 'Send the header "Authorization: Bearer <token>"; the token stands on the service’s page.',
      });
const tooLarge = (largestBytes: number): FlowyardError =>
  fail('predict.too-large', {
    message: `The body is larger than ${Math.round(largestBytes / 2 ** 20)} MiB.`,
    mend: 'Send fewer rows in one request.',
  });
const wrongMethod = (method: string): FlowyardError =>
  fail('predict.wrong-method', { message: `This address takes ${method}.`, mend: `Send ${method}.` });
const tableFormats: Readonly<Record<string, TableFormat>> = {
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
  'application/vnd.apache.parquet': 'parquet',
};

/** What the body says that it is. A form that a foreign page sends in the background can say none of these, and so never gets here. */
function formatOf(
  request: IncomingMessage,
  takes: { tables: boolean; image: boolean },
): TableFormat | 'json' | 'image' {
  const type = request.headers['content-type'] ?? '';
  if (saysJson(request)) return 'json';
  const plain = type.split(';')[0]?.trim().toLowerCase() ?? '';
  const isImage = plain.startsWith('image/');
  if (takes.image && (isImage || plain === 'application/octet-stream')) return 'image';
  const table = takes.tables ? tableFormats[plain] : undefined;
  if (table !== undefined) return table;
  const forms = ['JSON', ...(takes.tables ? ['a table'] : []), ...(takes.image ? ['an image'] : [])];
  throw fail('predict.wrong-content', {
    message: `The body should be ${forms.join(' or ')}, but says ${type === '' ? 'nothing' : `"${type}"`}.`,
    mend: isImage
      ? 'An image alone is taken at /predict, by a model that reads nothing else: send rows as JSON, images in them as base64.'
      : `Send the header "Content-Type: application/json"${takes.tables ? ', for a file "text/csv"' : ''}${takes.image ? ', for an image "image/png"' : ''}.`,
  });
}

/** The column of a model that reads one image and nothing else. */
function imageColumnAlone({ inputSchema }: Scorer): string | undefined {
  const [first] = inputSchema;
  return inputSchema.length === 1 && first !== undefined && isImageType(first.type) ? first.name : undefined;
}

/** The file as it lies on the disk, in the form that a row carries it. */
function imageRow(column: string, body: Buffer): RawRow {
  if (body.length === 0)
    throw fail('predict.bad-body', {
      message: 'The body is empty.',
      mend: 'Send the bytes of an image file: curl --data-binary @image.png.',
      column,
    });
  return { [column]: body.toString('base64') };
}

/** The rows of a file as it lies on the disk. */
async function readTable(scorer: Scorer, body: Buffer, format: TableFormat): Promise<readonly RawRow[]> {
  const rows = (await scorer.readTable?.(body, format)) ?? [];
  const [first] = rows;
  const lacking = first === undefined ? undefined : scorer.inputSchema.find((c) => !Object.hasOwn(first, c.name));
  if (lacking !== undefined)
    throw fail('predict.missing-column', {
      message: `The file has no column "${lacking.name}".`,
      mend: `Send a file with the columns that the model reads: ${scorer.inputSchema.map((c) => c.name).join(', ')}.`,
      column: lacking.name,
    });
  return rows;
}

function parseBody(text: string): ExactJson {
  try {
    return parseExactJson(text);
  } catch (cause) {
    throw fail(
      'predict.not-json',
      {
        message: `The body is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}.`,
        mend: 'Correct the body.',
      },
      { cause },
    );
  }
}

/** What is kept of a request: all, or as many whole rows as fit. What does not fit is not written out to be measured. */
function keep(value: unknown, most: number): ServedRequest['input'] {
  if (most === 0 || value === null) return null;
  if (!Array.isArray(value)) {
    const whole = toPlain(value);
    return whole.size <= most ? whole.value : null;
  }
  const kept: ServedRequest['input'][] = [];
  let size = 2;
  for (const item of value) {
    const plain = toPlain(item);
    size += plain.size + 1;
    if (size > most) break;
    kept.push(plain.value);
  }
  return kept;
}
