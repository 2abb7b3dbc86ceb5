import { request, type OutgoingHttpHeaders } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { imageType } from '../../shared/media/image.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import type { Scorer } from '../recipe/scorer/scorer.ts';
import type { ServedRequest } from './service-process.ts';
import { openToyScorer } from '../../test/support/toy-scorer.ts';

let server: ModelServer;
let reported: ServedRequest[];
/** The first row whose city is "slow" has come; such rows have their answer when the gate is opened. */
let [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
const start = async (
  more: { token?: string | null; keepBytes?: number; longestQueue?: number; scorer?: Scorer } = {},
): Promise<ModelServer> => {
  const scorer = await openToyScorer('');
  const predictRows: typeof scorer.predictRows = async (rows, ...more) => {
    if (rows.some((one) => one['city'] === 'slow')) {
      begun.resolve();
      await gate.promise;
    }
    return scorer.predictRows(rows, ...more);
  };
  return startModelServer({
    scorer: { ...scorer, predictRows },
    model: 'toy',
    version: 3,
    key: 'abc',
    port: 0,
    token: null,
    largestBodyBytes: 1 << 20,
    onRequest: (one) => reported.push(one),
    ...more,
  });
};
beforeEach(async () => {
  reported = [];
  [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  server = await start();
});
afterEach(() => server.close());

const row = { id: 1, amount: 12.5, city: 'Zürich', member: true, since: '2026-11-24T10:00:00' };
const big = { prediction: 'big', probabilities: { big: 0.75, small: 0.25 }, note: 'bigint 1' };
const json = { 'content-type': 'application/json' };
interface Answer {
  status: number;
  body: Record<string, unknown>;
}
const post = async (path: string, body: unknown, headers: Record<string, string> = json): Promise<Answer> => {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
};
const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
  const response = await fetch(server.url + path, { headers });
  return { status: response.status, body: JSON.parse(await response.text()) };
};

describe('our own form', () => {
  test.each(['2026-11-24', '2026-11-24 10:00:00.25-08', '2026-11-24T10:00:00+00', '2026-11-24T10:00:00+05:30'])(
    'takes the time %s, as databases write it',
    async (since) => {
      expect(await post('/predict', { ...row, since })).toMatchObject({ status: 200, body: { predictions: [big] } });
    },
  );
  test('takes rows, a list, or one row, and answers with probabilities, model and version', async () => {
    const expected = { status: 200, body: { predictions: [big], model: 'toy', version: 3 } };
    expect(await post('/predict', { rows: [row] })).toEqual(expected);
    expect(await post('/predict', [row])).toEqual(expected);
    expect(await post('/predict', row)).toEqual(expected);
    expect(await post('/predict', { rows: [] })).toEqual({
      status: 200,
      body: { predictions: [], model: 'toy', version: 3 },
    });
  });

  test('takes the very file that was trained on: its target and unused columns are no mistake', async () => {
    expect((await post('/predict', { rows: [{ ...row, size: 'small', remark: 'x' }] })).status).toBe(200);
  });

  test('keeps every digit of a whole number, as a number or as text', async () => {
    const note = async (id: string): Promise<unknown> =>
      (await post('/predict', `[${JSON.stringify(row).replace('"id":1', `"id":${id}`)}]`)).body['predictions'];
    expect(await note('9007199254740993')).toEqual([{ ...big, note: 'bigint 9007199254740993' }]);
    expect(await note('"9223372036854775807"')).toEqual([{ ...big, note: 'bigint 9223372036854775807' }]);
    expect(await note('-9223372036854775808')).toEqual([{ ...big, note: 'bigint -9223372036854775808' }]);
    expect(await note('null')).toEqual([{ ...big, note: 'object null' }]);
  });

  test.each([
    ['an unknown column', { ...row, colour: 'red' }, { code: 'predict.unknown-column', column: 'colour' }],
    [
      'a column in another spelling',
      { ...row, City: 'x' },
      { code: 'predict.unknown-column', column: 'City', mend: 'Did you mean "city"?' },
    ],
    [
      'a missing column',
      { id: 1, amount: 1, city: 'x', member: true },
      { code: 'predict.missing-column', column: 'since' },
    ],
    [
      'words for a number',
      { ...row, amount: '12,5' },
      {
        code: 'predict.wrong-type',
        column: 'amount',
        message: 'Row 2: the column "amount" should be a number, but is the text "12,5".',
      },
    ],
    ['a fraction for a whole number', { ...row, id: 1.5 }, { code: 'predict.wrong-type', column: 'id' }],
    ['yes/no for a text', { ...row, city: true }, { code: 'predict.wrong-type', column: 'city' }],
    ['2 for yes/no', { ...row, member: 2 }, { code: 'predict.wrong-type', column: 'member' }],
    ['a day that does not exist', { ...row, since: '2026-02-31' }, { code: 'predict.wrong-type', column: 'since' }],
    ['words for a time', { ...row, since: 'yesterday' }, { code: 'predict.wrong-type', column: 'since' }],
    ['a list for a value', { ...row, city: ['x'] }, { code: 'predict.wrong-type', column: 'city' }],
    ['a row that is no object', 7, { code: 'predict.bad-row' }],
  ])('names %s with its row', async (_name, bad, expected) => {
    expect(await post('/predict', { rows: [row, bad] })).toEqual({
      status: 400,
      body: { error: { message: expect.any(String), mend: expect.any(String), row: 2, ...expected } },
    });
  });

  test('refuses a whole number that its type cannot hold', async () => {
    expect(await post('/predict', JSON.stringify([row]).replace('"id":1', '"id":9223372036854775808'))).toMatchObject({
      status: 400,
      body: { error: { code: 'predict.wrong-type', column: 'id', row: 1 } },
    });
  });
});

describe('MLflow’s form', () => {
  test.each([
    ['dataframe_records', { dataframe_records: [row] }],
    ['dataframe_split', { dataframe_split: { columns: Object.keys(row), data: [Object.values(row)] } }],
    ['inputs as rows', { inputs: [row] }],
    ['inputs as columns', { inputs: Object.fromEntries(Object.entries(row).map(([name, value]) => [name, [value]])) }],
    ['instances', { instances: [row] }],
  ])('takes %s', async (_name, body) => {
    expect(await post('/invocations', body)).toEqual({ status: 200, body: { predictions: ['big'] } });
  });

  test('says what is wrong with a body of another shape', async () => {
    for (const body of [
      {},
      7,
      { dataframe_split: { columns: ['a'] } },
      { dataframe_split: { columns: ['a', 'b'], data: [[1]] } },
      { inputs: { a: [1], b: [1, 2] } },
    ])
      expect(await post('/invocations', body)).toMatchObject({
        status: 400,
        body: { error: { code: 'predict.bad-body' } },
      });
  });
});

describe('the Open Inference Protocol', () => {
  const inputs = [
    { name: 'id', shape: [2], datatype: 'INT64', data: [1, 1] },
    { name: 'amount', shape: [2, 1], datatype: 'FP64', data: [[12.5], [3]] },
    { name: 'city', shape: [2], datatype: 'BYTES', data: ['Bern', 'Basel'] },
    { name: 'member', shape: [2], datatype: 'BOOL', data: [true, false] },
    { name: 'since', shape: [2], datatype: 'BYTES', data: ['2026-11-24', null] },
  ];
  test('answers with tensors', async () => {
    expect(await post('/v2/models/toy/infer', { id: 'q1', inputs })).toEqual({
      status: 200,
      body: {
        model_name: 'toy',
        model_version: '3',
        id: 'q1',
        outputs: [
          { name: 'prediction', shape: [2], datatype: 'BYTES', data: ['big', 'small'] },
          {
            name: 'probabilities',
            shape: [2, 2],
            datatype: 'FP64',
            data: [0.75, 0.25, 0.25, 0.75],
            parameters: { classes: ['big', 'small'] },
          },
        ],
      },
    });
    expect((await post('/v2/models/toy/versions/3/infer', { inputs })).status).toBe(200);
    expect(await post('/v2/models/toy/infer', { inputs: [{ ...inputs[0], shape: [3] }] })).toMatchObject({
      status: 400,
      body: { error: { code: 'predict.bad-body' } },
    });
  });

  test('says that it lives, and what the model reads and gives', async () => {
    expect(await get('/v2/health/live')).toEqual({ status: 200, body: { live: true } });
    expect(await get('/v2/health/ready')).toEqual({ status: 200, body: { ready: true } });
    expect(await get('/v2/models/toy')).toMatchObject({
      status: 200,
      body: {
        name: 'toy',
        versions: ['3'],
        inputs: [{ name: 'id', datatype: 'INT64', shape: [-1] }, { name: 'amount', datatype: 'FP64' }, {}, {}, {}],
        outputs: [
          { name: 'prediction', datatype: 'BYTES' },
          { name: 'probabilities', shape: [-1, 2] },
        ],
      },
    });
    expect((await get('/v2/models/other')).status).toBe(404);
  });
});

describe('the server', () => {
  test('tells its health and the schema of a row', async () => {
    expect(await get('/health')).toEqual({
      status: 200,
      body: { status: 'ok', model: 'toy', version: 3, key: 'abc', uptime_s: expect.any(Number) },
    });
    expect(await get('/schema')).toMatchObject({
      status: 200,
      body: {
        type: 'object',
        required: ['id', 'amount', 'city', 'member', 'since'],
        properties: {
          amount: { type: ['number', 'string', 'null'], description: 'DOUBLE' },
          since: { format: 'date-time' },
        },
      },
    });
  });

  test('tells each prediction to the log, with latency, status, rows, and what was asked', async () => {
    await post('/predict', { rows: [row, { ...row, id: 2 }] });
    await post('/predict', { rows: [{}] });
    expect(reported).toEqual([
      {
        time_ms: expect.any(Number),
        latency_ms: expect.any(Number),
        rows: 2,
        status: 200,
        input: [row, { ...row, id: 2 }],
        output: [big, { ...big, note: 'bigint 2' }],
        error: null,
      },
      {
        time_ms: expect.any(Number),
        latency_ms: expect.any(Number),
        rows: 1,
        status: 400,
        input: [{}],
        output: null,
        error: 'predict.missing-column',
      },
    ]);
  });

  test('keeps as many whole rows as fit, and nothing when it should not', async () => {
    await server.close();
    server = await start({ keepBytes: 250 });
    await post('/predict', { rows: [row, row, row, row, row] });
    await server.close();
    server = await start({ keepBytes: 0 });
    await post('/predict', { rows: [row] });
    expect(reported.map(({ rows, input }) => [rows, Array.isArray(input) ? input.length : input])).toEqual([
      [5, 2],
      [1, null],
    ]);
  });

  test('refuses what is not JSON, not said to be JSON, too large, or sent by another method', async () => {
    expect(await post('/predict', '{"rows":')).toMatchObject({
      status: 400,
      body: { error: { code: 'predict.not-json' } },
    });
    expect(await post('/predict', '{}', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      body: { error: { code: 'predict.wrong-content' } },
    });
    expect(await post('/predict', { rows: ['x'.repeat(1 << 20)] })).toMatchObject({
      status: 413,
      body: { error: { code: 'predict.too-large' } },
    });
    expect(await get('/predict')).toMatchObject({ status: 405 });
    expect(await post('/schema', {})).toMatchObject({ status: 405 });
    expect(await get('/nothing')).toMatchObject({ status: 404, body: { error: { code: 'predict.no-route' } } });
  });

  test('takes the file of an image where a model reads one and nothing else, and says so where it does not', async () => {
    const png = { 'content-type': 'image/png' };
    expect(await post('/predict', 'bytes', png)).toMatchObject({
      status: 415,
      body: { error: { code: 'predict.wrong-content', mend: expect.stringContaining('images in them as base64') } },
    });
    await server.close();
    const toy = await openToyScorer('');
    const scorer: Scorer = {
      ...toy,
      inputSchema: [{ name: 'photo', type: imageType }],
      predictRows: async (rows) =>
        rows.map(({ photo }) => ({
          prediction: Buffer.from(String(photo), 'base64').toString(),
          probabilities: null,
        })),
    };
    server = await start({ scorer });
    for (const type of ['image/png', 'image/jpeg; a=b', 'application/octet-stream'])
      expect(await post('/predict', 'bytes', { 'content-type': type })).toMatchObject({
        status: 200,
        body: { predictions: [{ prediction: 'bytes' }], model: 'toy' },
      });
    expect(await post('/predict', '', png)).toMatchObject({ status: 400, body: { error: { column: 'photo' } } });
    expect(await post('/invocations', 'bytes', png)).toMatchObject({ status: 415 });
    expect(await post('/predict', 'bytes', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      body: {
        error: { message: expect.stringContaining('JSON or an image'), mend: expect.stringContaining('image/png') },
      },
    });
    expect(reported.map(({ status, rows }) => [status, rows]).slice(0, 2)).toEqual([
      [415, 0],
      [200, 1],
    ]);
  });

  test('refuses a body that grows too large without saying so beforehand', async () => {
    const headers: OutgoingHttpHeaders = { ...json, 'transfer-encoding': 'chunked' };
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: server.port, path: '/predict', method: 'POST', headers },
        (response) => resolve(response.statusCode),
      );
      sent.on('error', reject);
      for (let i = 0; i < 3; i++) sent.write('x'.repeat(1 << 19));
    });
    expect(status).toBe(413);
  });

  test('asks for its token, save for health', async () => {
    await server.close();
    server = await start({ token: 'secret' });
    expect(await post('/predict', { rows: [row] })).toMatchObject({
      status: 401,
      body: { error: { code: 'predict.no-token' } },
    });
    expect((await post('/predict', { rows: [row] }, { ...json, authorization: 'Bearer guess' })).status).toBe(401);
    expect((await post('/predict', { rows: [row] }, { ...json, authorization: 'Bearer secret' })).status).toBe(200);
    expect([
      (await get('/schema')).status,
      (await get('/health')).status,
      (await get('/v2/health/ready')).status,
    ]).toEqual([401, 200, 200]);
    expect(reported.map(({ status }) => status)).toEqual([200]);
  });

  test('keeps a connection longer than who asks does: none is closed at the moment of the next question', async () => {
    const response = await fetch(`${server.url}/health`);
    expect(response.headers.get('keep-alive')).toBe('timeout=75');
    await response.text();
  });

  test('turns away what would wait too long', async () => {
    await server.close();
    server = await start({ longestQueue: 2 });
    const slow = { rows: [{ ...row, city: 'slow' }] };
    const ask = async (): Promise<number> => {
      const { status } = await post('/predict', slow);
      if (status === 503) gate.resolve();
      return status;
    };
    const statuses = await Promise.all([ask(), ask(), ask()]);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 200, 503]);
  });

  test('answers what it has begun before it goes', async () => {
    const slow = post('/predict', { rows: [{ ...row, city: 'slow' }] });
    await begun.promise;
    const closed = server.close();
    gate.resolve();
    await closed;
    expect((await slow).status).toBe(200);
    server = await start();
  });
});

test('without a token it answers nobody who reached this machine by a foreign name', async () => {
  const asked = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const ask = request(`${server.url}/schema`, { headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      ask.once('error', reject);
      ask.end();
    });
  expect([await asked('page.example'), await asked(`localhost:${server.port}`)]).toEqual([401, 200]);
});
