/**
 * The examples that train networks, by `flowyard run` as a person runs them: how right they are, how long they take, and that a killed run goes on where it was.
 * Figures and dates stand in `docs/conformance.md`.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { repositoryRoot } from '../support/node-folders.ts';

const event = z.looseObject({
  type: z.string(),
  node: z.string().optional(),
  name: z.string().optional(),
  step: z.number().optional(),
  status: z.string().optional(),
  ms: z.number().optional(),
  metrics: z.record(z.string(), z.record(z.string(), z.number().nullable())).optional(),
});
type Reported = z.output<typeof event>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowyard-long-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** @param until ends the whole run, by force, at the first event of which it says so */
async function run(
  example: string,
  options: readonly string[] = [],
  until?: (reported: Reported) => boolean,
): Promise<Reported[]> {
  await copyFile(
    join(repositoryRoot, 'resources', 'examples', `${example}.pipeline.json`),
    join(folder, `${example}.pipeline.json`),
  );
  const main = join(repositoryRoot, 'cli', 'main.ts');
  const child = spawn(process.execPath, [main, 'run', `${example}.pipeline.json`, '--json', ...options], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const seen: Reported[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const reported = event.parse(JSON.parse(line));
    seen.push(reported);
    if (until?.(reported) === true && child.pid !== undefined) {
      process.kill(-child.pid, 'SIGKILL');
      break;
    }
  }
  if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once('exit', done));
  return seen;
}
const finished = (reported: readonly Reported[]): Reported => {
  const last = reported.at(-1);
  expect(last).toMatchObject({ type: 'run-finished', status: 'done' });
  return last ?? { type: '' };
};

/** Of the stored models, the weights of the one. */
async function weightsOf(workspace: string): Promise<string> {
  const files = await readdir(join(workspace, '.flowyard', 'store'), { recursive: true });
  const found = files.filter((file) => file.endsWith('model.weights.bin'));
  expect(found).toHaveLength(1);
  return (await readFile(join(workspace, '.flowyard', 'store', found[0] ?? ''))).toString('base64');
}

describe('within two minutes on two cores', () => {
  test.each([
    ['digits', 0.985],
    ['mnist', 0.97],
  ])('%s are named rightly in %f of the test images', async (example, least) => {
    const { metrics, ms } = finished(await run(example));
    const accuracy = metrics?.['evaluate']?.['accuracy'] ?? 0;
    console.log(`${example}: accuracy ${accuracy.toFixed(4)}, ${((ms ?? 0) / 1000).toFixed(1)} s`);
    expect(accuracy).toBeGreaterThanOrEqual(least);
    // A quarter of a minute where nothing else runs.
    expect(ms).toBeLessThan(120_000);
  });
});

test('a network on a table stands beside trees', async () => {
  const { metrics } = finished(await run('network-or-trees'));
  const [network, trees] = ['evaluate-network', 'evaluate-boosting'].map((node) => metrics?.[node]?.['r2'] ?? 0);
  console.log(`network-or-trees: R² ${network?.toFixed(4)} (network), ${trees?.toFixed(4)} (trees)`);
  expect(network).toBeGreaterThan((trees ?? 1) - 0.05);
});

test('a sweep trains one network for each value', async () => {
  const { metrics } = finished(
    await run('network-or-trees', ['--sweep', 'network.seed=1,2', '--set', 'network.epochs=5']),
  );
  const trials = Object.keys(metrics ?? {}).filter((name) => name.startsWith('evaluate-network['));
  expect(trials).toEqual(['evaluate-network[network.seed=1]', 'evaluate-network[network.seed=2]']);
});

test('a run that is killed while it trains goes on from its checkpoint, to the same bytes', async () => {
  const settings = ['--set', 'network.epochs=48', '--set', 'network.device=cpu'];
  await run(
    'digits',
    settings,
    (reported) => reported.type === 'metric' && reported.node === 'network' && reported.step === 40,
  );
  const again = await run('digits', settings);
  finished(again);
  const steps = again.flatMap((reported) =>
    reported.node === 'network' && reported.name === 'training_loss' && reported.step !== undefined
      ? [reported.step]
      : [],
  );
  const resumed = await weightsOf(folder);
  await rm(join(folder, '.flowyard'), { recursive: true });
  finished(await run('digits', settings));
  expect(resumed).toBe(await weightsOf(folder));
  console.log(`killed after epoch 40 of 48: went on with epoch ${Math.min(...steps)}`);
  expect(Math.min(...steps)).toBeGreaterThan(3);
});
