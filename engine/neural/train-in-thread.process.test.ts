import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
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
const start = (...args: string[]): ChildProcessByStdio<null, Readable, null> =>
  spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
const weightsIn = (said: string): string | undefined => /weights ([\w ]+)/.exec(said)?.[1];
const epochsOf = (said: string, fold: number): number[] =>
  [...said.matchAll(/fold (\d) epoch (\d+)/g)].flatMap(([, of, epoch]) => (Number(of) === fold ? [Number(epoch)] : []));

test('trainings of one task that are killed and begun again end with the same bytes as without; each goes on from its own checkpoint', async () => {
  const [whole = '', cut = ''] = ['whole', 'cut'].map((name) => mkdtempSync(join(tmpdir(), `flowyard-${name}-`)));
  try {
    const undisturbed = weightsIn(await text(start(whole).stdout));
    // Of three trainings.
    expect(undisturbed).toMatch(/^[0-9a-f]{8,} [0-9a-f]{8,} [0-9a-f]{8,}$/);
    // Two side by side are killed in the middle of an epoch, again later; then the third, when the first two are done.
    for (const where of ['killed-in-both', 'killed-in-one', 'killed-in-third'])
      expect(await once(start(cut, where), 'exit')).toEqual([null, 'SIGKILL']);
    expect(readdirSync(join(cut, 'checkpoints')).filter((name) => name.startsWith('training.')).length).toBe(3);
    const last = await text(start(cut, 'forget').stdout);
    expect(weightsIn(last)).toBe(undisturbed);
    // What was finished was not done again, and the third did not begin anew.
    expect([epochsOf(last, 1), epochsOf(last, 2)]).toEqual([[], []]);
    expect(epochsOf(last, 3)[0]).toBeGreaterThan(3);
    expect(readdirSync(join(cut, 'checkpoints')).filter((name) => name.startsWith('training'))).toEqual([]);
  } finally {
    for (const folder of [whole, cut]) rmSync(folder, { recursive: true, force: true });
  }
});

describe('a large network in a thread', () => {
  const { network, batch } = nets['mlp-512']!;
  const job = {
    network,
    train: drawnExamples(network, 2048),
    initial: drawnWeights(network),
    // More than a machine gets through while this thread is not let run for seconds.
    settings: trainingSettings.parse({ epochs: 10_000, batchSize: batch }),
    device: 'cpu',
  } as const;

  test('cancel is acknowledged at once, and this thread was never blocked', async () => {
    const abort = new AbortController();
    let epochs = 0;
    let epochsAtCancel = 0;
    // A timer of this thread comes while the training would go on for minutes: in a thread that computes it would come after.
    const beat = setInterval(() => {
      if (epochs < 2) return;
      clearInterval(beat);
      epochsAtCancel = epochs;
      abort.abort(new Error('cancelled by hand'));
    }, 5);
    const training = trainInThread({ ...job, onEpoch: () => void (epochs += 1) }, { threads: 1, signal: abort.signal });
    await expect(training).rejects.toThrow('cancelled by hand');
    // No step of the training was waited for.
    expect(epochs).toBe(epochsAtCancel);
    expect(epochs).toBeLessThan(job.settings.epochs);
  });

  test('pause stands still until it goes on, and finish keeps what was learnt', async () => {
    const listeners = new Set<(state: TrainingState) => void>();
    const control: TrainingControl = {
      state: 'run',
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    const notify = (state: TrainingState): void => listeners.forEach((listener) => listener(state));
    const pauses: boolean[] = [];
    let epochs = 0;
    let epochsLater = 0;
    const trained = await trainInThread(
      {
        ...job,
        onEpoch: () => {
          epochs += 1;
          if (epochs === 1) notify('pause');
          if (pauses.length === 2) notify('finish');
        },
        onPause: (paused) => {
          pauses.push(paused);
          const at = epochs;
          if (paused)
            setTimeout(() => {
              epochsLater = epochs - at;
              notify('run');
            }, 300);
        },
      },
      { threads: 1, signal: new AbortController().signal, control },
    );
    expect([pauses, epochsLater]).toEqual([[true, false], 0]);
    expect(trained.ended).toBe('finished');
    expect(trained.history.length).toBeGreaterThanOrEqual(2);
    expect(trained.history.length).toBeLessThan(job.settings.epochs);
    expect(listeners.size).toBe(0);
  });
});
