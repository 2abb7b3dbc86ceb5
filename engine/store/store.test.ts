import SqliteDatabase from 'better-sqlite3';
import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunEvent, RunFact } from '../../shared/run/run-events.ts';
import type { NewModel } from './models.ts';
import { toyFile, toyStoreForEachTest } from '../../test/support/toy-store.ts';

const here = toyStoreForEachTest();
const { startRun } = here;
const output = { port: 'rows', wire: 'table' as const, key: 'aaaaaaaa', rows: 344, columns: 8, bytes: 9000 };
const facts: RunFact[] = [
  { type: 'run-started', pipeline: 'churn.pipeline.json', parameters: {}, nodes: ['customers', 'boosting', 'judge'] },
  { type: 'run-planned', compute: ['boosting', 'judge'], cached: ['customers'], skipped: [] },
  { type: 'node-cached', node: 'customers', reason: 'nothing changed', outputs: [output], saved_ms: 40 },
  { type: 'node-started', node: 'boosting', reason: 'not run before' },
  { type: 'node-progress', node: 'boosting', fraction: 0.5 },
  { type: 'metric', node: 'boosting', name: 'train_loss', value: 0.4, step: 1 },
  { type: 'metric', node: 'boosting', name: 'train_loss', value: null, step: 2 },
  { type: 'node-finished', node: 'boosting', ms: 812.5, outputs: [{ port: 'model', wire: 'model', key: 'bbbbbbbb' }] },
  { type: 'node-started', node: 'judge', variant: { fold: 1 }, reason: 'not run before' },
  {
    type: 'node-failed',
    node: 'judge',
    variant: { fold: 1 },
    problem: { code: 'target.one-class', severity: 'error', message: 'One class.' },
  },
];
const event = (fact: RunFact, seq: number, run = 'run-1'): RunEvent => ({ ...fact, seq, time_ms: 1000 + seq, run });
const recordAll = (run = 'run-1'): void => facts.forEach((fact, i) => here.store.recordEvent(event(fact, i, run)));
const finished: RunFact = {
  type: 'run-finished',
  status: 'failed',
  metrics: { judge: { roc_auc: 0.9 } },
  problem: { code: 'target.one-class', severity: 'error', message: 'One class.' },
  ms: 900,
};

const model: NewModel = {
  name: 'churn',
  key: 'bbbbbbbb',
  created_ms: 7,
  run: 'run-1',
  node: 'boosting',
  pipeline: 'churn.pipeline.json',
  description: {
    kind: 'train.gradient-boosting',
    task: 'classification',
    target: 'churned',
    bytes: 100,
    input_schema: [{ name: 'age', type: 'BIGINT' }],
    classes: ['no', 'yes'],
    facts: { trees: 30 },
  },
};

describe('runs', () => {
  test('the facts of a run become its row, its nodes and its metrics', () => {
    startRun();
    recordAll();
    here.store.recordEvent(event(finished, facts.length));
    here.store.flush();
    expect(here.store.runs.get('run-1')).toEqual({
      id: 'run-1',
      pipeline: 'churn.pipeline.json',
      title: 'Churn',
      status: 'failed',
      started_ms: 1000,
      finished_ms: 1010,
      ms: 900,
      computed: 1,
      cached: 1,
      parameters: { file: 'a.csv' },
      metrics: { judge: { roc_auc: 0.9 } },
      positives: {},
      problem: { code: 'target.one-class', severity: 'error', message: 'One class.' },
    });
    expect(here.store.runs.file('run-1')).toEqual(toyFile);
    expect(here.store.metrics.ofRun('run-1').map(({ node, name, step, value }) => [node, name, step, value])).toEqual([
      ['boosting', 'train_loss', 1, 0.4],
      ['boosting', 'train_loss', 2, null],
    ]);
    expect(here.store.runs.lastOutputs('churn.pipeline.json', 'customers')).toEqual({
      run: 'run-1',
      ms: 40,
      outputs: [output],
    });
    expect(here.store.runs.lastOutputs('churn.pipeline.json', 'judge')).toBeUndefined();
    expect(here.store.runs.keysOfLastRuns().sort()).toEqual(['aaaaaaaa', 'bbbbbbbb']);
  });

  test('facts are read back in order, before and after they are on the disk, without progress', () => {
    startRun();
    recordAll();
    const seqs = (after: number): number[] => here.store.eventsAfter('run-1', after).map(({ seq }) => seq);
    const expected = [0, 1, 2, 3, 5, 6, 7, 8, 9];
    expect(seqs(-1)).toEqual(expected);
    here.store.flush();
    here.store.recordEvent(event(finished, 10));
    expect(seqs(-1)).toEqual([...expected, 10]);
    expect(seqs(7)).toEqual([8, 9, 10]);
    expect(here.store.eventsAfter('run-1', 5)[0]).toEqual(event(facts[6] ?? finished, 6));
    expect(here.store.lastSeq('run-1')).toBe(10);
  });

  test('a stream that is replayed changes nothing', () => {
    startRun();
    recordAll();
    here.store.flush();
    recordAll();
    here.store.flush();
    expect(here.store.metrics.ofRun('run-1')).toHaveLength(2);
  });

  test('what comes fast is on the disk within a moment, without being asked', async () => {
    startRun();
    recordAll();
    const other = new SqliteDatabase(here.path, { readonly: true });
    const count = (): unknown => other.prepare('SELECT count(*) FROM events').pluck().get();
    while (count() !== 9) await new Promise((done) => setTimeout(done, 10));
    other.close();
  });

  test('a removed run takes its facts along, and its late facts are nobody’s', () => {
    startRun();
    recordAll();
    here.store.flush();
    here.store.runs.remove('run-1');
    here.store.recordEvent(event(finished, 10));
    here.store.flush();
    expect([
      here.store.runs.get('run-1'),
      here.store.eventsAfter('run-1', -1),
      here.store.metrics.ofRun('run-1'),
      here.store.checkIntegrity(),
    ]).toEqual([undefined, [], [], []]);
  });

  test('runs are listed newest first, by pages and by pipeline', () => {
    startRun('a', 'one', 1);
    startRun('b', 'two', 2);
    startRun('c', 'one', 3);
    const ids = (options: Parameters<typeof here.store.runs.list>[0]): string[] =>
      here.store.runs.list(options).map(({ id }) => id);
    expect(ids({ limit: 2, beforeMs: null, pipeline: null })).toEqual(['c', 'b']);
    expect(ids({ limit: 2, beforeMs: 2, pipeline: null })).toEqual(['a']);
    expect(ids({ limit: 9, beforeMs: null, pipeline: 'one' })).toEqual(['c', 'a']);
    expect(here.store.runs.last('one')?.id).toBe('c');
  });

  test('runs and models of a pipeline that was not saved belong to its file once it is; others stay where they are', () => {
    startRun('a', 'unsaved:Orders', 1, 'd1');
    startRun('b', 'unsaved:Orders', 2, 'd2');
    startRun('c', 'other.pipeline.json', 3, 'd1');
    const { runs, models } = here.store;
    for (const run of ['a', 'c'])
      models.register({ ...model, name: `of-${run}`, run, pipeline: runs.get(run)?.pipeline ?? '' });
    expect([runs.lastOfDraft('d1')?.id, runs.lastOfDraft('d2')?.id, runs.lastOfDraft('d3')]).toEqual([
      'c',
      'b',
      undefined,
    ]);
    expect(runs.adopt('d1', 'orders.pipeline.json')).toEqual(['a']);
    models.adopt(['a', 'c'], 'orders.pipeline.json');
    expect(['a', 'b', 'c'].map((id) => runs.get(id)?.pipeline)).toEqual([
      'orders.pipeline.json',
      'unsaved:Orders',
      'other.pipeline.json',
    ]);
    expect(['of-a', 'of-c'].map((name) => models.get(name, null)?.pipeline)).toEqual([
      'orders.pipeline.json',
      'other.pipeline.json',
    ]);
  });

  test('what a dead host left unfinished is interrupted when the store opens again', () => {
    startRun();
    facts.slice(0, 4).forEach((fact, i) => here.store.recordEvent(event(fact, i)));
    here.reopen({ now: () => 5000 });
    expect(here.store.interrupted).toEqual(['run-1']);
    expect(here.store.runs.get('run-1')).toMatchObject({
      status: 'interrupted',
      finished_ms: 5000,
      problem: { code: 'run.interrupted' },
    });
    expect(here.store.eventsAfter('run-1', 3).map(({ type }) => type)).toEqual(['run-finished']);
    here.reopen();
    expect(here.store.interrupted).toEqual([]);
  });
});

describe('models, services, requests', () => {
  test('a model gets the next number; the same one keeps its own; a removed number is never used again', () => {
    expect([
      here.store.models.register(model),
      here.store.models.register({ ...model, key: 'cccccccc' }),
      here.store.models.register(model),
    ]).toEqual([1, 2, 1]);
    expect(here.store.models.remove('churn', 2)).toBe(true);
    expect(here.store.models.register({ ...model, key: 'dddddddd' })).toBe(3);
    expect(here.store.models.get('churn', null)?.version).toBe(3);
    here.store.models.setMetrics('bbbbbbbb', { roc_auc: 0.9 });
    const { description, ...rest } = model;
    expect(here.store.models.get('churn', 1)).toEqual({
      ...rest,
      version: 1,
      metrics: { roc_auc: 0.9 },
      ...description,
    });
    expect(here.store.models.keys().sort()).toEqual(['bbbbbbbb', 'dddddddd']);
  });

  test('a service that gets another model keeps its port', () => {
    const service = {
      name: 'churn',
      model: 'churn',
      model_version: 1,
      model_key: 'bbbbbbbb',
      wanted: 'running' as const,
      port: 8123,
      token: 'secret',
      settings: {},
      created_ms: 1,
      origin: null,
    };
    here.store.services.save(service);
    here.store.services.save({ ...service, model_version: 2, model_key: 'cccccccc', port: null, created_ms: 9 });
    expect(here.store.services.get('churn')).toEqual({ ...service, model_version: 2, model_key: 'cccccccc' });
    here.store.services.setWanted('churn', 'stopped');
    expect(here.store.services.list().map(({ wanted }) => wanted)).toEqual(['stopped']);
    // The token is in the file: nobody else may read it.
    expect(statSync(here.path).mode & 0o077).toBe(0);
  });

  test('requests are counted, with the latencies of those that succeeded', () => {
    for (let i = 1; i <= 20; i++)
      here.store.recordRequest({
        service: 'churn',
        time_ms: i,
        rows: 1,
        latency_ms: i,
        status: i === 20 ? 400 : 200,
        model: 'churn',
        model_key: 'bbbbbbbb',
        model_version: 1,
        input: { age: i },
        output: null,
        error: i === 20 ? 'model.bad-input' : null,
      });
    here.store.flush();
    expect(here.store.requests.totals('churn')).toEqual({ requests: 20, errors: 1, p50_ms: 10, p95_ms: 19 });
    expect(here.store.requests.totals('other')).toEqual({ requests: 0, errors: 0, p50_ms: null, p95_ms: null });
    expect(here.store.requests.list('churn', 1)).toEqual([
      {
        id: 20,
        service: 'churn',
        time_ms: 20,
        rows: 1,
        latency_ms: 20,
        status: 400,
        model: 'churn',
        model_key: 'bbbbbbbb',
        model_version: 1,
        input: { age: 20 },
        output: null,
        error: 'model.bad-input',
      },
    ]);
  });
});

test('pipelines, trust and drafts are remembered', () => {
  here.store.pipelines.opened('a.pipeline.json', 'A', 1);
  here.store.pipelines.opened('b.pipeline.json', 'B', 2);
  here.store.pipelines.opened('a.pipeline.json', 'A2', 3);
  expect(here.store.pipelines.recent(10)).toEqual([
    { path: 'a.pipeline.json', title: 'A2', opened_ms: 3 },
    { path: 'b.pipeline.json', title: 'B', opened_ms: 2 },
  ]);
  here.store.pipelines.trust('hash', 'saved-here', 1);
  expect([here.store.pipelines.isTrusted('hash'), here.store.pipelines.isTrusted('other')]).toEqual([true, false]);
  const draft = {
    draft: 'd1',
    path: 'a.pipeline.json',
    title: 'A2',
    file: toyFile,
    savedHash: 'hash',
    time_ms: 5,
    seqs: { w1: 3 },
  };
  here.store.drafts.keep({ ...draft, time_ms: 4 });
  here.store.drafts.keep(draft);
  expect([
    here.store.drafts.list(),
    here.store.drafts.ofPath('a.pipeline.json'),
    here.store.drafts.ofPath('b'),
  ]).toEqual([[draft], draft, undefined]);
  // What was given up can be taken back for a while.
  here.store.drafts.discard('d1', 10);
  expect([here.store.drafts.list(), here.store.drafts.get('d1'), here.store.drafts.ofPath('a.pipeline.json')]).toEqual([
    [],
    undefined,
    undefined,
  ]);
  here.store.drafts.forgetDiscarded(10);
  here.store.drafts.takeBack('d1');
  expect(here.store.drafts.get('d1')).toEqual(draft);
  here.store.drafts.discard('d1', 10);
  here.store.drafts.forgetDiscarded(11);
  here.store.drafts.takeBack('d1');
  expect(here.store.drafts.list()).toEqual([]);
  here.store.drafts.keep(draft);
  here.store.drafts.forget('d1');
  expect(here.store.drafts.list()).toEqual([]);
});
