import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FlowyardError } from '../../../shared/errors.ts';
import { validate } from '../../../shared/pipeline/parse.ts';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import type { Answer, HostClient } from '../rpc/host-client.ts';
import { setHost } from '../rpc/host.ts';
import { checkOf, scheduleCheck, useChecks, watchChecks } from './check.ts';
import { changeParam } from './commands.ts';
import {
  activeDocument,
  closeDocument,
  edit,
  isDirty,
  openDocument,
  redoStep,
  undoStep,
  useDocuments,
} from './documents.ts';
import { discardJournal, lookOnDisk, openPath, save, saveTo } from './files.ts';
import { useOverlay } from './overlay.ts';
import { watchRunEnds } from './run-commands.ts';
import { useToasts } from './toasts.ts';
import { followRun, isRunning, runOf, startRun } from './followed-run.ts';

type Calls = { [K in keyof HostClient]?: HostClient[K] };
/** A host that answers what the test gives it, and refuses all else. */
const answers = (given: Calls): void =>
  setHost(
    new Proxy({} as HostClient, {
      get: (_target, name) =>
        Reflect.get(given, name) ??
        (() => {
          throw new Error(`the test gives no answer to ${String(name)}`);
        }),
    }),
  );
const file = validate({
  flowyard: 1,
  nodes: { read: { kind: 'read.csv' }, keep: { kind: 'clean.filter' } },
  wires: ['read.rows -> keep.rows'],
});
/** What the host says of a file that no window has open. */
const onDisk = {
  file,
  onDisk: { file, hash: 'h1' },
  trusted: true,
  baseHash: 'h1',
  saved: file,
  draft: 'd1',
  unsaved_ms: null,
  windows: 0,
};
const checked = (n: number): Answer<'plan.check'> => ({
  answer: String(n),
  problems: [],
  schemas: {},
  nodes: {},
  plan: { compute: [], total: n, estimate_ms: null },
});
const base = { run: 'r1', time_ms: 0 };
const events: RunEvent[] = [
  { ...base, seq: 0, type: 'run-started', pipeline: 'p', parameters: {}, nodes: ['read', 'keep'] },
  { ...base, seq: 1, type: 'node-started', node: 'read', reason: 'never computed' },
  { ...base, seq: 2, type: 'node-finished', node: 'read', ms: 5, outputs: [] },
  { ...base, seq: 3, type: 'run-finished', status: 'done', metrics: {}, ms: 9 },
];

beforeEach(() => {
  vi.useFakeTimers();
  useDocuments.setState({ documents: {}, order: [], active: null });
  useOverlay.setState({ open: null });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('open pipelines', () => {
  it('a path that is open comes to the front instead of opening twice', () => {
    const first = openDocument(file, { path: 'a.pipeline.json' });
    openDocument(file, { path: null });
    expect(openDocument(validate({ flowyard: 1 }), { path: 'a.pipeline.json' })).toBe(first);
    expect(activeDocument()?.file).toBe(file);
    expect(useDocuments.getState().order).toHaveLength(2);
  });
  it('closing the tab in front brings its neighbour to the front', () => {
    const a = openDocument(file, { path: 'a' });
    const b = openDocument(file, { path: 'b' });
    closeDocument(b);
    expect(useDocuments.getState().active).toBe(a);
  });
  it('is dirty after an edit, clean after its undo, and dirty after the redo', () => {
    openDocument(file, { path: 'a' });
    changeParam('keep', 'expression', 'age > 1');
    expect(activeDocument() && isDirty(activeDocument()!)).toBe(true);
    undoStep();
    expect(activeDocument() && isDirty(activeDocument()!)).toBe(false);
    redoStep();
    expect(activeDocument()?.file.nodes['keep']?.params).toEqual({ expression: 'age > 1' });
    expect(activeDocument() && isDirty(activeDocument()!)).toBe(true);
  });
});

describe('the check', () => {
  it('waits for a pause, asks once for many edits, and ignores moves', async () => {
    const asked = vi.fn(() => Promise.resolve(checked(asked.mock.calls.length)));
    answers({ 'plan.check': asked });
    const stop = watchChecks();
    const draft = openDocument(file, { path: 'a' });
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toHaveBeenCalledTimes(1);
    for (const text of ['a', 'ag', 'age']) changeParam('keep', 'expression', text);
    await vi.advanceTimersByTimeAsync(149);
    expect([asked.mock.calls.length, useChecks.getState().pending[draft]]).toEqual([1, true]);
    await vi.advanceTimersByTimeAsync(10);
    expect([asked.mock.calls.length, useChecks.getState().pending[draft], checkOf(draft)?.plan.total]).toEqual([
      2,
      false,
      2,
    ]);
    edit({ label: 'move', edit: (f) => void (f.layout['keep'] = [10, 10]) });
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toHaveBeenCalledTimes(2);
    stop();
  });
  it('keeps the last answer when the host fails', async () => {
    let fails = false;
    answers({ 'plan.check': () => (fails ? Promise.reject(new Error('gone')) : Promise.resolve(checked(7))) });
    const stop = watchChecks();
    const draft = openDocument(file, { path: 'a' });
    await vi.advanceTimersByTimeAsync(10);
    fails = true;
    changeParam('keep', 'expression', 'x');
    await vi.advanceTimersByTimeAsync(300);
    expect([checkOf(draft)?.plan.total, useChecks.getState().failures[draft]?.message]).toEqual([7, 'gone']);
    stop();
  });
  it('asks again by itself when the host failed, ever more rarely, and then leaves it to the person', async () => {
    let fails = true;
    const asked = vi.fn(() => (fails ? Promise.reject(new Error('gone')) : Promise.resolve(checked(7))));
    answers({ 'plan.check': asked });
    const stop = watchChecks();
    const draft = openDocument(file, { path: 'a' });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveBeenCalledTimes(4);
    scheduleCheck(draft, 0);
    await vi.advanceTimersByTimeAsync(10);
    fails = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect([checkOf(draft)?.plan.total, useChecks.getState().failures[draft]]).toEqual([7, undefined]);
    expect(asked).toHaveBeenCalledTimes(6);
    stop();
  });
  it('is not asked again for what took too much memory', async () => {
    const problem = { code: 'run.out-of-memory', severity: 'error', message: 'too much' } as const;
    const asked = vi.fn(() => Promise.reject(new FlowyardError(problem)));
    answers({ 'plan.check': asked });
    const stop = watchChecks();
    openDocument(file, { path: 'a' });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toHaveBeenCalledTimes(1);
    stop();
  });
});

describe('a run', () => {
  const noChecks = { 'plan.check': () => Promise.resolve(checked(1)) };
  it('is followed across a broken connection, from the last fact that was seen', async () => {
    const seen: number[] = [];
    answers({
      ...noChecks,
      'runs.start': () => Promise.resolve({ run: 'r1' }),
      'runs.events': async function* ({ afterSeq }) {
        seen.push(afterSeq);
        yield events.filter((e) => e.seq > afterSeq).slice(0, 2);
        if (afterSeq < 1) throw new Error('connection lost');
      },
    });
    const draft = openDocument(file, { path: 'a' });
    await startRun(draft);
    expect(isRunning(runOf(draft))).toBe(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(seen).toEqual([-1, 1]);
    expect([runOf(draft)?.state.status, runOf(draft)?.state.nodes['read']?.state, runOf(draft)?.file]).toEqual([
      'done',
      'done',
      file,
    ]);
  });
  it('that ends by its limit, or whose process ended, says what happened and the way out in its message', async () => {
    const ending = (status: 'failed' | 'interrupted', code: string): RunEvent[] => [
      {
        ...base,
        seq: 0,
        type: 'run-finished',
        status,
        metrics: {},
        ms: 9,
        problem: { code, severity: 'error', message: 'It happened.', mend: 'Do this.' },
      },
    ];
    const stop = watchRunEnds();
    useToasts.setState({ toasts: [] });
    for (const end of [ending('failed', 'run.time-limit'), ending('interrupted', 'run.interrupted')]) {
      answers({
        ...noChecks,
        'runs.events': async function* () {
          yield end;
        },
      });
      await followRun(openDocument(file, { path: 'a' }), 'r1', file);
    }
    stop();
    expect(useToasts.getState().toasts.map(({ title, detail }) => [title, detail])).toEqual([
      ['The run failed', 'It happened. Do this.'],
      ['The run did not finish: the process that ran it ended', 'It happened. Do this.'],
    ]);
  });
  it('that cannot be followed any more is interrupted, with the reason', async () => {
    answers({
      ...noChecks,
      // eslint-disable-next-line require-yield
      'runs.events': async function* () {
        throw new Error('the host is gone');
      },
    });
    const draft = openDocument(file, { path: 'a' });
    void followRun(draft, 'r1', file);
    await vi.advanceTimersByTimeAsync(120_000);
    expect([runOf(draft)?.state.status, runOf(draft)?.state.problem?.message]).toEqual([
      'interrupted',
      'the host is gone',
    ]);
  });
});

describe('saving', () => {
  it('remembers what was saved, so that only later edits are unsaved', async () => {
    answers({
      'pipelines.save': () => Promise.resolve({ hash: 'h2' }),
    });
    const draft = openDocument(file, { path: 'a.pipeline.json', baseHash: 'h1' });
    changeParam('keep', 'expression', 'x');
    expect(await save(draft)).toBe(true);
    expect([activeDocument()?.baseHash, activeDocument() && isDirty(activeDocument()!)]).toEqual(['h2', false]);
    undoStep();
    expect(activeDocument() && isDirty(activeDocument()!)).toBe(true);
  });
  it('asks where to, when there is no file yet', async () => {
    answers({});
    const draft = openDocument(file, { path: null });
    expect(await save(draft)).toBe(false);
    expect(useOverlay.getState().open).toEqual({ name: 'save-as', draft });
  });
  it('says once that somebody else saved the file, and takes it as a step that can be undone', async () => {
    const theirs = { ...file, title: 'Theirs' };
    answers({
      'pipelines.open': ({ path }) =>
        Promise.resolve({ ...onDisk, path, file, onDisk: { file: theirs, hash: 'h2' }, trusted: false }),
      'pipelines.based': () => Promise.resolve({}),
    });
    useToasts.setState({ toasts: [] });
    openDocument(file, { path: 'a.pipeline.json', baseHash: 'h1' });
    changeParam('keep', 'expression', 'mine');
    await lookOnDisk();
    await lookOnDisk();
    const told = useToasts.getState().toasts;
    expect(told.map((item) => item.title)).toEqual(['a.pipeline.json changed on disk']);
    told[0]?.action?.run();
    await vi.waitFor(() => expect(activeDocument()?.file).toEqual(theirs));
    expect([activeDocument()?.baseHash, isDirty(activeDocument()!)]).toEqual(['h2', false]);
    undoStep();
    expect(activeDocument()?.file.nodes['keep']?.params).toEqual({ expression: 'mine' });
  });
  it('lets the person decide when the file changed on disk, and loses nothing', async () => {
    answers({
      'pipelines.save': () =>
        Promise.reject(new FlowyardError({ code: 'pipeline.changed-on-disk', severity: 'error', message: 'Changed.' })),
    });
    const draft = openDocument(file, { path: 'a.pipeline.json', baseHash: 'h1' });
    changeParam('keep', 'expression', 'x');
    expect(await saveTo(draft, 'a.pipeline.json', false)).toBe(false);
    expect([useOverlay.getState().open?.name, activeDocument() && isDirty(activeDocument()!)]).toEqual([
      'conflict',
      true,
    ]);
  });
});

describe('a save whose file is gone', () => {
  it('says so, and offers to save it again, not what is on disk', async () => {
    answers({
      'pipelines.save': () =>
        Promise.reject(new FlowyardError({ code: 'pipeline.removed-on-disk', severity: 'error', message: 'Gone.' })),
    });
    const draft = openDocument(file, { path: 'a.pipeline.json', baseHash: 'h1' });
    expect(await saveTo(draft, 'a.pipeline.json', false)).toBe(false);
    expect(useOverlay.getState().open).toEqual({ name: 'file-gone', draft });
  });
});

describe('unsaved work beside a file', () => {
  it('is open at once; going back to the file is one step, which undo takes back', async () => {
    const newer = { ...file, title: 'newer' };
    answers({
      'pipelines.open': ({ path }) => Promise.resolve({ ...onDisk, path, file: newer, unsaved_ms: 5 }),
      'pipelines.based': () => Promise.resolve({}),
      'runs.list': () => Promise.resolve([]),
    });
    const draft = await openPath('a.pipeline.json');
    expect(useOverlay.getState().open).toEqual({ name: 'recover', draft, timeMs: 5 });
    expect([draft, activeDocument()?.file.title, isDirty(activeDocument()!)]).toEqual(['d1', 'newer', true]);
    await discardJournal(draft ?? '');
    expect([activeDocument()?.file.title, isDirty(activeDocument()!)]).toEqual(['', false]);
    undoStep();
    expect([activeDocument()?.file.title, isDirty(activeDocument()!)]).toEqual(['newer', true]);
  });
  it('that another window has open is shown as that window has it, and nothing is asked', async () => {
    const theirs = { ...file, title: 'theirs' };
    answers({
      'pipelines.open': ({ path }) => Promise.resolve({ ...onDisk, path, file: theirs, unsaved_ms: 5, windows: 1 }),
      'runs.list': () => Promise.resolve([]),
    });
    await openPath('a.pipeline.json');
    expect(useOverlay.getState().open).toBeNull();
    expect([activeDocument()?.file.title, activeDocument()?.windows]).toEqual(['theirs', 2]);
  });
});
