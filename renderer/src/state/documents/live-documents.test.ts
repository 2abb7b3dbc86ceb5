import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pipelineHandlers } from '../../../../engine/workspace/handlers/pipelines.ts';
import { makeChangeHub } from '../../../../engine/workspace/change-hub.ts';
import { makeOpenPipelines, type OpenPipelines } from '../../../../engine/workspace/open/open-pipelines.ts';
import { hashContent } from '../../../../engine/workspace/pipeline-files.ts';
import { toProblemOf } from '../../../../engine/files/store-problem.ts';
import { openStore, type Store } from '../../../../engine/store/store.ts';
import { fail } from '../../../../shared/errors.ts';
import { samePipeline } from '../../../../shared/pipeline/changes.ts';
import type { PipelineFile } from '../../../../shared/pipeline/file.ts';
import { formatPipeline, validate } from '../../../../shared/pipeline/parse.ts';
import { contract, protocolVersion } from '../../../../shared/rpc/contract.ts';
import { messagePortPipe } from '../../../../shared/rpc/message-port.ts';
import type { Pipe } from '../../../../shared/rpc/pipe.ts';
import { serve } from '../../../../shared/rpc/server.ts';

/** The host's part: its store on the disk, its open pipelines, and pipes that can be cut. */
let folder = '';
let store: Store;
let open: OpenPipelines;
const pipes: Pipe[] = [];
let isAway = false;
/** The disk takes nothing any more. */
let isFull = false;

function startHost(): void {
  store = openStore(folder);
  const changes = makeChangeHub();
  const { drafts } = store;
  const refuse =
    <Input extends unknown[]>(write: (...input: Input) => void) =>
    (...input: Input): void => {
      if (isFull) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      write(...input);
    };
  open = makeOpenPipelines({
    workspace: folder,
    drafts: { ...drafts, keep: refuse(drafts.keep), forget: refuse(drafts.forget), discard: refuse(drafts.discard) },
    changes,
    isTrusted: store.pipelines.isTrusted,
    lastRun: () => null,
    now: Date.now,
  });
  isAway = false;
}
/** As a crash does: nobody is told, and what was not on the disk is gone. */
function killHost(): void {
  isAway = true;
  open.close();
  for (const pipe of pipes.splice(0)) pipe.close();
  store.close();
}
function openPipe(): Pipe {
  if (isAway) throw new Error('the host is away');
  const { port1, port2 } = new MessageChannel();
  const theirs = messagePortPipe(port1);
  const ours = messagePortPipe(port2);
  pipes.push(theirs, ours);
  const changes = makeChangeHub();
  const context = { workspace: folder, examplesFolder: folder, store, changes, open, now: Date.now };
  // What this test does not ask for is not there.
  const handlers = pipelineHandlers(context as Parameters<typeof pipelineHandlers>[0]) as never;
  serve({ contract, handlers, pipe: theirs, protocol: protocolVersion, toProblem: toProblemOf(folder) });
  return ours;
}

/** A window: the state code with stores of its own, and its own connection. */
async function openWindow() {
  vi.resetModules();
  const [{ setHost }, documents, live, { useToasts }, { closeNow }, { refusalsNow }, { connect }] = await Promise.all([
    import('../../rpc/host.ts'),
    import('./documents.ts'),
    import('./live-documents.ts'),
    import('../window/toasts.ts'),
    import('../files/files.ts'),
    import('./refusals.ts'),
    // Of the window, too: it knows the errors of its own modules.
    import('../../../../shared/rpc/client.ts'),
  ]);
  const connection = connect({
    contract,
    protocol: protocolVersion,
    open: async () => openPipe(),
    firstRetryMs: 5,
    longestRetryMs: 20,
  });
  setHost(connection.api);
  const stop = live.watchDocuments();
  return {
    api: connection.api,
    live,
    closeNow,
    refusals: () => refusalsNow().map(({ code }) => code),
    ...documents,
    file: (): PipelineFile => documents.documentOf('d1')?.file ?? validate({ flowyard: 1 }),
    toasts: () => useToasts.getState().toasts,
    close: () => {
      stop();
      connection.close();
    },
  };
}
type Window = Awaited<ReturnType<typeof openWindow>>;
let windows: Window[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-windows-'));
  startHost();
});
afterEach(() => {
  for (const window of windows.splice(0)) window.close();
  if (!isAway) killHost();
  isFull = false;
  rmSync(folder, { recursive: true, force: true });
});

const begin = validate({ flowyard: 1, title: 'Two', nodes: { shared: { kind: 'clean.filter' } } });
async function twoWindows(
  onDisk: { path: string | null; baseHash?: string } = { path: null },
): Promise<[Window, Window]> {
  const [one, two] = [await openWindow(), await openWindow()];
  windows = [one, two];
  for (const { openDocument } of windows) openDocument(begin, { ...onDisk, draft: 'd1' });
  await together();
  return [one, two];
}
/** Until all that was done in any window stands in all. */
const together = (): Promise<void> =>
  vi.waitFor(
    () => {
      for (const window of windows) {
        expect(window.live.isStored('d1')).toBe(true);
        expect(samePipeline(window.file(), windows[0]?.file() ?? begin)).toBe(true);
      }
    },
    { timeout: 20_000, interval: 5 },
  );
const set = (window: Window, name: string, value: number | string): void =>
  window.edit({ label: `Set ${name}`, edit: (file) => void (file.nodes['shared']!.params[name] = value) }, 'd1');
const paramsOf = (window: Window): unknown => window.file().nodes['shared']?.params;

describe('two windows on one pipeline', () => {
  test('show each other’s steps at once; undo takes back a window’s own', async () => {
    const [one, two] = await twoWindows();
    set(one, 'a', 1);
    await together();
    set(two, 'b', 2);
    await together();
    expect(paramsOf(one)).toEqual({ a: 1, b: 2 });
    one.undoStep('d1');
    await together();
    expect([paramsOf(two), one.documentOf('d1')?.windows]).toEqual([{ b: 2 }, 2]);
  });

  test.each(['at once', 'while the host is away'])(
    'that set one place %s agree; one is told that its value stands, the other that it does not, and each has the way to the other value',
    async (when) => {
      const [one, two] = await twoWindows();
      if (when !== 'at once') {
        killHost();
        await vi.waitFor(() => expect(windows.some((window) => window.live.isStored('d1'))).toBe(false));
      }
      set(one, 'a', 'ones');
      set(two, 'a', 'twos');
      if (when !== 'at once') startHost();
      await together();
      await vi.waitFor(() => expect(windows.map((window) => window.toasts().length)).toEqual([1, 1]));
      const stands = JSON.stringify(paramsOf(one)).includes('ones') ? one : two;
      const other = stands === one ? two : one;
      expect([stands, other].map((window) => window.toasts()[0]?.title)).toEqual([
        'Another window changed a of Filter rows at the same time; yours stands',
        'Another window changed a of Filter rows at the same time; theirs stands',
      ]);
      const lost = other === one ? 'ones' : 'twos';
      const kept = stands === one ? 'ones' : 'twos';
      other.toasts()[0]?.action?.run();
      await together();
      expect([one, two].map(paramsOf)).toEqual([{ a: lost }, { a: lost }]);
      other.undoStep('d1');
      await together();
      expect(paramsOf(one)).toEqual({ a: kept });
      stands.toasts()[0]?.action?.run();
      await together();
      expect(paramsOf(one)).toEqual({ a: lost });
    },
  );

  test('of which one removed a node that the other changed: it is said, and can be brought back with the change', async () => {
    const [one, two] = await twoWindows();
    two.edit({ label: 'Remove', edit: (file) => void delete file.nodes['shared'] }, 'd1');
    set(one, 'a', 1);
    await together();
    const said = [...one.toasts(), ...two.toasts()];
    expect(said).toHaveLength(1);
    const [shown] = one.toasts();
    // Whichever came first at the host.
    if (shown === undefined) two.undoStep('d1');
    else shown.action?.run();
    await together();
    expect(paramsOf(two)).toEqual({ a: 1 });
  });

  test('lose no step over cut connections and a killed host, whatever both do meanwhile', async () => {
    const [one, two] = await twoWindows();
    const marks: string[] = [];
    let random = 7;
    const next = (below: number): number => (random = (random * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    for (let i = 0; i < 240; i++) {
      const window = next(2) === 0 ? one : two;
      const mark = `m${i}`;
      marks.push(mark);
      switch (next(4)) {
        case 0:
          // Both windows find the same free name.
          window.edit(
            {
              label: 'Add',
              edit: (file) => {
                const id = `node${Object.keys(file.nodes).length}`;
                file.nodes[id] = { kind: 'clean.filter', version: 1, params: { [mark]: i } };
                file.layout[id] = [i, i];
                file.wires.push(`shared.rows -> ${id}.rows`);
              },
            },
            'd1',
          );
          break;
        case 1:
          set(window, 'contested', i);
          marks.pop();
          break;
        default:
          set(window, mark, i);
      }
      if (next(5) === 0) await new Promise((resolve) => setTimeout(resolve, next(8)));
      if (next(25) === 0) for (const pipe of pipes.splice(0)) pipe.close();
      if (next(40) === 0) {
        killHost();
        if (next(2) === 0) await new Promise((resolve) => setTimeout(resolve, 15));
        startHost();
      }
    }
    await together();
    const text = JSON.stringify(one.file());
    expect(marks.filter((mark) => !text.includes(`"${mark}":`))).toEqual([]);
    validate(JSON.parse(text));
    expect(store.drafts.get('d1')?.file).toEqual(validate(JSON.parse(JSON.stringify(store.drafts.get('d1')?.file))));
    expect(samePipeline(store.drafts.get('d1')?.file ?? begin, two.file())).toBe(true);
  });

  test('of which one closes it and opens it again: what it does then is taken as well', async () => {
    const [one, two] = await twoWindows();
    for (const name of ['a', 'b', 'c']) {
      set(one, name, 1);
      await together();
    }
    await one.closeNow('d1');
    one.openDocument(two.file(), { path: null, draft: 'd1' });
    set(one, 'd', 1);
    await together();
    expect(paramsOf(two)).toEqual({ a: 1, b: 1, c: 1, d: 1 });
  });

  test('follow their file when another program writes it: undo takes back a window’s own step, and leaves what was written', async () => {
    const path = 'two.pipeline.json';
    const write = (file: PipelineFile): string => {
      const text = formatPipeline(file);
      writeFileSync(join(folder, path), text);
      return hashContent(text);
    };
    const [one, two] = await twoWindows({ path, baseHash: write(begin) });
    set(one, 'a', 1);
    await together();
    const { hash } = await one.api['pipelines.save']({
      path,
      file: one.file(),
      baseHash: one.documentOf('d1')?.baseHash ?? null,
      overwrite: false,
      draft: 'd1',
    });
    await vi.waitFor(() => expect(two.documentOf('d1')?.baseHash).toBe(hash));
    write({ ...one.file(), description: 'By hand' });
    await vi.waitFor(() => expect(two.file().description).toBe('By hand'), { timeout: 20_000 });
    await together();
    expect(windows.map((window) => window.isDirty(window.documentOf('d1')!))).toEqual([false, false]);
    expect(two.toasts().map(({ title }) => title)).toEqual(['two.pipeline.json changed on disk']);
    one.undoStep('d1');
    await together();
    expect([paramsOf(two), two.file().description]).toEqual([{}, 'By hand']);
  });

  test('say as soon as the host is gone that it does not have their steps, though none is on its way', async () => {
    const [one] = await twoWindows();
    killHost();
    await vi.waitFor(() => expect(one.live.isStored('d1')).toBe(false));
    startHost();
    await together();
  });

  test('what one closes stays with the other; what all left is offered, and discarding it can be taken back', async () => {
    const [one, two] = await twoWindows();
    set(one, 'a', 1);
    await together();
    await one.closeNow('d1');
    set(two, 'b', 2);
    await vi.waitFor(() => expect(two.live.isStored('d1')).toBe(true));
    expect(await one.api['pipelines.drafts']({})).toMatchObject([{ draft: 'd1', windows: 1 }]);
    expect(await one.api['pipelines.discard']({ draft: 'd1', window: 'another' })).toEqual({ discarded: false });
    two.close();
    await vi.waitFor(async () =>
      expect(await open.list()).toMatchObject([
        { draft: 'd1', windows: 0, file: { nodes: { shared: { params: { a: 1, b: 2 } } } } },
      ]),
    );
    expect(await one.api['pipelines.discard']({ draft: 'd1', window: 'another' })).toEqual({ discarded: true });
    expect(await open.list()).toEqual([]);
    await one.api['pipelines.takeBack']({ draft: 'd1' });
    expect(await open.list()).toMatchObject([{ draft: 'd1' }]);
  });

  test('keep what a full disk refuses, say so until it is taken, and take it back after a reload', async () => {
    const [one, two] = await twoWindows();
    set(one, 'a', 1);
    await together();
    isFull = true;
    set(one, 'b', 2);
    await vi.waitFor(() => expect(one.refusals()).toEqual(['store.disk-full']));
    set(one, 'c', 3);
    await vi.waitFor(() => expect(one.live.waitingWork()).toMatchObject([{ draft: 'd1', sent: [] }]));
    const [left] = one.live.waitingWork();
    expect([one.live.isStored('d1'), one.toasts(), paramsOf(two)]).toEqual([false, [], { a: 1 }]);
    one.close();
    // What the next page of the tab does with what the browser has kept.
    const next = await openWindow();
    windows = [next, two];
    next.openDocument(two.file(), { path: null, draft: 'd1' });
    await together();
    const problem = fail('store.disk-full', { message: 'full' }).problem;
    await next.live.receiveUnsent(['d1'], [...(left?.sent ?? []), ...(left?.unsent ?? [])], problem);
    expect([paramsOf(next), next.refusals(), next.live.isStored('d1')]).toEqual([
      { a: 1, b: 2, c: 3 },
      ['store.disk-full'],
      false,
    ]);
    isFull = false;
    await together();
    expect([paramsOf(two), store.drafts.get('d1')?.file.nodes['shared']?.params, next.refusals()]).toEqual([
      { a: 1, b: 2, c: 3 },
      { a: 1, b: 2, c: 3 },
      [],
    ]);
  });

  test('keep a pipeline that a full disk refuses to take at all', async () => {
    isFull = true;
    const one = await openWindow();
    windows = [one];
    one.openDocument(begin, { path: null, draft: 'd1', unsaved: true });
    await vi.waitFor(() => expect(one.refusals()).toEqual(['store.disk-full']));
    expect(one.live.waitingWork()).toMatchObject([{ draft: 'd1', file: { title: 'Two' } }]);
    isFull = false;
    await together();
    expect([one.refusals(), one.live.waitingWork(), store.drafts.get('d1')?.title]).toEqual([[], [], 'Two']);
  });
});
