import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandFolder, peopleCsv, smallPipeline, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(async () => {
  here = makeCommandFolder();
  here.write('people.csv', peopleCsv);
  here.write('people.pipeline.json', smallPipeline());
  const { code } = await here.run('run', 'people.pipeline.json');
  expect(code).toBe(0);
});
afterAll(() => here.remove());

it('lists the models and tells one', async () => {
  const { lines } = await here.run('models', '--json');
  expect(lines().map((m) => [m['name'], m['version'], m['target'], m['classes']])).toEqual([
    ['people-model', 1, 'next', ['goes', 'stays']],
  ]);
  const one = await here.run('models', 'people-model@1');
  expect([one.code, one.out.split('\n')[0], /^Served .*$/m.exec(one.out)?.[0]]).toEqual([
    0,
    'people-model@1',
    'Served    row by row, by the row program',
  ]);
  const none = await here.run('models', 'nix');
  expect([none.code, none.err]).toEqual([2, 'There is no model "nix" in this workspace. It has people-model.\n']);
});

it('predicts the very file that was trained on, the same from JSON lines and Parquet, by name and by key', async () => {
  const csv = await here.run('predict', 'people-model', '--input', 'people.csv');
  const rows = csv.out.trim().split('\n');
  expect([csv.code, rows[0], rows.length]).toEqual([
    0,
    'id,age,city,next,prediction,probability_goes,probability_stays',
    61,
  ]);
  expect(rows[1]?.startsWith('9007199254740993,')).toBe(true);
  for (const ending of ['parquet', 'jsonl']) {
    const written = await here.run(
      'predict',
      'people-model@1',
      '--input',
      'people.csv',
      '--output',
      `out.${ending}`,
      '--json',
    );
    expect(written.lines()).toEqual([
      { type: 'predicted', model: 'people-model', version: 1, rows: 60, output: join(here.folder, `out.${ending}`) },
    ]);
    // What was predicted before is replaced, not doubled.
    expect((await here.run('predict', 'people-model', '--input', `out.${ending}`)).out).toBe(csv.out);
  }
  const key = String((await here.run('models', '--json')).lines()[0]?.['key']);
  expect((await here.run('predict', key, '--input', 'people.csv', '--json')).out).toBe(
    readFileSync(join(here.folder, 'out.jsonl'), 'utf8'),
  );
});

it.skipIf(process.platform === 'win32')('rows from a device or a folder are refused by what it is', async () => {
  for (const [path, kind] of [
    ['/dev/zero', 'device'],
    ['.', 'folder'],
  ])
    expect(await here.run('predict', 'people-model', '--input', path ?? '')).toMatchObject({
      code: 1,
      out: '',
      err: `"${path}" is a ${kind}, not a file. Name a file.\n`,
    });
});

it('refuses to give the name of a service to another model, unless it is told to', async () => {
  const serving = (title: string, testFraction: number): Record<string, unknown> => {
    const { nodes, wires, ...rest } = smallPipeline({ title });
    return {
      ...rest,
      nodes: {
        ...(nodes as object),
        split: { kind: 'split.rows', params: { target: 'next', testFraction, seed: 1 } },
        serve: { kind: 'deploy.http', params: { name: 'shared' } },
      },
      wires: [...(wires as string[]), 'model.model -> serve.model'],
    };
  };
  here.write('first.pipeline.json', serving('First', 0.3));
  here.write('second.pipeline.json', serving('Second', 0.4));
  expect((await here.run('run', 'first.pipeline.json')).code).toBe(0);
  const refused = await here.run('run', 'second.pipeline.json');
  expect([refused.code, refused.err]).toEqual([
    1,
    'The service "shared" goes on answering with first-model 1: run again with --replace to have it answer with the new model, or name the service otherwise.\n',
  ]);
  expect((await here.run('run', 'second.pipeline.json', '--replace')).code).toBe(0);
  // Its own new model takes the name without a question.
  here.write('second.pipeline.json', serving('Second', 0.2));
  expect((await here.run('run', 'second.pipeline.json')).code).toBe(0);
});

it('says what is wrong with rows that do not fit', async () => {
  here.write('narrow.csv', 'id,city\n1,Oslo\n');
  const narrow = await here.run('predict', 'people-model', '--input', 'narrow.csv');
  expect([narrow.code, narrow.out]).toEqual([1, '']);
  expect(narrow.err).toContain('The rows lack the column "age"');
  here.write('bad.jsonl', '{"id":1,"city":"Oslo","age":"old"}\n');
  const bad = await here.run('predict', 'people-model', '--input', 'bad.jsonl');
  expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('Row 1: "old" in the column "age" is no BIGINT.')]);
  here.write('ragged.csv', 'id,age,city\n1,30,Oslo\n2,31\n3,32,Oslo\n4,33,Oslo\n');
  const ragged = await here.run('predict', 'people-model', '--input', 'ragged.csv');
  expect([ragged.code, ragged.err]).toEqual([
    1,
    expect.stringMatching(
      /^Line 3 has 2 values instead of 3\. The file is read as the one was .* save it in that form\.\n$/,
    ),
  ]);
  expect((await here.run('predict', 'people-model', '--input', 'gone.csv')).err).toContain(
    'The file "gone.csv" is not there.',
  );
  expect((await here.run('predict', 'people-model')).code).toBe(2);
});

it('writes a CSV for people so that a spreadsheet runs nothing, and says what it changed', async () => {
  here.write('cells.csv', `id,age,city\n1,30,"=HYPERLINK(""http://x"")"\n2,-5,Bern\n3,40,+1\n`);
  const ask = (...more: string[]) =>
    here.run('predict', 'people-model', '--input', 'cells.csv', '--output', 'cells-out.csv', ...more);
  const read = (): string => readFileSync(join(here.folder, 'cells-out.csv'), 'utf8');
  const said = await ask();
  expect(said.err + said.out).toContain('1 cell that a spreadsheet would take for formulas');
  expect(read()).toContain(`1,30,"'=HYPERLINK(""http://x"")"`);
  expect(read()).toContain('3,40,+1');
  expect((await ask('--as-is')).out).not.toContain('spreadsheet');
  expect(read()).toContain('1,30,"=HYPERLINK(""http://x"")"');
  // Standard output is for programs.
  expect((await here.run('predict', 'people-model', '--input', 'cells.csv')).out).toContain('"=HYPERLINK');
});

it('serves until Ctrl-C, says the same as predict, and asks for its token', async () => {
  const { child, ended, said } = here.start('serve', 'people-model', '--json');
  const line: { type: string; url: string; predict: string; token: string; model: string; version: number } =
    JSON.parse(await said(/\n/));
  expect(line).toMatchObject({
    type: 'serving',
    predict: `${line.url}/predict`,
    model: 'people-model',
    version: 1,
    token: expect.any(String),
  });
  const rows = (await here.run('predict', 'people-model', '--input', 'people.csv', '--json')).lines();
  const ask = (token: string): Promise<Response> =>
    fetch(line.predict, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        rows: rows.map((row) => ({ id: String(row['id']), age: row['age'] ?? null, city: row['city'] })),
      }),
    });
  expect((await ask('wrong')).status).toBe(401);
  const response = await ask(line.token);
  const answer: { predictions: { prediction: string; probabilities: Record<string, number> }[] } = JSON.parse(
    await response.text(),
  );
  expect(answer.predictions.map((p) => [p.prediction, p.probabilities['stays']])).toEqual(
    rows.map((row) => [row['prediction'], row['probability_stays']]),
  );
  // The very file that was trained on, as it lies on the disk.
  const send = async (body: string, type: string): Promise<[number, typeof answer & { error?: unknown }]> => {
    const headers = { 'content-type': type, authorization: `Bearer ${line.token}` };
    const sent = await fetch(line.predict, { method: 'POST', headers, body });
    return [sent.status, JSON.parse(await sent.text())];
  };
  const [status, fromFile] = await send(peopleCsv, 'text/csv; charset=utf-8');
  expect([status, fromFile.predictions]).toEqual([200, answer.predictions]);
  const jsonLines = rows.map((row) => JSON.stringify(row)).join('\n');
  expect((await send(jsonLines, 'application/x-ndjson'))[1].predictions).toEqual(answer.predictions);
  expect(await send('id,city\n1,Oslo\n', 'text/csv')).toMatchObject([
    400,
    { error: { code: 'predict.missing-column', column: 'age' } },
  ]);
  expect(await send('id,age,city\n1,old,Oslo\n', 'text/csv')).toMatchObject([
    400,
    { error: { message: expect.stringContaining('"old"') } },
  ]);
  child.kill('SIGINT');
  const { code, lines } = await ended;
  const requests = lines().filter((l) => l['type'] === 'request');
  expect([code, requests.map((l) => [l['status'], l['rows']])]).toEqual([
    0,
    [
      [200, 60],
      [200, 60],
      [200, 60],
      [400, 0],
      [400, 0],
    ],
  ]);
});

it('a port in use is a clear error', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = String(typeof address === 'object' ? (address?.port ?? 0) : 0);
  const { code, err } = await here.run('serve', 'people-model', '--port', port);
  other.close();
  expect([code, err]).toEqual([
    1,
    `The port ${port} is used by another program. Choose another port, or 0 for any that is free.\n`,
  ]);
});

it('tells kinds and examples, and copies an example that runs', async () => {
  const kinds = (await here.run('nodes', '--json')).lines();
  expect(kinds.find((k) => k['kind'] === 'split.rows')).toMatchObject({
    inputs: { rows: { wire: 'table' } },
    outputs: { rows: { wire: 'table' } },
  });
  const one = (await here.run('nodes', 'split.rows', '--json')).lines()[0];
  expect(one?.['help']).toContain('#');
  expect((await here.run('nodes', 'split.nix')).code).toBe(2);
  const [example] = (await here.run('examples', '--json')).lines();
  const id = String(example?.['id']);
  const copied = await here.run('examples', id, '--to', '.');
  expect([copied.code, (await here.run('check', `${id}.pipeline.json`)).code]).toEqual([0, 0]);
  expect((await here.run('examples', id, '--to', '.')).err).toContain('already');
});

it('a cross-validation gives one model, of all rows, with what was measured', async () => {
  const file = smallPipeline({ title: 'Crossed' });
  const nodes = Object.assign({}, file['nodes'], {
    split: { kind: 'split.rows', params: { target: 'next', method: 'folds', folds: 3 } },
  });
  here.write('crossed.pipeline.json', { ...file, nodes });
  expect((await here.run('run', 'crossed.pipeline.json')).code).toBe(0);
  const model = (await here.run('models', '--json')).lines().filter((m) => m['name'] === 'crossed-model');
  expect(model).toMatchObject([{ version: 1, metrics: { accuracy: expect.any(Number) } }]);
  const predicted = await here.run('predict', 'crossed-model', '--input', 'people.csv');
  expect([predicted.code, predicted.out.trim().split('\n').length]).toEqual([0, 61]);
});
