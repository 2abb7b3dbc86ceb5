/** A network that trains in folds by the real command, killed with everything that belongs to it: the next run goes on in the epoch where each fold stood. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findLivingHost } from '../engine/host/lock.ts';
import { connectToHost } from '../engine/host/reach-host.ts';
import { makeCommandFolder, type CommandFolder, type Ended } from './spawn-command.ts';

const [whole, cut]: [CommandFolder, CommandFolder] = [makeCommandFolder(), makeCommandFolder()];
/** So many that the training stands in their midst when it is asked to pause: a hundred of both folds take less than a second on a quiet machine. */
const epochs = 800;
beforeAll(() => {
  const rows = Array.from({ length: 300 }, (_, i) => `${i % 17},${(i * 7) % 23},${i % 3 === 0 ? 'a' : 'b'}\n`);
  for (const here of [whole, cut]) {
    here.write('rows.csv', `x,y,kind\n${rows.join('')}`);
    here.write('folds.pipeline.json', {
      flowyard: 1,
      nodes: {
        rows: { kind: 'read.csv', params: { file: 'rows.csv' } },
        split: { kind: 'split.rows', params: { target: 'kind', method: 'folds', folds: 2, seed: 1 } },
        net: { kind: 'train.neural-network', params: { epochs, batchSize: 16, device: 'cpu' } },
        measure: { kind: 'evaluate.classification' },
      },
      wires: [
        'rows.rows -> split.rows',
        'split.rows -> net.rows',
        'net.model -> measure.model',
        'split.rows -> measure.rows',
      ],
    });
  }
});
afterAll(() => {
  for (const here of [whole, cut]) here.remove();
});
const command = ['run', 'folds.pipeline.json', '--threads', '1', '--json'] as const;

/** The first epoch that a fold's training told. */
function firstEpoch(ended: Ended, fold: string): unknown {
  const event = ended
    .lines()
    .find(
      (e) =>
        e['type'] === 'metric' &&
        e['name'] === 'training_loss' &&
        JSON.stringify(e['variant']) === JSON.stringify({ fold }),
    );
  return event?.['step'];
}
const metricsOf = (ended: Ended): unknown => ended.lines().at(-1)?.['metrics'];

/** Each fold's own line, in either order. */
const bothPaused = [
  ['1', '2'],
  ['2', '1'],
].map((folds) => folds.map((n) => `"node-paused"[^\\n]*"fold ${n}"`).join('[^]*'));
/** A fold was over before the pause came, on a machine that stood still. */
const late = `"node-paused"[^\\n]*"refit"|"step":${epochs}\\b`;

/** Starts the training anew, pauses it in its midst and kills it there. @returns whether both folds were in their midst */
async function killInTheMidst(): Promise<boolean> {
  const { child, ended, said } = cut.start(...command);
  const run = /"run":"([^"]+)"/.exec(await said(/"run":"/))?.[1] ?? '';
  // A command of its own would start in the time that the training takes, on a machine that is busy enough.
  const living = findLivingHost(cut.folder);
  const host = living && (await connectToHost(living).catch(() => undefined));
  if (host === undefined) return ended.then(() => false);
  // Either may begin seconds after the other.
  for (const n of [1, 2])
    await said(new RegExp(`"fold":"fold ${n}"\\},"name":"training_loss","value":[\\d.]+,"step":5\\b`));
  // Standing still writes checkpoints; so do 30 s, which nobody wants to wait for.
  const steered = await host.api['runs.steer']({ run, node: 'net', to: 'pause' }).catch(() => undefined);
  const out = steered === undefined ? '' : await said(new RegExp([...bothPaused, late].join('|')));
  child.kill('SIGKILL');
  await ended;
  host.close();
  return steered !== undefined && !new RegExp(late).test(out);
}

it('each fold goes on where it was, and the figures are those of a run that was never killed', async () => {
  const undisturbed = await whole.run(...command);
  expect([undisturbed.code, firstEpoch(undisturbed, 'fold 1')], undisturbed.out.slice(-1000)).toEqual([0, 1]);

  while (!(await killInTheMidst())) rmSync(join(cut.folder, '.flowyard'), { recursive: true });

  const again = await cut.run(...command);
  expect(again.code).toBe(0);
  for (const fold of ['fold 1', 'fold 2']) {
    expect(Number(firstEpoch(again, fold))).toBeGreaterThan(1);
    expect(Number(firstEpoch(again, fold))).toBeLessThan(epochs);
  }
  expect(firstEpoch(again, 'refit')).toBe(1);
  expect(metricsOf(again)).toEqual(metricsOf(undisturbed));
});
