import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandFolder, type CommandFolder } from './spawn-command.ts';

const value = 'sk-the+very secret/value';
let here: CommandFolder;
let endpoint: Server;
const seen: (string | undefined)[] = [];
let refuses = false;

beforeAll(async () => {
  here = makeCommandFolder();
  process.env['FLOWYARD_SECRETS_FILE'] = join(here.folder, 'person', 'secrets.json');
  process.env['FLOWYARD_SECRETS_KEY'] = 'open sesame';
  endpoint = createServer((request, response) => {
    seen.push(request.headers.authorization);
    request.resume();
    request.once('end', () => {
      // A careless server: it repeats the key.
      if (refuses)
        return response
          .writeHead(401)
          .end(JSON.stringify({ error: { message: `wrong key ${request.headers.authorization}` } }));
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: 'Hel' } }] })}\n\n`);
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: 'lo' }, finish_reason: 'stop' }] })}\n\n`);
      response.end(
        `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 1_000_000, completion_tokens: 500_000 } })}\n\ndata: [DONE]\n\n`,
      );
    });
  });
  await new Promise<void>((done) => endpoint.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  delete process.env['FLOWYARD_SECRETS_FILE'];
  delete process.env['FLOWYARD_SECRETS_KEY'];
  endpoint.close();
  here.remove();
});

const address = (): string => {
  const { port } = endpoint.address() as AddressInfo;
  return `http://127.0.0.1:${port}/v1`;
};
const pipeline = () => ({
  flowyard: 1,
  title: 'Ask',
  parameters: {},
  nodes: {
    // What failed is written too, so that it can be looked through for the secret.
    ask: { kind: 'language.generate', version: 1, params: { prompt: 'q', failShare: null } },
    model: {
      kind: 'language.endpoint',
      version: 1,
      params: { url: address(), model: 'm', secret: 'mine', inputPrice: 2, outputPrice: 4 },
    },
    rows: { kind: 'read.csv', version: 1, params: { file: 'rows.csv' } },
    table: { kind: 'write.table', version: 1, params: { file: 'out.jsonl', format: 'jsonl', overwrite: true } },
  },
  wires: ['ask.rows -> table.rows', 'model.llm -> ask.llm', 'rows.rows -> ask.rows'],
  groups: {},
  notes: {},
  layout: {},
});

function give(text: string, ...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (out += data.toString()));
  child.stdin.end(text);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}

it('keeps, lists and removes secrets, and echoes no value', async () => {
  const set = await give(`${value}\n`, 'secrets', 'set', 'mine', '--json');
  expect(set).toEqual({ code: 0, out: '{"name":"mine","set":true}\n' });
  expect((await here.run('secrets', 'list')).out).toBe('mine\n');
  expect((await here.run('secrets', 'list', '--json')).lines()).toEqual([{ name: 'mine' }]);
  expect((await here.run('secrets', 'set', 'mine', value)).code).toBe(2);
  await give('x', 'secrets', 'set', 'other');
  expect((await here.run('secrets', 'remove', 'other')).code).toBe(0);
  expect(await here.run('secrets', 'remove', 'other')).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no secret "other".'),
  });
});

it('a run sends the secret to its endpoint and writes it nowhere', async () => {
  here.write('rows.csv', 'q\nHi\n');
  here.write('ask.pipeline.json', JSON.stringify(pipeline()));
  const run = await here.run('run', 'ask.pipeline.json', '--json');
  expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: '' });
  expect(seen).toEqual([`Bearer ${value}`]);
  const written: Record<string, unknown> = JSON.parse(readFileSync(join(here.folder, 'out.jsonl'), 'utf8'));
  expect(written).toMatchObject({
    q: 'Hi',
    answer: 'Hello',
    answer_error: null,
    answer_cost: 4,
    answer_tokens: 500_000,
  });
  expect(run.lines().at(-1)).toMatchObject({ metrics: { ask: { answered: 1, cost: 4 } } });

  refuses = true;
  const refused = await here.run('run', 'ask.pipeline.json', '--json', '--set', 'ask.seed=7');
  expect(refused.code).toBe(1);
  expect(refused.out + refused.err).toContain('wrong key Bearer •••');
  for (const file of allFiles(here.folder)) expect(readFileSync(file).includes(value), file).toBe(false);
  expect(run.out + refused.out + refused.err).not.toContain(value);
});

it('a password in an address is refused, and recorded by nothing', async () => {
  const url = 'http://user:pw-SECRET2@localhost/v1?api_key=QSECRET3&version=1';
  here.write('address.pipeline.json', JSON.stringify(pipeline()));
  const refused = await here.run('run', 'address.pipeline.json', '--set', `model.url=${url}`);
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('The address holds a password')]);
  const kept = allFiles(join(here.folder, '.flowyard')).map((file) => readFileSync(file));
  expect(kept.some((bytes) => bytes.includes('http://user:•••@localhost/v1?api_key=•••&version=1'))).toBe(true);
  for (const secret of ['pw-SECRET2', 'QSECRET3']) expect(kept.some((bytes) => bytes.includes(secret))).toBe(false);
});

it('says which secret is missing, and that the store is locked', async () => {
  const other = JSON.stringify(pipeline()).replace('"secret":"mine"', '"secret":"nobody-has"');
  here.write('missing.pipeline.json', other);
  const missing = await here.run('run', 'missing.pipeline.json');
  expect(missing.code).toBe(1);
  expect(missing.out + missing.err).toContain('There is no secret "nobody-has" on this machine.');
  delete process.env['FLOWYARD_SECRETS_KEY'];
  const locked = await here.run('run', 'ask.pipeline.json', '--set', 'ask.seed=9');
  process.env['FLOWYARD_SECRETS_KEY'] = 'open sesame';
  expect(locked.out + locked.err).toContain('The secrets are locked.');
});

const allFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
