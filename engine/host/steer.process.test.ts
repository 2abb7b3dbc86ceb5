import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../shared/run/run-events.ts';
import { codeOf, toyPipeline } from '../../test/support/toy-host.ts';
import { toyHostForEachTest } from '../../test/support/open-toy-host.ts';

const here = toyHostForEachTest();
const steps = (count: number) => toyPipeline({ kind: 'explore.steps', version: 1, params: { count } });
const steering = /^node-(steerable|paused|resumed|finishing)$/;
const reported = (events: readonly RunEvent[]): string[] =>
  events.map((e) => e.type).filter((type) => steering.test(type) || type === 'node-cached');
const titleOf = async (events: readonly RunEvent[]): Promise<string> => {
  const output = events.flatMap((e) =>
    (e.type === 'node-finished' || e.type === 'node-cached') && e.node === 'last' ? e.outputs : [],
  )[0];
  return (await here.connection.api['results.report']({ key: output?.key ?? '' })).title;
};
const steer = (run: string, to: 'pause' | 'resume' | 'finish', node: string | null = 'last') =>
  here.connection.api['runs.steer']({ run, node, to });

/** Follows a run and does something at the first fact of a type that is not of the node before. */
async function at(run: string, reactions: Partial<Record<RunEvent['type'], () => Promise<unknown>>>) {
  const seen: RunEvent[] = [];
  const done = new Set<string>();
  for await (const batch of here.connection.api['runs.events']({ run, afterSeq: -1 }))
    for (const event of batch) {
      seen.push(event);
      if ('node' in event && event.node === 'numbers') continue;
      const react = done.has(event.type) ? undefined : reactions[event.type];
      done.add(event.type);
      await react?.();
    }
  return seen;
}

/** A pause lets the last step be taken. */
const toTheEnd = (run: string): Promise<RunEvent[]> =>
  at(run, { metric: () => steer(run, 'pause'), 'node-paused': () => steer(run, 'resume') });

describe('a node that trains', () => {
  test('stands still when it is paused, stays so without a window, and goes on', async () => {
    const run = await here.run(steps(200));
    let [stepsWhenPaused, stepsLater] = [0, 0];
    const countSteps = async (): Promise<number> => {
      const stop = new AbortController();
      let count = 0;
      for await (const batch of here.connection.api['runs.events']({ run, afterSeq: -1 }, { signal: stop.signal })) {
        count = batch.filter((e) => e.type === 'metric' && e.node === 'last').length;
        break;
      }
      return count;
    };
    const events = await at(run, {
      metric: () => steer(run, 'pause'),
      'node-paused': async () => {
        stepsWhenPaused = await countSteps();
        await new Promise((done) => setTimeout(done, 300));
        stepsLater = await countSteps();
        expect(await steer(run, 'resume', null)).toEqual({ nodes: ['last'] });
      },
    });
    expect(stepsLater).toBe(stepsWhenPaused);
    expect(reported(events)).toEqual(['node-steerable', 'node-paused', 'node-resumed']);
    expect(await titleOf(events)).toBe('200 steps from 0');
    expect(readdirSync(join(here.workspace, '.flowyard', 'checkpoints'))).toEqual([]);
  });

  test('ends early with what it has, and the result says so when it is used again', async () => {
    const run = await here.run(steps(200));
    const events = await at(run, { metric: () => steer(run, 'finish') });
    expect(reported(events)).toEqual(['node-steerable', 'node-finishing']);
    expect(events.at(-1)).toMatchObject({ status: 'done' });
    const kept = await titleOf(events);
    expect(kept).toMatch(/^\d{1,3} steps from 0$/);
    const again = await here.follow(await here.run(steps(200)));
    expect(again).toContainEqual(
      expect.objectContaining({
        type: 'node-cached',
        node: 'last',
        reason: 'same settings, same data; it was ended early by hand',
      }),
    );
    expect(await titleOf(again)).toBe(kept);
    // Whoever wants all of it gets it, and it takes the place of the other.
    await toTheEnd(await here.run(steps(200), { ignoreCache: true }));
    expect(await titleOf(await here.follow(await here.run(steps(200))))).toBe('200 steps from 0');
  });

  test('can be ended while it is paused', async () => {
    const run = await here.run(steps(5000));
    const events = await at(run, { metric: () => steer(run, 'pause'), 'node-paused': () => steer(run, 'finish') });
    expect(reported(events)).toEqual(['node-steerable', 'node-paused', 'node-resumed', 'node-finishing']);
    expect(events.at(-1)).toMatchObject({ status: 'done' });
  });

  test('can be cancelled while it is paused', async () => {
    const run = await here.run(steps(5000));
    const events = await at(run, {
      metric: () => steer(run, 'pause'),
      'node-paused': () => here.connection.api['runs.cancel']({ run }),
    });
    expect(events.at(-1)).toMatchObject({ status: 'cancelled' });
  });

  test('goes on from its checkpoint after its host was closed', async () => {
    const run = await here.run(steps(250));
    for await (const batch of here.connection.api['runs.events']({ run, afterSeq: -1 }))
      // A step is told before it is kept: with the second, the first is.
      if (batch.some((e) => e.type === 'metric' && e.node === 'last' && (e.step ?? 0) >= 2)) break;
    await here.restart();
    expect(await titleOf(await toTheEnd(await here.run(steps(250))))).toMatch(/^250 steps from [1-9]/);
  });

  test('what cannot be paused says so', async () => {
    const run = await here.run(toyPipeline({ kind: 'explore.wait', version: 1, params: { ms: 60_000 } }));
    await at(run, {
      'node-started': async () => {
        expect(await codeOf(steer(run, 'pause'))).toBe('run.not-steerable');
        expect(await codeOf(steer(run, 'pause', null))).toBe('run.not-steerable');
        await here.connection.api['runs.cancel']({ run });
      },
    });
    expect(await codeOf(steer(run, 'pause'))).toBe('run.not-steerable');
    expect(await codeOf(steer('no-run', 'pause'))).toBe('run.unknown');
  });
});
