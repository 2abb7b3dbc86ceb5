import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { TrainingControl, TrainingState } from '../../shared/neural/neural-service.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { drawnExamples, drawnWeights, nets } from '../../test/support/neural-nets.ts';
import { trainInThread } from './train-in-thread.ts';

const script = join(import.meta.dirname, '../../test/support/train-with-checkpoint.ts');
const start = (folder: string): ChildProcessByStdio<null, Readable, null> =>
  spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
const weightsIn = (said: string): string | undefined => /weights (\w+)/.exec(said)?.[1];

test(
  'a training that is killed and begun again ends with the same bytes as one that was not',
  { timeout: 120_000 },
  async () => {
    const [whole, cut] = ['whole', 'cut'].map((name) => mkdtempSync(join(tmpdir(), `flowyard-${name}-`)));
    try {
      const undisturbed = weightsIn(await text(start(whole!).stdout));
      expect(undisturbed).toBeDefined();
      for (let kills = 0; kills < 3; kills++) {
        const child = start(cut!);
        // Some epochs are told, then it dies in the middle of one.
        for (let heard = 0; heard < 4;) heard += String(await once(child.stdout, 'data')).split('\n').length - 1;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      const last = await text(start(cut!).stdout);
      // It went on and did not begin anew.
      expect(Number(last.split('\n')[0])).toBeGreaterThan(4);
      expect(weightsIn(last)).toBe(undisturbed);
    } finally {
      for (const folder of [whole, cut]) rmSync(folder!, { recursive: true, force: true });
    }
  },
);

describe('a large network in a thread', () => {
  const { network, batch } = nets['mlp-512']!;
  const job = {
    network,
    train: drawnExamples(network, 2048),
    initial: drawnWeights(network),
    settings: trainingSettings.parse({ epochs: 1000, batchSize: batch }),
    device: 'cpu',
  } as const;

  test('cancel is acknowledged at once, and this thread was never blocked', { timeout: 60_000 }, async () => {
    const abort = new AbortController();
    let longest = 0;
    let before = performance.now();
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - before);
      before = performance.now();
    }, 5);
    let cancelledMs = 0;
    const training = trainInThread(
      {
        ...job,
        onEpoch: ({ epoch }) => {
          if (epoch !== 2) return;
          cancelledMs = performance.now();
          abort.abort(new Error('cancelled by hand'));
        },
        onDevice: () => void ([longest, before] = [0, performance.now()]),
      },
      { threads: 1, signal: abort.signal },
    );
    await expect(training).rejects.toThrow('cancelled by hand');
    expect(performance.now() - cancelledMs).toBeLessThan(200);
    clearInterval(beat);
    expect(longest).toBeLessThan(1000);
  });

  test('pause stands still until it goes on, and finish keeps what was learnt', { timeout: 60_000 }, async () => {
    const listeners = new Set<(state: TrainingState) => void>();
    const control: TrainingControl = {
      state: 'run',
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const tell = (state: TrainingState): void => listeners.forEach((listener) => listener(state));
    const pauses: boolean[] = [];
    let epochs = 0;
    const trained = await trainInThread(
      {
        ...job,
        onEpoch: () => {
          epochs += 1;
          if (epochs === 1) tell('pause');
          if (epochs === 3) tell('finish');
        },
        onPause: (paused) => {
          pauses.push(paused);
          const at = epochs;
          if (paused)
            setTimeout(() => {
              expect(epochs).toBe(at);
              tell('run');
            }, 300);
        },
      },
      { threads: 1, signal: new AbortController().signal, control },
    );
    expect(pauses).toEqual([true, false]);
    expect(trained.ended).toBe('finished');
    expect(trained.history.length).toBeLessThan(6);
    expect(listeners.size).toBe(0);
  });
});
