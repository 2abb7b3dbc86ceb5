import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { fail, toProblem } from '../../shared/errors.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import { formatPipeline } from '../../shared/pipeline/parse.ts';
import { connect, type Connection } from '../../shared/rpc/client.ts';
import { contract, protocolVersion, type Contract } from '../../shared/rpc/contract.ts';
import { openSocketPipe } from '../../shared/rpc/web-socket.ts';
import type { RunEvent } from '../../shared/run-events.ts';
import { startHost, type EngineHandlers, type Host } from './host.ts';

const notHere = (): never => {
  throw fail('test.not-here', { message: 'The planner is not part of this test.' });
};
const engineHandlers: EngineHandlers = {
  'plan.check': notHere,
  'plan.expression': notHere,
  'plan.functions': notHere,
  'plan.code': notHere,
  'preview.open': notHere,
  'preview.page': notHere,
  'preview.profile': notHere,
  'preview.chart': notHere,
  'preview.close': notHere,
  'pipelines.quickStart': notHere,
};

let root = '';
let workspace = '';
let host: Host;
let connection: Connection<Contract>;
const start = async (): Promise<void> => {
  const started = await startHost({
    workspace,
    version: '0.1.0',
    resourcesFolder: join(root, 'resources'),
    runnerCommand: [process.execPath, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'toy-runner.ts')],
    serviceCommand: [process.execPath, '--disable-warning=ExperimentalWarning', join(import.meta.dirname, '..', 'serve', 'toy-scorer.ts'), 'service'],
    startEngine: async () => ({ handlers: engineHandlers, close: async () => undefined }),
  });
  if (!started.started) throw new Error('another host lives here');
  host = started.host;
  const app = await host.serveApp({ rendererFolder: root, port: 0 });
  connection = connect({ contract, protocol: protocolVersion, open: () => openSocketPipe(new WebSocket(`${app.url.replace('http', 'ws')}/rpc`, { headers: { authorization: `Bearer ${app.bearer}` } })) });
};
const stop = async (): Promise<void> => {
  connection.close();
  await host.close();
};
beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-host-')));
  workspace = join(root, 'workspace');
  mkdirSync(workspace);
  mkdirSync(join(root, 'resources', 'examples'), { recursive: true });
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(root, { recursive: true, force: true });
});

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fulfilled',
    (error: unknown) => toProblem(error).code,
  );
const pipeline = (last: PipelineFile['nodes'][string] = { kind: 'explore.wait', version: 1, params: {} }, title = 'Toy'): PipelineFile =>
  pipelineFile.parse({ flowyard: 1, title, nodes: { numbers: { kind: 'read.numbers' }, last }, wires: ['numbers.rows -> last.rows'] });
const run = async (file: PipelineFile, more: { ignoreCache?: boolean; set?: Record<string, number> } = {}): Promise<string> =>
  (await connection.api['runs.start']({ pipeline: { path: null, file }, to: null, ...more })).run;
async function follow(id: string, afterSeq = -1): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const events of connection.api['runs.events']({ run: id, afterSeq })) all.push(...events);
  return all;
}
const facts = (events: readonly RunEvent[]): string[] => events.filter((e) => e.type !== 'node-progress').map((e) => ('node' in e ? `${e.type} ${e.node}` : e.type));

describe('runs', () => {
  test('run in a process, their facts are kept and told in order, and the second time nothing is computed', async () => {
    const first = await run(pipeline());
    const events = await follow(first);
    expect(facts(events).at(0)).toBe('run-started');
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'done', metrics: { numbers: { rows: 10 } } });
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b));
    // A late viewer gets the same facts.
    expect(facts(await follow(first))).toEqual(facts(events));
    const { run: row, file } = await connection.api['runs.get']({ run: first });
    expect(row).toMatchObject({ status: 'done', title: 'Toy', pipeline: 'unsaved:Toy', computed: 2, cached: 0, metrics: { numbers: { rows: 10 } }, problem: null });
    expect(file).toEqual(pipeline());

    const second = await run(pipeline());
    expect(facts(await follow(second)).filter((fact) => fact.startsWith('node-started'))).toEqual([]);
    expect((await connection.api['runs.list']({ limit: 10, before_ms: null, pipeline: null })).map(({ id, computed, cached }) => [id, computed, cached])).toEqual([
      [second, 0, 2],
      [first, 2, 0],
    ]);
    expect(existsSync(join(workspace, '.flowyard', 'tmp', first))).toBe(false);
  });

  test('a parameter set for the run reaches the node', async () => {
    const events = await follow(await run(pipeline(), { set: { 'numbers.count': 3 } }));
    expect(events.at(-1)).toMatchObject({ metrics: { numbers: { rows: 3 } } });
    expect(await codeOf(run(pipeline(), { set: { numbers: 3 } }))).toBe('run.bad-place');
  });

  test('a report that a run made can be read by its output’s key', async () => {
    const events = await follow(await run(pipeline()));
    const output = events.flatMap((e) => (e.type === 'node-finished' && e.node === 'last' ? e.outputs : []))[0];
    expect(await connection.api['results.report']({ key: output?.key ?? '' })).toEqual({ title: 'Waited', chips: [], blocks: [{ type: 'text', text: '0 ms', tone: 'plain' }] });
    expect(await codeOf(connection.api['results.report']({ key: 'aaaaaaaaaaaa/report' }))).toBe('results.gone');
  });

  test('cancelling ends the run as cancelled; progress came while it ran', async () => {
    const id = await run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 60_000 } }));
    const events: RunEvent[] = [];
    for await (const batch of connection.api['runs.events']({ run: id, afterSeq: -1 })) {
      events.push(...batch);
      if (batch.some((e) => e.type === 'node-progress' && (e.fraction ?? 0) > 0)) await connection.api['runs.cancel']({ run: id });
    }
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'cancelled' });
    expect((await connection.api['runs.get']({ run: id })).run.status).toBe('cancelled');
  });

  test('a runner that dies takes nothing with it: the run is interrupted with the reason, what was finished is kept', async () => {
    const events = await follow(await run(pipeline({ kind: 'explore.crash', version: 1, params: {} })));
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'interrupted', problem: { code: 'run.process-died' } });
    expect(facts(await follow(await run(pipeline())))).toContain('node-cached numbers');
  });

  test('two runs that want the same results at once both finish', async () => {
    const ids = await Promise.all([run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 100 } })), run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 100 } }))]);
    const ends = (await Promise.all(ids.map((id) => follow(id)))).map((events) => events.at(-1));
    expect(ends).toEqual([expect.objectContaining({ status: 'done' }), expect.objectContaining({ status: 'done' })]);
  });

  test('more runs than may run at once wait, and can be cancelled while they wait', async () => {
    const long = { kind: 'explore.wait', version: 1, params: { ms: 60_000 } };
    const ids = [await run(pipeline(long, 'a')), await run(pipeline(long, 'b')), await run(pipeline(long, 'c'))];
    expect((await connection.api['runs.get']({ run: ids[2] ?? '' })).run.status).toBe('queued');
    for (const id of ids.toReversed()) await connection.api['runs.cancel']({ run: id });
    for (const id of ids) expect((await follow(id)).at(-1)).toMatchObject({ status: 'cancelled' });
  });

  test('closing the host ends its runs as interrupted; the next host knows them', async () => {
    const id = await run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 60_000 } }));
    for await (const batch of connection.api['runs.events']({ run: id, afterSeq: -1 })) if (batch.some((e) => e.type === 'node-progress')) break;
    await stop();
    await start();
    expect((await connection.api['runs.get']({ run: id })).run).toMatchObject({ status: 'interrupted', problem: { code: 'run.interrupted' } });
    await connection.api['runs.remove']({ run: id });
    expect(await codeOf(connection.api['runs.get']({ run: id }))).toBe('run.unknown');
    expect(await codeOf(follow(id))).toBe('run.unknown');
  });
});

describe('pipelines', () => {
  test('are saved at once, opened with their hash, and refused when the disk has another', async () => {
    const { api } = connection;
    const path = 'toy.pipeline.json';
    const { hash } = await api['pipelines.save']({ path, file: pipeline(), baseHash: null, overwrite: false });
    expect(readFileSync(join(workspace, path), 'utf8')).toBe(formatPipeline(pipeline()));
    expect(await api['pipelines.open']({ path })).toEqual({ path, file: pipeline(), hash, trusted: true, journal: null });
    const changed = pipeline(undefined, 'Changed');
    expect(await codeOf(api['pipelines.save']({ path, file: changed, baseHash: null, overwrite: false }))).toBe('pipeline.exists');
    writeFileSync(join(workspace, path), formatPipeline(pipeline(undefined, 'By another')));
    expect(await codeOf(api['pipelines.save']({ path, file: changed, baseHash: hash, overwrite: false }))).toBe('pipeline.changed-on-disk');
    await api['pipelines.save']({ path, file: changed, baseHash: hash, overwrite: true });
    expect((await api['pipelines.open']({ path })).file.title).toBe('Changed');
    expect((await api['pipelines.recent']({})).map(({ path: p, title, unsaved }) => [p, title, unsaved])).toEqual([[path, 'Changed', false]]);
    expect(await codeOf(api['pipelines.save']({ path: 'toy.json', file: changed, baseHash: null, overwrite: false }))).toBe('pipeline.name');
  });

  test('of others do not run before they are trusted', async () => {
    const path = 'foreign.pipeline.json';
    writeFileSync(join(workspace, path), formatPipeline(pipeline(undefined, 'Foreign')));
    const page = await asWindow();
    const opened = await page.api['pipelines.open']({ path });
    expect(opened.trusted).toBe(false);
    const request = { pipeline: { path, file: { ...opened.file, title: 'Edited' } }, to: null };
    expect(await codeOf(page.api['runs.start'](request))).toBe('pipeline.untrusted');
    expect(await codeOf(page.api['preview.open']({ ...request, node: 'numbers', port: 'rows' }))).toBe('pipeline.untrusted');
    await page.api['pipelines.trust']({ path });
    expect((await page.api['pipelines.open']({ path })).trusted).toBe(true);
    expect((await follow((await page.api['runs.start'](request)).run)).at(-1)).toMatchObject({ status: 'done' });
    page.close();
  });

  test('keep unsaved work over a crash until it is saved or given up', async () => {
    const { api } = connection;
    const path = 'toy.pipeline.json';
    const { hash } = await api['pipelines.save']({ path, file: pipeline(), baseHash: null, overwrite: false });
    const edited = pipeline(undefined, 'Edited');
    await api['pipelines.journal']({ path, draft: 'd1', file: edited, savedHash: hash });
    await api['pipelines.journal']({ path: null, draft: 'd2', file: pipeline(undefined, 'New'), savedHash: null });
    await stop();
    await start();
    expect((await connection.api['pipelines.open']({ path })).journal).toEqual({ file: edited, savedHash: hash, time_ms: expect.any(Number) });
    expect((await connection.api['pipelines.drafts']({})).map(({ draft, title }) => [draft, title]).sort()).toEqual([
      ['d1', 'Edited'],
      ['d2', 'New'],
    ]);
    await connection.api['pipelines.save']({ path, file: edited, baseHash: hash, overwrite: false });
    expect((await connection.api['pipelines.open']({ path })).journal).toBeNull();
    await connection.api['pipelines.journal']({ path: null, draft: 'd2', file: null, savedHash: null });
    expect((await connection.api['pipelines.drafts']({})).map(({ draft }) => draft)).toEqual(['d1']);
  });

  test('outside the workspace cannot be reached, by dots or by links', async () => {
    writeFileSync(join(root, 'secret.pipeline.json'), formatPipeline(pipeline()));
    symlinkSync(root, join(workspace, 'out'));
    symlinkSync(join(root, 'secret.pipeline.json'), join(workspace, 'link.pipeline.json'));
    for (const path of ['../secret.pipeline.json', join(root, 'secret.pipeline.json'), 'out/secret.pipeline.json', 'link.pipeline.json', 'a/../../secret.pipeline.json']) {
      expect([path, await codeOf(connection.api['pipelines.open']({ path }))]).toEqual([path, 'file.outside-workspace']);
      expect([path, await codeOf(connection.api['pipelines.save']({ path, file: pipeline(), baseHash: null, overwrite: true }))]).toEqual([path, 'file.outside-workspace']);
    }
    expect(await codeOf(connection.api['pipelines.open']({ path: '.flowyard/host.json' }))).toBe('file.hidden');
    expect(await codeOf(connection.api['pipelines.open']({ path: 'nothing.pipeline.json' }))).toBe('pipeline.missing');
    expect(await codeOf(connection.api['pipelines.open']({ path: 'nowhere/nothing.pipeline.json' }))).toBe('file.missing');
  });
});

/** A window in a browser: with a cookie and its origin. */
async function asWindow(): Promise<Connection<Contract>> {
  const app = await host.serveApp({ rendererFolder: root, port: 0 });
  const signedIn = await fetch(app.newAddress(), { redirect: 'manual' });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return connect({ contract, protocol: protocolVersion, open: () => openSocketPipe(new WebSocket(`${app.url.replace('http', 'ws')}/rpc`, { headers: { cookie, origin: app.url } })) });
}

describe('files', () => {
  test('of the workspace are listed, folders first, nothing hidden', async () => {
    mkdirSync(join(workspace, 'data'));
    writeFileSync(join(workspace, 'data', 'b10.csv'), 'a\n1\n');
    writeFileSync(join(workspace, 'data', 'b9.csv'), 'a\n');
    writeFileSync(join(workspace, 'notes.md'), '');
    symlinkSync('/etc', join(workspace, 'etc'));
    const names = async (folder: string): Promise<unknown[][]> => (await connection.api['files.list']({ folder })).map(({ path, kind, bytes }) => [path, kind, bytes]);
    expect(await names('.')).toEqual([
      ['data', 'folder', 0],
      ['notes.md', 'other', 0],
    ]);
    expect(await names('data')).toEqual([
      ['data/b9.csv', 'data', 2],
      ['data/b10.csv', 'data', 4],
    ]);
    expect(await codeOf(names('..'))).toBe('file.outside-workspace');
  });

  test('that are dropped come in pieces, get a free name, and the same file is not kept twice', async () => {
    const upload = async (name: string, text: string): Promise<string> => {
      const bytes = new TextEncoder().encode(text);
      const first = await connection.api['files.upload']({ name, bytes: bytes.subarray(0, 3), done: false });
      return (await connection.api['files.upload']({ name, bytes: bytes.subarray(3), append: first.path, done: true })).path;
    };
    expect(await upload('flowers.csv', 'a,b\n1,2\n')).toBe('data/flowers.csv');
    expect(readFileSync(join(workspace, 'data', 'flowers.csv'), 'utf8')).toBe('a,b\n1,2\n');
    expect(await upload('flowers.csv', 'a,b\n3,4\n')).toBe('data/flowers 2.csv');
    expect(await upload('flowers.csv', 'a,b\n1,2\n')).toBe('data/flowers.csv');
    expect(await upload('../../.hidden\\..\\c:on<fig>.csv', 'xyz')).toBe('data/c_on_fig_.csv');
    expect(await codeOf(connection.api['files.upload']({ name: 'x', bytes: new Uint8Array(1), append: 'upload:gone', done: true }))).toBe('file.upload-lost');
  });

  test('changes are told to whoever watches', async () => {
    const told: string[] = [];
    const watching = (async () => {
      for await (const { what } of connection.api['host.changes']({})) {
        told.push(...what);
        if (told.includes('runs') && told.includes('files')) return;
      }
    })();
    await connection.api['app.info']({});
    await connection.api['files.upload']({ name: 'a.csv', bytes: new Uint8Array(1), done: true });
    await run(pipeline());
    await watching;
  });
});

describe('models and services', () => {
  const deployment = (title = 'Toy'): PipelineFile =>
    pipelineFile.parse({
      flowyard: 1,
      title,
      nodes: { numbers: { kind: 'read.numbers' }, boosting: { kind: 'train.toy' }, judge: { kind: 'evaluate.toy' }, deploy: { kind: 'deploy.toy' } },
      wires: ['numbers.rows -> boosting.rows', 'boosting.model -> judge.model', 'boosting.model -> deploy.model'],
    });
  const row = { id: 1, amount: 12.5, city: 'Bern', member: true, since: '2026-11-24' };
  const running = async (name: string): Promise<Awaited<ReturnType<typeof connection.api['services.list']>>[number]> => {
    for (;;) {
      const service = (await connection.api['services.list']({})).find((one) => one.name === name);
      if (service !== undefined && service.status !== 'starting') return service;
      await new Promise((done) => setTimeout(done, 20));
    }
  };

  test('a run registers what it trained, with what was measured on it, and starts what it declared', async () => {
    const { api } = connection;
    const events = await follow(await run(deployment()));
    expect(events.flatMap((e) => (e.type === 'model-registered' ? [[e.node, e.name, e.version]] : []))).toEqual([['boosting', 'toy-boosting', 1]]);
    expect(events.flatMap((e) => (e.type === 'service-declared' ? [[e.node, e.service, e.model]] : []))).toEqual([['deploy', 'toy', 'toy-boosting 1']]);
    const model = await api['models.get']({ name: 'toy-boosting', version: null });
    expect(model).toMatchObject({ version: 1, task: 'regression', target: 'n', kind: 'train.toy', metrics: { r2: 0.5 }, input_schema: [], pipeline: 'unsaved:Toy', node: 'boosting', classes: [], facts: { rows: 10 } });
    expect(await api['models.list']({})).toEqual([model]);

    const service = await running('toy');
    expect(service).toMatchObject({ model: 'toy-boosting', model_version: 1, status: 'running', token: null, requests: 0, problem: null, url: `http://127.0.0.1:${service.port}` });
    const answer = await api['services.predict']({ name: 'toy', rows: [row] });
    expect(answer).toMatchObject({ status: 200, body: { predictions: [{ prediction: 'big' }], model: 'toy-boosting', version: 1 } });
    expect((await api['services.predict']({ name: 'toy', rows: [{}] })).status).toBe(400);
    const requests = async (): Promise<unknown[][]> => (await api['services.requests']({ name: 'toy', limit: 10 })).map(({ status, rows, input, model_key, error }) => [status, rows, input, model_key, error]);
    while ((await requests()).length < 2) await new Promise((done) => setTimeout(done, 20));
    expect(await requests()).toEqual([
      [400, 1, [{}], model.key, 'predict.missing-column'],
      [200, 1, [row], model.key, null],
    ]);
    expect(await running('toy')).toMatchObject({ requests: 2, errors: 1, p50_ms: expect.any(Number) });

    // The same model again is the same version; what is in use stays.
    await follow(await run(deployment()));
    expect((await api['models.list']({})).map(({ version }) => version)).toEqual([1]);
    expect(await codeOf(api['models.remove']({ name: 'toy-boosting', version: 1 }))).toBe('model.in-use');
    await api['services.remove']({ name: 'toy' });
    await api['models.remove']({ name: 'toy-boosting', version: 1 });
    expect([await api['services.list']({}), await api['models.list']({})]).toEqual([[], []]);
  });

  test('a service stops, starts at the same port, survives the host, and comes back when it dies', async () => {
    const { api } = connection;
    await follow(await run(deployment()));
    await running('toy');
    await api['services.remove']({ name: 'toy' });
    const deployed = await api['services.deploy']({ model: 'toy-boosting', version: null, name: 'by-hand', port: null });
    expect(deployed).toMatchObject({ status: 'running', token: expect.stringMatching(/^[\w-]{32}$/) });
    expect((await fetch(`${deployed.url}/schema`)).status).toBe(401);
    expect(await api['services.stop']({ name: 'by-hand' })).toMatchObject({ status: 'stopped', url: null });
    expect(await codeOf(api['services.predict']({ name: 'by-hand', rows: [row] }))).toBe('service.not-running');
    expect(await api['services.start']({ name: 'by-hand' })).toMatchObject({ status: 'running', port: deployed.port, token: deployed.token });

    await stop();
    await start();
    expect(await running('by-hand')).toMatchObject({ status: 'running', port: deployed.port });
    await connection.api['services.predict']({ name: 'by-hand', rows: [{ ...row, city: 'crash' }] }).catch(() => undefined);
    for (;;) {
      const again = await running('by-hand');
      if (again.status === 'running' && (await connection.api['services.predict']({ name: 'by-hand', rows: [row] }).catch(() => undefined))?.status === 200) break;
    }
    expect(await codeOf(connection.api['services.deploy']({ model: 'nothing', version: null, name: 'x', port: null }))).toBe('model.unknown');
    expect(await codeOf(connection.api['services.deploy']({ model: 'toy-boosting', version: 1, name: '../x', port: null }))).toBe('service.bad-name');
  });

  test('a port that a person chose and that is taken is said, not replaced', async () => {
    await follow(await run(deployment()));
    const port = (await running('toy')).port;
    const second = await connection.api['services.deploy']({ model: 'toy-boosting', version: 1, name: 'second', port });
    expect(second).toMatchObject({ status: 'failed', problem: { code: 'serve.port-in-use', facts: { port } } });
  });
});

test('the cache gives up what no model, service or last run needs', async () => {
  await follow(await run(pipeline()));
  await follow(await run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 1 } })));
  // What a living run may read stays: its process ends a moment after its last fact.
  for await (const { running } of connection.api['app.status']({})) if (running.length === 0) break;
  const before = await connection.api['cache.sizes']({});
  expect(before.artifacts).toBe(3);
  const collected = await connection.api['cache.collect']({ all: true });
  expect([collected.removed, (await connection.api['cache.sizes']({})).artifacts]).toEqual([1, 2]);
});

test('a second host learns of the first; the app says what it is', async () => {
  const second = await startHost({
    workspace,
    version: '0',
    resourcesFolder: root,
    runnerCommand: [],
    serviceCommand: [],
    startEngine: () => Promise.reject(new Error('not reached')),
  });
  expect(second).toEqual({ started: false, living: { pid: process.pid, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), token: expect.any(String) } });
  expect(await connection.api['app.info']({})).toMatchObject({ version: '0.1.0', protocol: protocolVersion, workspace, workspaceName: 'workspace', readOnly: false, examples: [] });
  for await (const status of connection.api['app.status']({})) {
    expect(status).toEqual({ rss_bytes: expect.any(Number), cache_bytes: 0, free_bytes: expect.any(Number), running: [] });
    break;
  }
});
