import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fail } from '../../../shared/errors.ts';
import type { LabelChange } from '../../../shared/rpc/contract/labels.ts';
import { openLabelStore, type LabelStore } from './label-store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A file, and a window that can lose its host. */
function setUp(labels: Record<string, string> = {}) {
  const disk = new Map(Object.entries(labels));
  const state = { kept: null as string | null, isAway: false, written: 0 };
  const open = (): LabelStore =>
    openLabelStore({
      read: async () => Object.fromEntries(disk),
      write: async (changes: LabelChange[]) => {
        if (state.isAway) throw fail('connection.lost', { message: 'Nobody answers.' });
        for (const { key, label } of changes)
          if (label === null) disk.delete(key);
          else disk.set(key, label);
      },
      kept: { read: () => state.kept, write: (text) => void (state.kept = text) },
      onWritten: () => void state.written++,
    });
  return { disk, state, open };
}
const rest = () => vi.advanceTimersByTimeAsync(5000);

test('labels are counted, written, changed and taken away; undo goes back step by step', async () => {
  const { disk, open, state } = setUp({ a: 'cat' });
  const store = open();
  await rest();
  store.set('b', 'dog');
  store.set('a', 'dog');
  store.set('a', null);
  expect([store.size, [...store.counts()]]).toEqual([1, [['dog', 1]]]);
  await rest();
  expect(Object.fromEntries(disk)).toEqual({ b: 'dog' });
  expect([
    store.undo(),
    store.labelOf('a'),
    store.undo(),
    store.labelOf('a'),
    store.undo(),
    store.labelOf('b'),
  ]).toEqual(['a', 'dog', 'a', 'cat', 'b', undefined]);
  expect(store.undo()).toBeUndefined();
  await rest();
  expect(Object.fromEntries(disk)).toEqual({ a: 'cat' });
  expect([state.kept, store.waiting]).toEqual([null, 0]);
});

test('what could not be written is kept, and written by the window that comes after a crash', async () => {
  const { disk, open, state } = setUp({ a: 'cat' });
  const store = open();
  await rest();
  state.isAway = true;
  store.set('b', 'dog');
  await rest();
  expect([store.waiting, store.problem?.code, store.labelOf('b')]).toEqual([1, 'connection.lost', 'dog']);
  store.close();
  state.isAway = false;
  const next = open();
  await rest();
  expect([next.labelOf('b'), disk.get('b'), next.waiting, state.kept]).toEqual(['dog', 'dog', 0, null]);
});

test('a host that comes back gets what waits', async () => {
  const { disk, open, state } = setUp();
  const store = open();
  await rest();
  state.isAway = true;
  store.set('b', 'dog');
  await rest();
  state.isAway = false;
  await rest();
  expect([disk.get('b'), store.problem]).toEqual(['dog', null]);
});
