/** Against a real Ray of two nodes on loopback. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { targetSettings } from '../../shared/targets.ts';
import { mostPackageBytes, openRayApi } from '../../engine/remote/shell/ray-api.ts';
import { lookAtRay } from '../../engine/remote/queue/ray-queue.ts';
import { writeZip } from '../../engine/remote/shell/zip.ts';
import { startRay, type RayLab } from '../support/clusters/labs.ts';
import {
  lastOf,
  makeSite,
  openFor,
  runOf,
  runPartsThereAndHere,
  runThereAndHere,
  until,
  writeSlow,
} from '../support/clusters/sites.ts';
import { rmSync } from 'node:fs';

let lab: RayLab;
const root = `/tmp/flowyard-ray-root-${process.pid}`;
beforeAll(async () => {
  lab = await startRay();
});
afterAll(async () => {
  await lab.down();
  rmSync(root, { recursive: true, force: true });
});
const settings = (options: Record<string, string> = {}) =>
  targetSettings.parse({
    name: 'lab',
    kind: 'ray',
    url: lab.url,
    options: { root, look: '0.5', 'lost-after': '1', ...options },
  });
const api = () => openRayApi(lab.url);
const ended = (id: string) =>
  until(`${id} has ended`, async () => {
    const job = await api().job(id);
    return job !== undefined && !['PENDING', 'RUNNING'].includes(job.status) ? job : undefined;
  });

describe('a run on Ray', () => {
  test('gives the keys and bytes of a run at home', async () => {
    const { ended: last, there, here } = await runThereAndHere(settings(), 'people.pipeline.json');
    expect(last).toMatchObject({ status: 'done' });
    expect(there).toEqual(here);
  });

  test('a table in several files is computed in jobs side by side; the whole has the key and bytes of one query at home', async () => {
    const { ended: last, there, here } = await runPartsThereAndHere(settings());
    expect(last).toMatchObject({ status: 'done' });
    expect(there).toEqual(here);
  });

  test('a sweep is spread over the nodes', async () => {
    const site = await makeSite(settings({ parallel: '3' }));
    const done = await site.run(
      'run',
      'people.pipeline.json',
      '--remote',
      'lab',
      '--sweep',
      'split.seed=1,2,3,4,5,6',
      '--json',
    );
    expect(lastOf(done)).toMatchObject({ status: 'done' });
    expect(lastOf(done)['trials']).toHaveLength(6);
    site.remove();
  });

  test('is cancelled there and here', async () => {
    const site = await makeSite(settings());
    writeSlow(site);
    const started = site.start('run', 'slow.pipeline.json', '--remote', 'lab', '--json');
    const run = runOf({ out: await started.said(/"node":"model"/) });
    started.child.kill('SIGINT');
    expect(lastOf(await started.ended)).toMatchObject({ status: 'cancelled' });
    expect((await ended(`fy-${run}.t0`)).status).toMatch(/STOPPED|SUCCEEDED|FAILED/);
    site.remove();
  });
});

describe("Ray's jobs", () => {
  test('a second job of the same id is the first', async () => {
    const id = `twice-${process.pid}`;
    for (const word of ['one', 'two']) await api().submit({ id, entrypoint: `echo ${word}` });
    expect((await ended(id)).status).toBe('SUCCEEDED');
    expect(await api().logs(id)).toContain('one');
    expect(await api().logs(id)).not.toContain('two');
  });

  test('a package is sent once; one of more than 100 MiB is refused before it is sent', async () => {
    const zip = writeZip([{ name: 'a', bytes: randomBytes(1000) }]);
    const name = `_ray_pkg_${randomBytes(8).toString('hex')}.zip`;
    expect(await api().putPackage(name, zip)).toBe(`gcs://${name}`);
    expect(await api().putPackage(name, Buffer.from('not sent again'))).toBe(`gcs://${name}`);
    const problem = await api()
      .putPackage('x.zip', Buffer.alloc(mostPackageBytes + 1))
      .then(() => undefined, toProblem);
    expect(problem?.code).toBe('ray.too-large');
  });

  test('a failure brings its code, a stop reaches the trap, one that can never be placed waits', async () => {
    const ids = ['fails', 'traps', 'never'].map((n) => `${n}-${process.pid}`);
    const [fails = '', traps = '', never = ''] = ids;
    await api().submit({ id: fails, entrypoint: 'exit 7' });
    await api().submit({ id: traps, entrypoint: `trap 'echo trapped; exit 3' TERM; echo ready; sleep 60 & wait` });
    await api().submit({ id: never, entrypoint: 'true', cores: 99 });
    expect(await ended(fails)).toMatchObject({ status: 'FAILED', driver_exit_code: 7 });
    await until('it runs', async () => ((await api().logs(traps)).includes('ready') ? true : undefined));
    await api().stop(traps);
    expect((await ended(traps)).status).toBe('STOPPED');
    expect(await api().logs(traps)).toContain('trapped');
    expect((await api().job(never))?.status).toBe('PENDING');
  });

  test('a run that can never be placed says so and can be cancelled', async () => {
    const site = await makeSite(settings({ cores: '99' }));
    const started = site.start('run', 'people.pipeline.json', '--remote', 'lab', '--json');
    await started.said(/it waits for free cores|has not begun/);
    started.child.kill('SIGINT');
    expect(lastOf(await started.ended)).toMatchObject({ status: 'cancelled' });
    site.remove();
  });

  test('a shell of large input and output', async () => {
    const target = openFor(settings());
    const bytes = randomBytes(3_000_000);
    const out = await target.files.must('echo', 'cat', { input: bytes });
    expect(out.equals(bytes)).toBe(true);
    expect((await target.shell.exec('echo no >&2; exit 5')).code).toBe(5);
  });

  test('events are read from the log in whole lines', async () => {
    const run = `log-${process.pid}`;
    await api().submit({
      id: `fy-${run}.t0`,
      entrypoint: `for i in 1 2 3; do echo '{"n":'$i'}'; sleep 0.2; done; echo '@fy-exit {"code":0}'`,
    });
    await ended(`fy-${run}.t0`);
    const [one] = await lookAtRay(api(), [{ run, task: 0, offset: 0 }]);
    expect(one?.lines.filter((l) => l.startsWith('{'))).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    expect(one?.exit).toBe('{"code":0}');
  });

  test('Ray still refuses what a browser sends: calls by fetch would fail', async () => {
    const answer = await fetch(`${lab.url}/api/jobs/`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(405);
  });

  test('the head started anew has forgotten all jobs: the run is lost, not failed', async () => {
    const site = await makeSite(settings({ retries: '0' }));
    writeSlow(site);
    const started = site.start('run', 'slow.pipeline.json', '--remote', 'lab', '--json');
    await started.said(/"node":"model"/);
    await lab.crash();
    await lab.up();
    expect(lastOf(await started.ended)).toMatchObject({ status: 'interrupted', problem: { code: 'target.job-lost' } });
    site.remove();
  });
});
