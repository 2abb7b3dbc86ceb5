import { describe, expect, it } from 'vitest';
import { validate } from '../../../shared/pipeline/parse.ts';
import { emptyNodeRun } from '../../../shared/run-state.ts';
import { changedSince } from '../edits/changed-since.ts';
import { toySpecs } from '../edits/toy-specs.ts';
import { frameAround, nodesAfter } from './after-split.ts';
import { firstView } from './first-view.ts';
import { nodeFace, seriesOf, type FaceInput } from './node-face.ts';
import { runOrder, walk } from './walk.ts';
import { distanceToWire, runsBehind, wirePath, wirePoint } from './wire-geometry.ts';

const file = validate({
  flowyard: 1,
  nodes: {
    read: { kind: 'read.csv' },
    keep: { kind: 'clean.filter', params: { amount: 4 } },
    boost: { kind: 'train.boosting' },
    other: { kind: 'clean.filter' },
  },
  wires: ['keep.rows -> boost.rows', 'read.rows -> keep.rows', 'read.rows -> other.rows'],
  layout: { read: [0, 0], keep: [240, 0], other: [240, 200], boost: [480, 0] },
});
const face = (more: Partial<FaceInput>) =>
  nodeFace({
    node: { kind: 'clean.filter', version: 1, params: { amount: 4 } },
    spec: toySpecs.get('clean.filter'),
    check: undefined,
    problems: [],
    run: undefined,
    running: false,
    current: true,
    trusted: true,
    nowMs: 0,
    ...more,
  });
const fresh = (state: 'fresh' | 'stale' | 'never', reason?: string): NonNullable<FaceInput['check']> => ({
  key: 'k',
  unknownKind: false,
  summary: 'keep rows where age ≥ 18',
  freshness: {
    state,
    ...(reason ? { reason } : {}),
    outputs: [{ port: 'rows', wire: 'table', key: 'k', rows: 409318 }],
    ms: 200,
  },
});

describe('the face of a node', () => {
  it('says what it will do before anything ran, with no footer', () => {
    expect(face({})).toEqual({ state: 'idle', word: 'Not run', line: 'by 4', warnings: 0, why: undefined });
  });
  it('shows result and cost when fresh', () => {
    expect(face({ check: fresh('fresh') })).toMatchObject({
      state: 'done',
      line: 'keep rows where age ≥ 18',
      left: '409,318 rows',
      right: '0.2 s',
    });
  });
  it('says what the cache saved', () => {
    expect(face({ check: fresh('fresh'), run: { ...emptyNodeRun, state: 'cached', savedMs: 21_000 } })).toMatchObject({
      state: 'cached',
      right: 'saved 21 s',
    });
  });
  it('keeps the old size when stale and says why', () => {
    expect(face({ check: fresh('stale', 'trees changed from 300 to 400') })).toMatchObject({
      state: 'stale',
      left: 'trees changed from 300 to 400',
      right: '409,318 rows',
    });
  });
  it('shows share and time left while it runs', () => {
    expect(
      face({ running: true, nowMs: 10_000, run: { ...emptyNodeRun, state: 'running', startedMs: 0, progress: 0.25 } }),
    ).toMatchObject({ state: 'running', word: '25 %', progress: 0.25, right: '30 s left' });
  });
  it('waits while a run is to come to it', () => {
    expect(face({ running: true, planned: true })).toMatchObject({ state: 'queued', left: 'waits to run' });
  });
  it('a failure stays until the node or what feeds it changes', () => {
    const run = {
      ...emptyNodeRun,
      state: 'failed' as const,
      problem: { code: 'a.b', severity: 'error' as const, message: 'One class.' },
    };
    expect(face({ run })).toMatchObject({ state: 'failed', problem: { message: 'One class.' } });
    expect(face({ run, current: false }).state).toBe('idle');
  });
  it('a problem found by the check is not ready, an absent kind is a placeholder, a switched off node says so', () => {
    expect(face({ problems: [{ code: 'a.b', severity: 'error', message: 'No target.' }] })).toMatchObject({
      state: 'problem',
      why: 'No target.',
    });
    expect(face({ spec: undefined }).state).toBe('unknown');
    expect(face({ node: { kind: 'clean.filter', version: 1, params: {}, disabled: true } }).state).toBe('disabled');
  });
  it('curves are at most two of at most 120 points, validation first', () => {
    const points = Array.from({ length: 500 }, (_, step) =>
      ['train_loss', 'valid_loss'].map((name) => ({ name, value: step, step })),
    ).flat();
    const series = seriesOf(points);
    expect(series.map((s) => [s.name, s.values.length, s.values[0], s.values.at(-1)])).toEqual([
      ['valid_loss', 120, 0, 499],
      ['train_loss', 120, 0, 499],
    ]);
  });
});

describe('a long training', () => {
  it('has a curve as quickly as a short one: what copies it for each point would not come to an end', () => {
    const points = Array.from({ length: 600_000 }, (_, step) => ({ name: 'loss', value: step, step }));
    expect(seriesOf(points)[0]?.values).toHaveLength(120);
  });
});

describe('what changed since a run', () => {
  const change = (id: string, more: object) =>
    validate({ ...file, nodes: { ...file.nodes, [id]: { ...file.nodes[id], ...more } } });
  it('is a node with another setting and all that it feeds', () => {
    expect([...changedSince(file, change('keep', { params: { amount: 5 } }))].sort()).toEqual(['boost', 'keep']);
    expect([...changedSince(file, { ...file, wires: file.wires.slice(0, 2) })]).toEqual(['other']);
  });
  it('is not a title, a place, or an undone edit', () => {
    expect([...changedSince(file, change('keep', { title: 'Adults', note: 'x' }))]).toEqual([]);
    expect([...changedSince(file, validate(JSON.parse(JSON.stringify({ ...file, layout: {} }))))]).toEqual([]);
  });
});

describe('walking by arrow keys', () => {
  it('follows wires to the left and right, and cards up and down', () => {
    expect([
      walk(file, undefined, 'right'),
      walk(file, 'read', 'right'),
      walk(file, 'boost', 'left'),
      walk(file, 'keep', 'down'),
      walk(file, 'other', 'up'),
      walk(file, 'boost', 'right'),
    ]).toEqual(['read', 'keep', 'keep', 'other', 'keep', undefined]);
  });
  it('lists nodes after what feeds them', () => {
    expect(runOrder(file)).toEqual(['read', 'keep', 'other', 'boost']);
  });
});

describe('the curve of a wire', () => {
  it('is near along its way and far elsewhere', () => {
    expect(wirePath([0, 0], [100, 50])).toBe('M0 0C50 0 50 50 100 50');
    expect(distanceToWire([50, 25], [0, 0], [100, 50])).toBeLessThan(2);
    expect(distanceToWire([50, 90], [0, 0], [100, 50])).toBeGreaterThan(30);
  });
});

describe('the first view of a pipeline', () => {
  it('shows all of a small one in the middle, not larger than life', () => {
    expect(
      firstView(
        [
          [0, 0],
          [280, 0],
        ],
        [1000, 600],
      ),
    ).toEqual({ x: 252, y: 215, zoom: 1 });
  });
  it('shows the beginning of one that would be too small to read', () => {
    const view = firstView(
      [
        [0, 0],
        [5000, 0],
      ],
      [1000, 600],
    );
    expect([view.zoom, view.x]).toEqual([0.62, 40]);
  });
});

describe('the field after a Split', () => {
  const box = (id: string, x: number, y = 0) => ({ id, x, y, width: 216, height: 100 });
  it('holds all that Split feeds', () => {
    expect(nodesAfter(file, ['keep'])).toEqual(['boost']);
    expect(frameAround([box('keep', 0), box('boost', 300)], ['boost'])).toEqual({
      x: 276,
      y: -38,
      width: 264,
      height: 162,
    });
  });
  it('is left away when another node stands in it', () => {
    expect(
      frameAround([box('keep', 0), box('boost', 300), box('end', 800), box('between', 560)], ['boost', 'end']),
    ).toBeNull();
    expect(frameAround([box('keep', 0)], [])).toBeNull();
  });
});

describe('a wire past a card', () => {
  const between = [{ x: 300, y: -46, width: 216, height: 92 }];
  it('runs behind what stands in its row between its ends, and hangs below it then', () => {
    expect(runsBehind([216, 0], [560, 10], between)).toBe(true);
    expect(runsBehind([216, 0], [560, 10], [{ x: 300, y: 60, width: 216, height: 92 }])).toBe(false);
    expect(runsBehind([216, 0], [400, 0], between)).toBe(false);
    expect(wirePoint([0, 0], [400, 0], 0.5, 120)).toEqual([200, 90]);
    expect(wirePath([0, 0], [400, 0], 120)).toBe('M0 0C200 120 200 120 400 0');
  });
});
