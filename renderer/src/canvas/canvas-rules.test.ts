import { sayBytes } from '../text/say.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validate } from '../../../shared/pipeline/parse.ts';
import { emptyNodeRun } from '../../../shared/run/run-state.ts';
import { changedSince } from '../edits/changed-since.ts';
import { toySpecs } from '../edits/toy-specs.ts';
import { frameAround, nodesAfter } from './after-split.ts';
import { firstView, wholeView } from './first-view.ts';
import { nodeFace, seriesOf, type FaceInput, saySize } from './node-face.ts';
import { runOrder, walk } from './walk.ts';
import { distanceToWay, wirePath } from './wire-geometry.ts';
import { cardsBehind, wireKept, wireWay } from './wire-route.ts';

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
  it('gives a figure the whole footer, and says in the tip what it took', () => {
    const figure = { title: 'Balanced accuracy', value: 0.918 };
    const judged = (state: 'fresh' | 'stale', reason?: string): NonNullable<FaceInput['check']> => ({
      ...fresh(state, reason),
      freshness: {
        ...fresh(state, reason).freshness,
        outputs: [{ port: 'report', wire: 'report', key: 'k', figure }],
      },
    });
    const { left, right, tip } = face({ check: judged('fresh') });
    expect([left, right, tip]).toEqual(['0.918 Balanced accuracy', undefined, '0.918 Balanced accuracy · 0.2 s']);
    // Beside a reason it is its value alone.
    expect(face({ check: judged('stale', 'Threshold changed') })).toMatchObject({
      left: 'Threshold changed',
      right: '0.918',
    });
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

describe('the size on a card', () => {
  it('counts what is stored once: a model and its report tell the size of the same result', () => {
    const outputs = [
      { port: 'model', wire: 'model' as const, key: 'aa/model', bytes: 4000 },
      { port: 'report', wire: 'report' as const, key: 'aa/report', bytes: 4000 },
    ];
    expect([saySize(outputs), sayBytes(4000)]).toEqual(['4.0 kB', '4.0 kB']);
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
    expect(distanceToWay([50, 25], wireWay([0, 0], [100, 50], []).points)).toBeLessThan(2);
    expect(distanceToWay([50, 90], wireWay([0, 0], [100, 50], []).points)).toBeGreaterThan(30);
  });
});

describe('the first view of a pipeline', () => {
  const box = (x: number, y = 0) => ({ x, y, width: 176, height: 100 });
  it('shows all of a small one in the middle', () => {
    expect(firstView([box(0), box(220)], [1000, 600])).toEqual({ x: 302, y: 250, zoom: 1 });
  });
  it('shows the beginning of one that would be too small to read', () => {
    expect(firstView([box(0), box(5000)], [1000, 600])).toMatchObject({ x: 16, zoom: 1 });
    // The card furthest left is in sight, wherever it stands in the height.
    expect(firstView([box(300, 0), box(0, 1500)], [1000, 600])).toMatchObject({ y: 10 - 1020, zoom: 1 });
  });
  it('is larger in a larger window, and all of it is seen with F however small', () => {
    expect(firstView([box(0), box(220)], [2200, 1300]).zoom).toBe(1.6);
    expect(wholeView([box(0), box(5000)], [1000, 600], 0.08).zoom).toBeCloseTo(968 / 5176);
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

describe('a wire past cards', () => {
  const card = (x: number, y: number) => ({ x, y, width: 176, height: 100 });
  it('is a curve where nothing is in its way', () => {
    expect(wireWay([176, 50], [220, 50], [card(0, 0), card(220, 0)]).path).toBe('M176 50C200 50 196 50 220 50');
  });
  it('goes along the lanes around what stands between its ends', () => {
    const cards = [card(0, 0), card(220, 0), card(440, 0)];
    const { points, path } = wireWay([176, 50], [440, 50], cards);
    expect(points).toEqual([
      [176, 50],
      [193, 50],
      [193, 108],
      [413, 108],
      [413, 50],
      [440, 50],
    ]);
    expect(cardsBehind(points, cards)).toBe(0);
    expect(path).toMatch(/^M176 50L185 50Q193 50 193 58/);
  });
  it('goes back to the next line between the lines', () => {
    const cards = [card(0, 0), card(220, 0), card(0, 140), card(220, 140)];
    const { points } = wireWay([396, 50], [0, 190], cards);
    expect(points).toEqual([
      [396, 50],
      [423, 50],
      [423, 118],
      [-17, 118],
      [-17, 190],
      [0, 190],
    ]);
  });
  it('is the same object while its way is the same', () => {
    const way = wireKept([176, 50], [220, 50]);
    expect(way([card(0, 0)])).toBe(way([card(0, 0), card(900, 900)]));
  });
  it('finds a way around cards that stand anywhere, where there is one', () => {
    const place = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }));
    fc.assert(
      fc.property(fc.uniqueArray(place, { minLength: 2, maxLength: 20, selector: String }), (cells) => {
        const cards = cells.map(([x, y]) => card(x * 220 + y * 7, y * 130));
        const [a, b] = [cards[0] ?? card(0, 0), cards[1] ?? card(0, 0)];
        const { points } = wireWay([a.x + 176, a.y + 50], [b.x, b.y + 50], cards);
        expect(cardsBehind(points, cards)).toBe(0);
      }),
    );
  });
});
