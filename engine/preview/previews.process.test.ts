/** Previews by their real process, as the host holds it. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { processCommand } from '../../cli/process-command.ts';
import { toProblem, type Problem } from '../../shared/errors.ts';
import { pipelineFile, type PipelineFile } from '../../shared/pipeline/file.ts';
import { decodePage } from '../../shared/rpc/page.ts';
import { openArtifacts } from '../store/artifacts/artifacts.ts';
import { startPreviewProcess } from './preview-process.ts';
import { startPreviews, type Previews, type PreviewView } from './start-previews.ts';

let workspace = '';
let previews: Previews;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'flowyard-previews-'));
  await mkdir(join(workspace, '.flowyard'));
  const artifacts = await openArtifacts({ folder: join(workspace, '.flowyard') });
  previews = startPreviews({ workspace, artifacts, command: processCommand('preview') });
});
afterEach(async () => {
  await previews.close();
  await rm(workspace, { recursive: true, force: true });
});

const stay = { signal: new AbortController().signal };
const problemOf = (work: Promise<unknown>): Promise<Problem | 'none'> => work.then(() => 'none' as const, toProblem);
const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const untilGone = async (pid: number): Promise<void> => {
  while (alive(pid)) await new Promise((done) => setTimeout(done, 10));
};
const pidOf = (): number => {
  const pid = previews.pid();
  if (pid === undefined) throw new Error('there is no process');
  return pid;
};

const wires = (...nodes: string[]): string[] => nodes.slice(1).map((to, i) => `${nodes[i] ?? ''}.rows -> ${to}.rows`);
/** A number and a word in each row. */
async function writeNumbers(rows: number): Promise<void> {
  await writeFile(
    join(workspace, 'numbers.csv'),
    `n,word\n${Array.from({ length: rows }, (_, i) => `${i},word ${i % 7}`).join('\n')}\n`,
  );
}
const doubled: PipelineFile = pipelineFile.parse({
  flowyard: 1,
  nodes: {
    read: { kind: 'read.csv', params: { file: 'numbers.csv' } },
    twice: { kind: 'clean.derive', params: { columns: [{ name: 'twice', expression: 'n * 2' }] } },
  },
  wires: wires('read', 'twice'),
});
/** So many combinations of rows that nobody waits for their end. */
const endless: PipelineFile = pipelineFile.parse({
  flowyard: 1,
  nodes: {
    read: { kind: 'read.csv', params: { file: 'numbers.csv' } },
    cross: {
      kind: 'combine.sql',
      params: {
        query: 'SELECT a.n, count(*) AS c FROM rows a, rows b, rows c, rows d WHERE a.n + b.n <> c.n * d.n GROUP BY 1',
      },
    },
  },
  wires: ['read.rows -> cross.rows'],
});
const target = (file: PipelineFile, node: string) => ({ pipeline: { path: null, file }, node, port: 'rows' });
const open = async (view: PreviewView, file: PipelineFile, node: string): Promise<string> =>
  (await view.handlers['preview.open'](target(file, node), stay)).preview;
async function readPage(view: PreviewView, preview: string, offset: number, limit = 3, signal = stay.signal) {
  const answer = await view.handlers['preview.page']({ preview, offset, limit, sort: null, filter: '' }, { signal });
  return { rows: answer.rows, columns: decodePage(answer.page).columns.map((c) => c.values) };
}

test('a table is opened, and its middle is read by row number; with the host the process goes', async () => {
  await writeNumbers(30_000);
  const view = previews.view();
  const preview = await open(view, doubled, 'twice');
  expect((await readPage(view, preview, 0)).columns).toEqual([
    [0n, 1n, 2n],
    ['word 0', 'word 1', 'word 2'],
    [0n, 2n, 4n],
  ]);
  expect(await readPage(view, preview, 15_000, 2)).toEqual({
    rows: 30_000,
    columns: [
      [15_000n, 15_001n],
      ['word 6', 'word 0'],
      [30_000n, 30_002n],
    ],
  });
  const pid = pidOf();
  await previews.close();
  expect(alive(pid)).toBe(false);
  expect(await readdir(join(workspace, '.flowyard', 'tmp'))).toEqual([]);
  expect(await problemOf(open(view, doubled, 'twice'))).toMatchObject({ code: 'host.closing' });
});

test('killed in the middle of a preview, it fails in words; the next question is answered, also about a table opened before', async () => {
  await writeNumbers(2000);
  const view = previews.view();
  const before = await open(view, doubled, 'twice');
  const pid = pidOf();
  const under = await open(view, endless, 'cross');
  const waiting = problemOf(readPage(view, under, 0));
  process.kill(pid, 'SIGKILL');
  expect(await waiting).toEqual({
    code: 'preview.process-died',
    severity: 'error',
    message: 'The process that computes previews ended by SIGKILL. The system may have run out of memory.',
    mend: 'Try again: it is started anew.',
  });
  expect((await readPage(view, before, 1990, 2)).columns[0]).toEqual([1990n, 1991n]);
  expect(pidOf()).not.toBe(pid);
  expect(await readdir(join(workspace, '.flowyard', 'tmp'))).toEqual([`preview-${pidOf()}`]);
});

test('a process that dies is no failure of what is planned or opened: the next one is asked', async () => {
  await writeNumbers(20);
  const view = previews.view();
  const check = () => view.handlers['plan.check']({ pipeline: { path: null, file: doubled }, to: null } as never, stay);
  // Once while it starts, once when it is warm.
  for (let i = 0; i < 2; i++) {
    const answer = check();
    process.kill(pidOf(), 'SIGKILL');
    expect(await answer).toHaveProperty('answer');
    const opened = open(view, doubled, 'twice');
    process.kill(pidOf(), 'SIGKILL');
    expect((await readPage(view, await opened, 0)).columns[2]).toEqual([0n, 2n, 4n]);
  }
});

test('a process that never begins to answer is ended, and says so', async () => {
  const mute = startPreviewProcess(
    { workspace, readOnly: false, threads: 1, memoryBytes: 2 ** 28 },
    { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'], greetWithinMs: 300 },
  );
  const thrown = await mute.api['plan.functions']({}).catch((error: unknown) => error);
  expect(toProblem(await mute.explain(thrown))).toMatchObject({
    code: 'preview.process-died',
    message: expect.stringContaining('did not begin to answer'),
  });
});

test('two viewers look at the same table; one goes, and the other still reads', async () => {
  await writeNumbers(5000);
  const [one, two] = [previews.view(), previews.view()];
  const [first, second] = await Promise.all([open(one, doubled, 'twice'), open(two, doubled, 'read')]);
  await Promise.all([readPage(one, first, 4000), readPage(two, second, 4000)]);
  expect(await problemOf(readPage(two, first, 0))).toMatchObject({ code: 'preview.closed' });
  one.close();
  expect(await problemOf(readPage(one, first, 0))).toMatchObject({ code: 'preview.closed' });
  expect((await readPage(two, second, 4500, 1)).columns).toEqual([[4500n], ['word 6']]);
});

test('what nobody waits for any more is stopped: a page, a profile, and the copy behind them', async () => {
  await writeNumbers(2000);
  const view = previews.view();
  const preview = await open(view, endless, 'cross');
  const stop = new AbortController();
  const profile = (async () => {
    for await (const item of view.handlers['preview.profile']({ preview }, { signal: stop.signal })) return item;
    return undefined;
  })();
  const page = problemOf(readPage(view, preview, 0, 3, stop.signal));
  await new Promise((done) => setTimeout(done, 200));
  stop.abort();
  expect(await profile).toBeUndefined();
  expect(await page).toMatchObject({ code: 'call.cancelled' });
  // The viewer goes: were its query still running, the process would not end by itself within its second.
  view.close();
  const pid = pidOf();
  const other = previews.view();
  expect((await readPage(other, await open(other, doubled, 'twice'), 0, 1)).columns).toEqual([[0n], ['word 0'], [0n]]);
  await previews.close();
  await untilGone(pid);
  expect(await readdir(join(workspace, '.flowyard', 'tmp'))).toEqual([]);
});

test('a profile of a table that its viewer closes ends quietly, and opens nothing again', async () => {
  await writeNumbers(2000);
  const view = previews.view();
  const preview = await open(view, endless, 'cross');
  const profile = (async () => {
    for await (const item of view.handlers['preview.profile']({ preview }, stay)) return item;
    return undefined;
  })();
  await new Promise((done) => setTimeout(done, 200));
  await view.handlers['preview.close']({ preview }, stay);
  expect(await profile).toBeUndefined();
});

test('JSON that is nested too deep is told at its node, and the process lives on', async () => {
  await writeFile(join(workspace, 'deep.jsonl'), `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}\n`);
  const file = pipelineFile.parse({
    flowyard: 1,
    nodes: { orders: { kind: 'read.jsonl', params: { file: 'deep.jsonl' } } },
  });
  const view = previews.view();
  const { problems } = await view.handlers['plan.check'](
    { pipeline: { path: null, file }, parameters: {}, to: null, known: '' },
    stay,
  );
  expect(problems).toMatchObject([{ code: 'json.too-deep', node: 'orders', param: 'file' }]);
  const pid = pidOf();
  expect(await problemOf(open(view, file, 'orders'))).toMatchObject({ code: 'json.too-deep', node: 'orders' });
  expect(pidOf()).toBe(pid);
});

test('a crash is told with the node that was looked at', async () => {
  await writeNumbers(2000);
  const view = previews.view();
  const preview = await open(view, endless, 'cross');
  const page = problemOf(readPage(view, preview, 0));
  const settled = { is: false };
  void page.then(() => (settled.is = true));
  // Until it has begun, nothing is computed that could crash.
  await new Promise((done) => setTimeout(done, 500));
  expect(settled.is).toBe(false);
  process.kill(pidOf(), 'SIGSEGV');
  expect(await page).toMatchObject({
    code: 'run.crashed',
    node: 'cross',
    message: expect.stringContaining('crashed at node "cross"'),
  });
});

test('too much memory is told with the node that was looked at', async () => {
  await writeNumbers(10);
  await previews.close();
  const artifacts = await openArtifacts({ folder: join(workspace, '.flowyard') });
  previews = startPreviews({
    workspace,
    artifacts,
    command: processCommand('preview'),
    limitBytes: () => 600 * 2 ** 20,
  });
  const view = previews.view();
  const greedy = pipelineFile.parse({
    flowyard: 1,
    nodes: {
      read: { kind: 'read.csv', params: { file: 'numbers.csv' } },
      lists: { kind: 'combine.sql', params: { query: 'SELECT range(100000000) AS r FROM rows' } },
    },
    wires: ['read.rows -> lists.rows'],
  });
  const looked = open(view, greedy, 'lists').then((preview) => readPage(view, preview, 0));
  expect(await problemOf(looked)).toMatchObject({
    code: 'run.out-of-memory',
    node: 'lists',
    message: 'What you looked at needs more than 0.59 GB of memory at node "lists".',
  });
});
