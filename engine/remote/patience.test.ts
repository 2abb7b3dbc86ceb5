import { describe, expect, test } from 'vitest';
import { patience } from './placement/patience.ts';

const minute = 60_000;
/** Fails again and again; says after how many tries and how much time it is given up. */
function giveUp(
  limitMs: number,
  wasReached: boolean,
  events: { at?: number; sleepMs?: number; sentBytes?: number } = {},
) {
  let nowMs = 0;
  let sent = 0;
  const waits = patience(limitMs, wasReached, () => nowMs);
  for (let tries = 1; tries < 1000; tries++) {
    if (tries === events.at) {
      nowMs += events.sleepMs ?? 0;
      sent += events.sentBytes ?? 0;
    }
    const next = waits.pause(sent);
    if (next === undefined) return { tries, ms: nowMs };
    nowMs += next.ms;
  }
  return { tries: Number.POSITIVE_INFINITY, ms: nowMs };
}

describe('waiting for a remote that does not answer', () => {
  test('one that never answered is given up within seconds', () => {
    expect(giveUp(30 * minute, false)).toEqual({ tries: 3, ms: 3000 });
  });
  test('one that was reached before is waited for as long as was said, and not a try more', () => {
    const { ms } = giveUp(30 * minute, true);
    expect(ms).toBeGreaterThanOrEqual(30 * minute);
    expect(ms).toBeLessThan(31 * minute);
    expect(giveUp(0, true)).toEqual({ tries: 3, ms: 3000 });
  });
  test('a night with the laptop closed does not count, and what was sent meanwhile begins anew', () => {
    expect(giveUp(30 * minute, true, { at: 20, sleepMs: 600 * minute }).ms).toBeGreaterThan(630 * minute);
    expect(giveUp(30 * minute, true, { at: 50, sentBytes: 1 }).ms).toBeGreaterThan(50 * minute);
  });
  test('a job that may be there is looked for without end', () => {
    expect(giveUp(Number.POSITIVE_INFINITY, true).tries).toBe(Number.POSITIVE_INFINITY);
  });
});
