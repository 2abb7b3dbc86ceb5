/** The examples give the same keys and the same bytes here, by SSH, on Slurm and on Ray. */
import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { targetSettings, type TargetSettings } from '../../shared/targets.ts';
import { startRay, startSlurm, type RayLab, type SlurmLab } from '../support/clusters/labs.ts';
import { lastOf, makeSite, resultsIn, sshOf, type Site } from '../support/clusters/sites.ts';

const examples = join(import.meta.dirname, '..', '..', 'resources', 'examples');
const tabular = ['penguins', 'cars', 'rain'].filter((name) => readdirSync(examples).includes(`${name}.pipeline.json`));

let slurm: SlurmLab;
let ray: RayLab;
const sites = new Map<string, Site>();
const rayRoot = `/tmp/flowyard-parity-${process.pid}`;
const root = `/home/flowlab/parity-${process.pid}`;

beforeAll(async () => {
  [slurm, ray] = await Promise.all([startSlurm(), startRay()]);
  const targets: TargetSettings[] = [
    sshOf(slurm, { name: 'ssh', options: { root, look: '0.5' } }),
    sshOf(slurm, { name: 'slurm', kind: 'slurm', options: { root: `${root}-slurm`, look: '0.5' } }),
    targetSettings.parse({ name: 'ray', kind: 'ray', url: ray.url, options: { root: rayRoot, look: '0.5' } }),
  ];
  for (const target of targets) sites.set(target.name, await makeSite(target));
  sites.set('here', await makeSite(targetSettings.parse({ name: 'unused', kind: 'local' })));
  for (const { write, folder } of sites.values()) {
    write('network.pipeline.json', network);
    write('folds.pipeline.json', folds);
    for (const name of tabular)
      copyFileSync(join(examples, `${name}.pipeline.json`), join(folder, `${name}.pipeline.json`));
  }
});
afterAll(async () => {
  for (const site of sites.values()) site.remove();
  slurm.run('rm', '-rf', root, `${root}-slurm`);
  rmSync(rayRoot, { recursive: true, force: true });
  await Promise.all([slurm.down(), ray.down()]);
});

const people = {
  people: { kind: 'read.csv', params: { file: 'people.csv' } },
  split: { kind: 'split.rows', params: { target: 'next', testFraction: 0.25, seed: 1 } },
};
const network = {
  flowyard: 1,
  title: 'Network',
  nodes: {
    ...people,
    model: { kind: 'train.neural-network', params: { epochs: 3 } },
    measure: { kind: 'evaluate.classification' },
  },
  wires: [
    'people.rows -> split.rows',
    'split.rows -> model.rows',
    'model.model -> measure.model',
    'split.rows -> measure.rows',
  ],
};
const folds = {
  flowyard: 1,
  title: 'Folds',
  nodes: {
    ...people,
    split: { kind: 'split.rows', params: { target: 'next', method: 'folds', folds: 4, seed: 1 } },
    fill: { kind: 'prepare.impute' },
    encode: { kind: 'prepare.encode' },
    model: { kind: 'train.gradient-boosting', params: { trees: 20 } },
    measure: { kind: 'evaluate.classification' },
  },
  wires: [
    'people.rows -> split.rows',
    'split.rows -> fill.rows',
    'fill.rows -> encode.rows',
    'encode.rows -> model.rows',
    'model.model -> measure.model',
    'encode.rows -> measure.rows',
  ],
};

describe('parity', () => {
  test.each([...tabular, 'folds', 'network'])('%s', async (name) => {
    const outcomes = await Promise.all(
      [...sites].map(async ([place, site]) => {
        const where = place === 'here' ? [] : ['--remote', place];
        const last = lastOf(await site.run('run', `${name}.pipeline.json`, ...where, '--json'));
        return {
          status: last['status'],
          problem: last['problem'],
          metrics: last['metrics'],
          results: resultsIn(site.folder),
        };
      }),
    );
    const here = outcomes.at(-1);
    expect(here?.status).toBe('done');
    for (const away of outcomes) expect(away).toEqual(here);
  });
});
