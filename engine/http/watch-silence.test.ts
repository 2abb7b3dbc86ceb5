import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchSilence } from './watch-silence.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const watch = (asked = new AbortController().signal) =>
  watchSilence(asked, { seconds: 60, silent: () => new Error('nothing for 60 s') });

it('waits as long as something comes, and no longer', () => {
  const { signal, heard } = watch();
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(50_000);
    expect(signal.aborted).toBe(false);
    heard();
  }
  vi.advanceTimersByTime(60_000);
  expect(signal.reason).toEqual(new Error('nothing for 60 s'));
});

it('ends with whoever asked, and with the answer', () => {
  const asked = new AbortController();
  const { signal } = watch(asked.signal);
  asked.abort(new Error('gone'));
  expect(signal.reason).toBe(asked.signal.reason);
  const ended = watch();
  ended.end();
  ended.heard();
  vi.advanceTimersByTime(120_000);
  expect(ended.signal.aborted).toBe(false);
});
