import { expect, test } from 'vitest';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { findLivingHost } from './lock.ts';
import { againWhileHostLeaves, connectToHost } from './reach-host.ts';
import { codeOf, startToyHost, startToyRun, toyPipeline } from '../../test/support/toy-host.ts';
import { toyHostForEachTest } from '../../test/support/open-toy-host.ts';

const here = toyHostForEachTest();
const slow = (ms: number) => toyPipeline({ kind: 'explore.wait', version: 1, params: { ms } });
const addressNow = (): { url: string; token: string } => {
  const living = findLivingHost(here.workspace);
  if (living === undefined) throw new Error('nobody lives here');
  return living;
};

test('a host that leaves brings the runs of others to their end, and they read it to the last fact', async () => {
  const guest = await connectToHost(addressNow());
  const run = await startToyRun(guest, slow(400));
  const left = here.host.leave();
  const events: RunEvent[] = [];
  for await (const batch of guest.api['runs.events']({ run, afterSeq: -1 })) events.push(...batch);
  expect(events.at(-1)).toMatchObject({ type: 'run-finished', status: 'done' });
  guest.close();
  here.connection.close();
  await left;
});

test('a host that leaves takes no new run and sends nobody to itself; the next one takes its place', async () => {
  const guest = await connectToHost(addressNow());
  const left = here.host.leave();
  expect(await codeOf(startToyRun(guest, slow(0)))).toBe('host.leaving');
  expect(findLivingHost(here.workspace)).toBeUndefined();
  guest.close();
  here.connection.close();
  await left;
  const next = await startToyHost(here.root, here.workspace);
  await next.close();
});

test('an address where nobody answers any more is told at once, and never waited for', async () => {
  const gone = addressNow();
  await here.host.close();
  expect(await codeOf(connectToHost(gone))).toBe('host.gone');
});

test('what waits for a host that dies fails instead of waiting for it to come back', async () => {
  const guest = await connectToHost(addressNow());
  const run = await startToyRun(guest, slow(60_000));
  const followed = codeOf(
    (async () => {
      for await (const batch of guest.api['runs.events']({ run, afterSeq: -1 })) void batch;
    })(),
  );
  await here.host.close();
  expect(await followed).toBe('connection.lost');
});

test('who finds a host that is going asks again until the next one is there, with a limit', async () => {
  const gone = addressNow();
  await here.host.close();
  let asked = 0;
  const found = await againWhileHostLeaves(async () => {
    asked += 1;
    if (asked < 3) return connectToHost(gone);
    return 'the next one';
  });
  expect([found, asked]).toEqual(['the next one', 3]);
  expect(await codeOf(againWhileHostLeaves(() => connectToHost(gone), 120))).toBe('host.gone');
});
