import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { gather } from './gather.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('hands on the first at once, and what comes soon after it together', () => {
  const handed: (readonly number[])[] = [];
  const told = gather((items: readonly number[]) => handed.push(items), 100);
  told.add([1]);
  told.add([2]);
  told.add([3, 4]);
  expect(handed).toEqual([[1]]);
  vi.advanceTimersByTime(100);
  expect(handed).toEqual([[1], [2, 3, 4]]);
  told.add([5]);
  expect(handed).toHaveLength(2);
  vi.advanceTimersByTime(100);
  vi.advanceTimersByTime(100);
  told.add([6]);
  expect(handed).toEqual([[1], [2, 3, 4], [5], [6]]);
});

it('gives what is waiting when it is asked to', () => {
  const handed: (readonly number[])[] = [];
  const told = gather((items: readonly number[]) => handed.push(items), 100);
  told.add([1]);
  told.add([2]);
  told.flush();
  told.flush();
  expect(handed).toEqual([[1], [2]]);
  vi.advanceTimersByTime(1000);
  expect(handed).toHaveLength(2);
});
