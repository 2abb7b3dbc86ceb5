import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import { formatPipeline } from '../../shared/pipeline/parse.ts';
import { connect, type Connection } from '../../shared/rpc/client.ts';
import { contract, protocolVersion, type Contract } from '../../shared/rpc/contract.ts';
import { openSocketPipe } from '../../shared/rpc/web-socket.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { startHost } from './host.ts';
import { codeOf, toyPipeline } from '../../test/support/toy-host.ts';
import { toyHostForEachTest } from '../../test/support/open-toy-host.ts';

const here = toyHostForEachTest();
const pipeline = toyPipeline;
const { run, follow } = here;
const facts = (events: readonly RunEvent[]): string[] =>
  events.filter((e) => e.type !== 'node-progress').map((e) => ('node' in e ? `${e.type} ${e.node}` : e.type));

describe('runs', () => {
  test('run in a process, their facts are kept and told in order, and the second time nothing is computed', async () => {
    const first = await run(pipeline());
    const events = await follow(first);
    expect(facts(events).at(0)).toBe('run-started');
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'done', metrics: { numbers: { rows: 10 } } });
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => a - b));
    // A late viewer gets the same facts.
    expect(facts(await follow(first))).toEqual(facts(events));
    const { run: row, file } = await here.connection.api['runs.get']({ run: first });
    expect(row).toMatchObject({
      status: 'done',
      title: 'Toy',
      pipeline: 'unsaved:Toy',
      computed: 2,
      cached: 0,
      metrics: { numbers: { rows: 10 } },
      problem: null,
    });
    expect(file).toEqual(pipeline());

    const second = await run(pipeline());
    expect(facts(await follow(second)).filter((fact) => fact.startsWith('node-started'))).toEqual([]);
    expect(
      (await here.connection.api['runs.list']({ limit: 10, before_ms: null, pipeline: null })).map(
        ({ id, computed, cached }) => [id, computed, cached],
      ),
    ).toEqual([
      [second, 0, 2],
      [first, 2, 0],
    ]);
    expect(existsSync(join(here.workspace, '.flowyard', 'tmp', first))).toBe(false);
  });

  test('a parameter set for the run reaches the node', async () => {
    const events = await follow(await run(pipeline(), { set: { 'numbers.count': 3 } }));
    expect(events.at(-1)).toMatchObject({ metrics: { numbers: { rows: 3 } } });
    expect(await codeOf(run(pipeline(), { set: { numbers: 3 } }))).toBe('run.bad-place');
  });

  test('a report that a run made can be read by its output’s key', async () => {
    const events = await follow(await run(pipeline()));
    const output = events.flatMap((e) => (e.type === 'node-finished' && e.node === 'last' ? e.outputs : []))[0];
    expect(await here.connection.api['results.report']({ key: output?.key ?? '' })).toEqual({
      title: 'Waited',
      chips: [],
      blocks: [{ type: 'text', text: '0 ms', tone: 'plain' }],
    });
    expect(await codeOf(here.connection.api['results.report']({ key: 'aaaaaaaaaaaa/report' }))).toBe('results.gone');
  });

  test('cancelling ends the run as cancelled; progress came while it ran', async () => {
    const id = await run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 60_000 } }));
    const events: RunEvent[] = [];
    for await (const batch of here.connection.api['runs.events']({ run: id, afterSeq: -1 })) {
      events.push(...batch);
      if (batch.some((e) => e.type === 'node-progress' && (e.fraction ?? 0) > 0))
        await here.connection.api['runs.cancel']({ run: id });
    }
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'cancelled' });
    expect((await here.connection.api['runs.get']({ run: id })).run.status).toBe('cancelled');
  });

  test('a runner that dies takes nothing with it: the run is interrupted with the reason, what was finished is kept', async () => {
    const events = await follow(await run(pipeline({ kind: 'explore.crash', version: 1, params: {} })));
    expect(events.at(-1)).toMatchObject({
      type: 'run-finished',
      status: 'interrupted',
      problem: { code: 'run.process-died' },
    });
    expect(facts(await follow(await run(pipeline())))).toContain('node-cached numbers');
  });

  test('two runs that want the same results at once both finish', async () => {
    const ids = await Promise.all([
      run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 100 } })),
      run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 100 } })),
    ]);
    const ends = (await Promise.all(ids.map((id) => follow(id)))).map((events) => events.at(-1));
    expect(ends).toEqual([expect.objectContaining({ status: 'done' }), expect.objectContaining({ status: 'done' })]);
  });

  test('more runs than may run at once wait, and can be cancelled while they wait', async () => {
    const long = { kind: 'explore.wait', version: 1, params: { ms: 60_000 } };
    const ids = [await run(pipeline(long, 'a')), await run(pipeline(long, 'b')), await run(pipeline(long, 'c'))];
    expect((await here.connection.api['runs.get']({ run: ids[2] ?? '' })).run.status).toBe('queued');
    for (const id of ids.toReversed()) await here.connection.api['runs.cancel']({ run: id });
    for (const id of ids) expect((await follow(id)).at(-1)).toMatchObject({ status: 'cancelled' });
    expect((await follow(ids[2] ?? ''))[0]).toMatchObject({
      type: 'run-queued',
      reason: 'Waits for memory: 2 other runs are under way.',
    });
  });

  test('limits of a run are kept with the workspace, hold for the next run, and are refused where the machine has less', async () => {
    const { memory, chosen } = await here.connection.api['limits.get']({});
    expect([chosen, memory.defaultBytes]).toEqual([{}, Math.floor(memory.machineBytes / 2)]);
    const limits = { memoryBytes: 2 ** 30, seconds: 0.2 };
    await here.connection.api['limits.set'](limits);
    expect(await codeOf(here.connection.api['limits.set']({ memoryBytes: 1 }))).toBe('limits.memory');
    expect(await codeOf(here.connection.api['limits.set']({ memoryBytes: 2 ** 50 }))).toBe('limits.memory');
    await here.restart();
    expect((await here.connection.api['limits.get']({})).chosen).toEqual(limits);
    const id = await run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 60_000 } }));
    expect((await follow(id)).at(-1)).toMatchObject({ status: 'failed', problem: { code: 'run.time-limit' } });
    await here.connection.api['limits.set']({});
    expect((await here.connection.api['limits.get']({})).chosen).toEqual({});
  });

  test('closing the host ends its runs as interrupted; the next host knows them', async () => {
    const id = await run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 60_000 } }));
    for await (const batch of here.connection.api['runs.events']({ run: id, afterSeq: -1 }))
      if (batch.some((e) => e.type === 'node-progress')) break;
    await here.restart();
    expect((await here.connection.api['runs.get']({ run: id })).run).toMatchObject({
      status: 'interrupted',
      problem: { code: 'run.interrupted' },
    });
    await here.connection.api['runs.remove']({ run: id });
    expect(await codeOf(here.connection.api['runs.get']({ run: id }))).toBe('run.unknown');
    expect(await codeOf(follow(id))).toBe('run.unknown');
  });
});

describe('pipelines', () => {
  test('are saved at once, opened with their hash, and refused when the disk has another', async () => {
    const { api } = here.connection;
    const path = 'toy.pipeline.json';
    // A file without places would be laid out when it is opened.
    const own = { ...pipeline(), layout: { numbers: [0, 0], last: [220, 0] } satisfies PipelineFile['layout'] };
    const { hash } = await api['pipelines.save']({ path, file: own, baseHash: null, overwrite: false });
    expect(readFileSync(join(here.workspace, path), 'utf8')).toBe(formatPipeline(own));
    expect(await api['pipelines.open']({ path })).toEqual({
      path,
      file: own,
      onDisk: { file: own, hash },
      trusted: true,
      baseHash: hash,
      saved: own,
      draft: expect.any(String),
      unsaved_ms: null,
      windows: 0,
    });
    const changed = pipeline(undefined, 'Changed');
    expect(await codeOf(api['pipelines.save']({ path, file: changed, baseHash: null, overwrite: false }))).toBe(
      'pipeline.exists',
    );
    writeFileSync(join(here.workspace, path), formatPipeline(pipeline(undefined, 'By another')));
    expect(await codeOf(api['pipelines.save']({ path, file: changed, baseHash: hash, overwrite: false }))).toBe(
      'pipeline.changed-on-disk',
    );
    rmSync(join(here.workspace, path));
    expect(await codeOf(api['pipelines.save']({ path, file: changed, baseHash: hash, overwrite: false }))).toBe(
      'pipeline.removed-on-disk',
    );
    await api['pipelines.save']({ path, file: changed, baseHash: hash, overwrite: true });
    expect((await api['pipelines.open']({ path })).file.title).toBe('Changed');
    expect((await api['pipelines.recent']({})).map(({ path: p, title, unsaved }) => [p, title, unsaved])).toEqual([
      [path, 'Changed', false],
    ]);
    expect(
      await codeOf(api['pipelines.save']({ path: 'toy.json', file: changed, baseHash: null, overwrite: false })),
    ).toBe('pipeline.name');
  });

  test('of others do not run before they are trusted', async () => {
    const path = 'foreign.pipeline.json';
    writeFileSync(join(here.workspace, path), formatPipeline(pipeline(undefined, 'Foreign')));
    const page = await asWindow();
    const opened = await page.api['pipelines.open']({ path });
    expect(opened.trusted).toBe(false);
    const request = { pipeline: { path, file: { ...opened.file, title: 'Edited' } }, to: null };
    expect(await codeOf(page.api['runs.start'](request))).toBe('pipeline.untrusted');
    expect(await codeOf(page.api['preview.open']({ ...request, node: 'numbers', port: 'rows' }))).toBe(
      'pipeline.untrusted',
    );
    await page.api['pipelines.trust']({ path });
    expect((await page.api['pipelines.open']({ path })).trusted).toBe(true);
    expect((await follow((await page.api['runs.start'](request)).run)).at(-1)).toMatchObject({ status: 'done' });
    page.close();
  });

  test('outside the workspace cannot be reached, by dots or by links', async () => {
    writeFileSync(join(here.root, 'secret.pipeline.json'), formatPipeline(pipeline()));
    symlinkSync(here.root, join(here.workspace, 'out'));
    symlinkSync(join(here.root, 'secret.pipeline.json'), join(here.workspace, 'link.pipeline.json'));
    for (const path of [
      '../secret.pipeline.json',
      join(here.root, 'secret.pipeline.json'),
      'out/secret.pipeline.json',
      'link.pipeline.json',
      'a/../../secret.pipeline.json',
    ]) {
      expect([path, await codeOf(here.connection.api['pipelines.open']({ path }))]).toEqual([
        path,
        'file.outside-workspace',
      ]);
      expect([
        path,
        await codeOf(
          here.connection.api['pipelines.save']({ path, file: pipeline(), baseHash: null, overwrite: true }),
        ),
      ]).toEqual([path, 'file.outside-workspace']);
    }
    expect(await codeOf(here.connection.api['pipelines.open']({ path: '.flowyard/host.json' }))).toBe('file.hidden');
    expect(await codeOf(here.connection.api['pipelines.open']({ path: 'nothing.pipeline.json' }))).toBe(
      'pipeline.missing',
    );
    expect(await codeOf(here.connection.api['pipelines.open']({ path: 'nowhere/nothing.pipeline.json' }))).toBe(
      'file.missing',
    );
  });
});

/** A window in a browser: with a cookie and its origin. */
async function asWindow(): Promise<Connection<Contract>> {
  const app = await here.host.serveApp({ rendererFolder: here.root, port: 0 });
  const signedIn = await fetch(app.newAddress(), { redirect: 'manual' });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return connect({
    contract,
    protocol: protocolVersion,
    open: () =>
      openSocketPipe(new WebSocket(`${app.url.replace('http', 'ws')}/rpc`, { headers: { cookie, origin: app.url } })),
  });
}

describe('files', () => {
  test('of the workspace are listed, folders first, nothing hidden', async () => {
    mkdirSync(join(here.workspace, 'data'));
    writeFileSync(join(here.workspace, 'data', 'b10.csv'), 'a\n1\n');
    writeFileSync(join(here.workspace, 'data', 'b9.csv'), 'a\n');
    writeFileSync(join(here.workspace, 'notes.md'), '');
    symlinkSync('/etc', join(here.workspace, 'etc'));
    const names = async (folder: string): Promise<unknown[][]> =>
      (await here.connection.api['files.list']({ folder })).map(({ path, kind, bytes }) => [path, kind, bytes]);
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
      const first = await here.connection.api['files.upload']({ name, bytes: bytes.subarray(0, 3), done: false });
      return (
        await here.connection.api['files.upload']({ name, bytes: bytes.subarray(3), append: first.path, done: true })
      ).path;
    };
    expect(await upload('flowers.csv', 'a,b\n1,2\n')).toBe('data/flowers.csv');
    expect(readFileSync(join(here.workspace, 'data', 'flowers.csv'), 'utf8')).toBe('a,b\n1,2\n');
    expect(await upload('flowers.csv', 'a,b\n3,4\n')).toBe('data/flowers 2.csv');
    expect(await upload('flowers.csv', 'a,b\n1,2\n')).toBe('data/flowers.csv');
    expect(await upload('../../.hidden\\..\\c:on<fig>.csv', 'xyz')).toBe('data/c_on_fig_.csv');
    expect(
      await codeOf(
        here.connection.api['files.upload']({ name: 'x', bytes: new Uint8Array(1), append: 'upload:gone', done: true }),
      ),
    ).toBe('file.upload-lost');
  });

  test('that come with a folder lie in it below data/, and nothing leads out of the workspace', async () => {
    const bytes = new Uint8Array(1);
    const upload = (folder: string, name = 'a.png'): Promise<string> =>
      here.connection.api['files.upload']({ name, folder, bytes, done: true }).then(({ path }) => path);
    expect(await upload('photos/cats')).toBe('data/photos/cats/a.png');
    expect(await upload('photos/dogs')).toBe('data/photos/dogs/a.png');
    expect(await upload('../../etc/./.ssh')).toBe('data/file/file/etc/file/ssh/a.png');
    symlinkSync(tmpdir(), join(here.workspace, 'data', 'elsewhere'));
    expect(await codeOf(upload('elsewhere/new'))).toBe('file.link');
  });

  test('changes are told to whoever watches', async () => {
    const reported: string[] = [];
    const watching = (async () => {
      for await (const { what } of here.connection.api['host.changes']({})) {
        reported.push(...what);
        if (reported.includes('runs') && reported.includes('files')) return;
      }
    })();
    await here.connection.api['app.info']({});
    await here.connection.api['files.upload']({ name: 'a.csv', bytes: new Uint8Array(1), done: true });
    await run(pipeline());
    await watching;
  });
});

test('the cache gives up what no model, service or last run needs', async () => {
  await follow(await run(pipeline()));
  await follow(await run(pipeline({ kind: 'explore.wait', version: 1, params: { ms: 1 } })));
  // What a living run may read stays: its process ends a moment after its last fact.
  for await (const { running } of here.connection.api['app.status']({})) if (running.length === 0) break;
  const before = await here.connection.api['cache.sizes']({});
  expect(before.artifacts).toBe(3);
  const collected = await here.connection.api['cache.collect']({ all: true });
  expect([collected.removed, (await here.connection.api['cache.sizes']({})).artifacts]).toEqual([1, 2]);
});

test('a second host learns of the first; the app says what it is', async () => {
  const second = await startHost({
    workspace: here.workspace,
    version: '0',
    resourcesFolder: here.root,
    runnerCommand: [],
    serviceCommand: [],
    startEngine: () => {
      throw new Error('not reached');
    },
  });
  expect(second).toEqual({
    started: false,
    living: {
      pid: process.pid,
      lasting: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      token: expect.any(String),
    },
  });
  expect(await here.connection.api['app.info']({})).toMatchObject({
    version: '0.1.0',
    protocol: protocolVersion,
    workspace: here.workspace,
    workspaceName: 'workspace',
    readOnly: false,
    examples: [],
  });
  for await (const status of here.connection.api['app.status']({})) {
    expect(status).toEqual({
      rss_bytes: expect.any(Number),
      cache_bytes: 0,
      free_bytes: expect.any(Number),
      running: [],
    });
    break;
  }
});
