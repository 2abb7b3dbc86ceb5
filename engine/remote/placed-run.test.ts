/** A run that is elsewhere, against a remote that answers as a test wants it to. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fail } from '../../shared/errors.ts';
import { parsePipeline } from '../../shared/pipeline/parse.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { startPlacedRun } from './placement/placed-run.ts';
import { freshState } from '../store/placements/placed-state.ts';
import type { PlacedRecord, PlacedRunOptions } from './placement/placed-types.ts';
import type { Follower } from './placement/target-watch.ts';

const file = parsePipeline('{"flowyard":1,"nodes":{"a":{"kind":"read.csv"}},"wires":[]}');
const unanswered = () => fail('target.unreachable', { message: 'box cannot be reached.', mend: 'Check the network.' });

function place(more: { record?: Partial<PlacedRecord>; files?: object; options?: Partial<PlacedRunOptions> }) {
  const events: RunEvent[] = [];
  const phases: string[] = [];
  let follower: Follower | undefined;
  const record: PlacedRecord = {
    phase: 'staging',
    words: '',
    state: freshState({}),
    sentBytes: 0,
    fetchedBytes: 0,
    submittedMs: null,
    ...more.record,
  };
  const open = {
    files: { sentBytes: 0, fetchedBytes: 0, ...more.files },
    queue: { cancel: () => Promise.resolve() },
  } as unknown as ReturnType<PlacedRunOptions['target']>['open'];
  const watch = {
    add: (one: Follower) => (follower = one),
    remove: () => undefined,
    hurry: () => undefined,
    calls: { looks: 0, statuses: 0 },
    close: () => undefined,
  };
  const placed = startPlacedRun({
    run: 'r',
    request: { file } as PlacedRunOptions['request'],
    settings: { name: 'box', kind: 'ssh', host: 'h', options: {} },
    record,
    ready: Promise.resolve(),
    target: () => ({ open, watch }),
    wasReached: () => true,
    ship: () => Promise.reject(unanswered()),
    artifacts: { folder: join('/', 'nowhere'), find: () => undefined } as unknown as PlacedRunOptions['artifacts'],
    installation: { remoteFolder: '', moduleFolders: [], nodeBinary: '' },
    onEvent: (event) => events.push(event),
    keep: (kept) => phases.push(kept.phase),
    now: () => 1000,
    ...more.options,
  });
  const said = (type: RunEvent['type']) => events.filter((event) => event.type === type);
  return { placed, record, phases, said, followed: () => follower };
}
const soon = async (what: () => unknown): Promise<void> => {
  while (what() === undefined || what() === false) await new Promise((done) => setImmediate(done));
};

describe('a remote that does not answer before the run is handed over', () => {
  test('is waited for, so that it is seen, and a cancel ends it', async () => {
    const { placed, record, said } = place({});
    await soon(() => record.phase === 'unreachable');
    expect(record.words).toMatch(
      /^box cannot be reached\. It is tried again until \d\d:\d\d, unless it is cancelled\.$/,
    );
    expect(said('run-queued')).toMatchObject([{ reason: record.words }]);
    placed.cancel();
    expect(await placed.ended).toBe('ended');
    expect(said('run-finished')).toMatchObject([{ status: 'cancelled' }]);
  });

  test('goes on when it answers', async () => {
    let tries = 0;
    const nothing = { compute: [], there: [], sized: [], tableBytes: 0 };
    const ship = () => (tries++ === 0 ? Promise.reject(unanswered()) : Promise.resolve(nothing));
    const { placed, said } = place({ options: { ship: ship as unknown as PlacedRunOptions['ship'] } });
    expect(await placed.ended).toBe('here');
    expect(tries).toBe(2);
    expect(said('run-queued')).toHaveLength(1);
  });
});

test('a cancel breaks off the fetching of results, and what did not come is not told', async () => {
  let isFetching = false;
  const fetchArtifacts = (_: unknown, __: unknown, ___: unknown, signal: AbortSignal) =>
    new Promise((_resolve, reject) => {
      isFetching = true;
      signal.addEventListener('abort', () => reject(unanswered()));
    });
  const { placed, said, followed } = place({
    record: {
      phase: 'running',
      state: {
        ...freshState({}),
        runtime: { folder: 'runtime/x', node: 'node' },
        jobs: [{ name: 'fy-r', id: '1', run: 'r', submitted_ms: 1 }],
        tasks: [{ stage: 0, offset: 0 }],
      },
    },
    files: { fetchArtifacts },
  });
  await soon(followed);
  const base = { run: 'r', time_ms: 1 };
  const output = { port: 'rows', wire: 'table', key: 'abcd' };
  const lines = [
    { ...base, seq: 0, type: 'run-started', pipeline: 'p', parameters: {}, nodes: ['a'] },
    { ...base, seq: 1, type: 'node-finished', node: 'a', ms: 1, outputs: [output] },
  ].map((event) => JSON.stringify(event));
  const look = { lines, offset: 99, hasMore: false, exit: undefined, silentS: 0, stderr: '' };
  const taking = followed()?.take([look], new Map());
  await soon(() => isFetching);
  placed.cancel();
  await taking;
  const exit = JSON.stringify({ code: 0, status: 'done', ended_ms: 1, node: 'n', starts: 1 });
  await followed()?.take([{ ...look, exit }], new Map());
  expect(await placed.ended).toBe('ended');
  expect(said('node-finished')).toEqual([]);
  expect(said('run-started')).toHaveLength(1);
  expect(said('run-finished')).toMatchObject([{ status: 'cancelled' }]);
});
