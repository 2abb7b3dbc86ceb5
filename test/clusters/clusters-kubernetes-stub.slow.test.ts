/** Against a stub: a double of the Kubernetes API that checks every body by the official schema. No real API server has been used. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { targetSettings } from '../../shared/targets.ts';
import { startKubernetesDouble, type KubernetesDouble } from '../support/clusters/kubernetes-double.ts';
import { kubernetesValidator } from '../support/clusters/labs.ts';
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

let double: KubernetesDouble;
const root = mkdtempSync(join(tmpdir(), 'flowyard-kube-root-'));
beforeAll(async () => {
  double = await startKubernetesDouble({
    validator: kubernetesValidator(),
    token: 'sesame',
    noImage: 'nowhere/none:1',
  });
  process.env['FLOWYARD_SECRET_KUBE'] = 'sesame';
});
afterAll(async () => {
  await double.close();
  rmSync(root, { recursive: true, force: true });
});
const settings = (options: Record<string, string> = {}) =>
  targetSettings.parse({
    name: 'lab',
    kind: 'kubernetes',
    url: double.url,
    options: { root, volume: 'shared', token: 'kube', look: '0.3', 'lost-after': '1', ...options },
  });

describe('Kubernetes (stub)', () => {
  test('a run gives the keys and bytes of a run at home; every body passes the official schema', async () => {
    const { ended: last, there, here } = await runThereAndHere(settings(), 'people.pipeline.json');
    expect(last).toMatchObject({ status: 'done' });
    expect(there).toEqual(here);
    expect(
      double.bodies.map((body) => (typeof body === 'object' && body !== null && 'kind' in body ? body.kind : '')),
    ).toEqual(['Pod', 'Job']);
  });

  test('a table in several files is computed in an indexed job, then put together in another; the whole has the key and bytes of one query at home', async () => {
    const { ended: last, there, here } = await runPartsThereAndHere(settings());
    expect(last).toMatchObject({ status: 'done' });
    expect(there).toEqual(here);
    expect(double.bodies.slice(-2)).toMatchObject([{ spec: { completions: 3 } }, { spec: { completions: 1 } }]);
  });

  test('a sweep is an indexed job', async () => {
    const site = await makeSite(settings({ parallel: '2', cores: '1', memory: '2G' }));
    const done = await site.run(
      'run',
      'people.pipeline.json',
      '--remote',
      'lab',
      '--sweep',
      'split.seed=1,2,3,4',
      '--json',
    );
    expect(lastOf(done)).toMatchObject({ status: 'done' });
    expect(lastOf(done)['trials']).toHaveLength(4);
    expect(double.bodies.at(-1)).toMatchObject({
      spec: { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimit: 0 },
    });
    site.remove();
  });

  test('the same job twice is one', async () => {
    const target = openFor(settings());
    const order = {
      run: `twice-${process.pid}`,
      name: `fy-twice-${process.pid}`,
      tasks: [0],
      parallel: 1,
      resources: {},
      command: 'true',
    };
    expect([await target.queue.submit(order), await target.queue.submit(order)]).toEqual([order.name, order.name]);
    target.close();
  });

  test('a pod that is evicted is started again', async () => {
    const site = await makeSite(settings());
    writeSlow(site, 2500);
    const started = site.start('run', 'slow.pipeline.json', '--remote', 'lab', '--json');
    const run = runOf({ out: await started.said(/"node":"model"/) });
    double.evict(run);
    expect(lastOf(await started.ended)).toMatchObject({ status: 'done' });
    site.remove();
  });

  test('a cancel deletes the job', async () => {
    const site = await makeSite(settings());
    writeSlow(site);
    const started = site.start('run', 'slow.pipeline.json', '--remote', 'lab', '--json');
    await started.said(/"node":"model"/);
    started.child.kill('SIGINT');
    expect(lastOf(await started.ended)).toMatchObject({ status: 'cancelled' });
    await until('it is deleted', () => (double.calls.includes('DELETE jobs') ? true : undefined));
    site.remove();
  });

  test('an image that cannot be had, a claim that is missing, a token that is wrong: in words', async () => {
    const target = openFor(settings());
    const order = {
      run: `image-${process.pid}`,
      name: `fy-image-${process.pid}`,
      tasks: [0],
      parallel: 1,
      resources: { image: 'nowhere/none:1' },
      command: 'true',
    };
    const handle = { name: order.name, id: await target.queue.submit(order), run: order.run, submitted_ms: 0 };
    expect((await target.queue.status([handle])).get(order.name)).toMatchObject({
      state: 'waiting',
      words: expect.stringContaining('the image cannot be had'),
    });
    target.close();
    const { volume: _, ...without } = settings().options;
    expect(() => openFor({ ...settings(), options: without })).toThrow('has no volume');
    process.env['FLOWYARD_SECRET_WRONG'] = 'open barley';
    const problem = await openFor(settings({ token: 'wrong' }))
      .probe()
      .then(() => undefined, toProblem);
    expect(problem?.code).toBe('kubernetes.refused');
  });

  test('a body that the schema does not know is refused by the stub', async () => {
    const answer = await fetch(`${double.url}/apis/batch/v1/namespaces/default/jobs`, {
      method: 'POST',
      headers: { authorization: 'Bearer sesame' },
      body: JSON.stringify({
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'x' },
        spec: { template: { spec: { containers: [{ name: 'a', image: 'b', commandx: [] }], restartPolicy: 'Never' } } },
      }),
    });
    expect(answer.status).toBe(422);
  });
});
