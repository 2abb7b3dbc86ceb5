/** A laptop that is closed in the middle of a run: the app is killed, the network goes and comes back. Against a real sshd on loopback. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSlurm, type SlurmLab } from '../support/clusters/labs.ts';
import { lastOf, makeSite, runOf, sshOf, type Site } from '../support/clusters/sites.ts';
import { openGate, type TcpGate } from '../support/clusters/tcp-gate.ts';

let lab: SlurmLab;
const root = `/home/flowlab/laptop-${process.pid}`;
const settings = (more = {}) => sshOf(lab, { options: { root, look: '0.3', 'lost-after': '2' }, ...more });
beforeAll(async () => {
  lab = await startSlurm();
  // The engine is sent before: what is cut off here is a run.
  const site = await makeSite(settings());
  expect((await site.run('run', 'people.pipeline.json', '--remote', 'lab')).code).toBe(0);
  site.remove();
});
afterAll(async () => {
  lab.run('rm', '-rf', root);
  await lab.down();
});

/** Submits, kills the app, cuts the network, starts again: says how the run ended, how often its job began and whether its events are whole. */
async function leave(
  site: Site,
  gate: TcpGate,
  seed: number,
  isCut: boolean,
  cutMs: number,
  reported = /"run":/,
): Promise<string> {
  const started = site.start(
    'run',
    'people.pipeline.json',
    '--remote',
    'lab',
    '--json',
    '--no-cache',
    '--set',
    `split.seed=${seed + 2}`,
  );
  await started.said(reported).catch(() => undefined);
  await new Promise((done) => setTimeout(done, drawn(seed, 1) * 3000));
  started.child.kill('SIGKILL');
  const { out } = await started.ended;
  const run = runOf({ out });
  if (isCut) gate.close();
  const back = new Promise((done) => setTimeout(done, cutMs)).then(() => gate.open());
  const attached = site.run('runs', 'attach', run, '--json');
  await back;
  const ended = await attached;
  const events = ended.lines();
  const seqs = events.map((e) => e['seq']);
  const starts = existsSync(join(root, 'runs', run, 't0', 'starts.jsonl'))
    ? readFileSync(join(root, 'runs', run, 't0', 'starts.jsonl'), 'utf8')
        .trim()
        .split('\n').length
    : 0;
  const isWhole =
    new Set(seqs).size === seqs.length && events.filter((e) => e['type'] === 'node-finished').length === 6;
  return `${String(lastOf(ended)['status'])}, ${starts} start, ${isWhole ? 'whole' : `torn: ${ended.err}${ended.out.slice(-300)}`}`;
}
const drawn = (seed: number, n: number): number =>
  createHash('sha256').update(`${seed} ${n}`).digest().readUInt32BE(0) / 2 ** 32;

test('killed, cut off and started again, 20 seeded times: each run comes to its end, and ran once', async () => {
  const outcomes: string[] = [];
  const lane = async (seeds: number[]): Promise<void> => {
    // Each its own way to the machine: no lane cuts off another.
    const gate = await openGate(lab.port);
    const site = await makeSite(settings({ port: gate.port }));
    // Two minutes, compressed: longer than every timer that is set for this target.
    for (const seed of seeds) outcomes.push(await leave(site, gate, seed, drawn(seed, 2) < 0.5, drawn(seed, 3) * 1500));
    site.remove();
    await gate.end();
  };
  // And once as long as it is, with the timers that a target has by itself.
  const whole = async (): Promise<string> => {
    const gate = await openGate(lab.port);
    const site = await makeSite(sshOf(lab, { port: gate.port, options: { root } }));
    // What was never submitted says that the target cannot be reached; this one is under way.
    const outcome = await leave(site, gate, 20, true, 120_000, /"type":"node-started"/);
    site.remove();
    await gate.end();
    return outcome;
  };
  const seeds = Array.from({ length: 20 }, (_, i) => i);
  const [twoMinutes] = await Promise.all([whole(), ...[0, 1, 2, 3].map((n) => lane(seeds.filter((s) => s % 4 === n)))]);
  expect(outcomes).toEqual(seeds.map(() => 'done, 1 start, whole'));
  expect(twoMinutes).toBe('done, 1 start, whole');
});
