/** The promise behind the cache and behind git: the same pipeline on the same data gives the same bytes, in any folder and on any number of threads. */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { resourcesFolder } from '../../cli/run-environment.ts';
import { makeCommandFolder, type CommandFolder } from '../../cli/spawn-command.ts';
import { openArtifacts } from '../../engine/store/artifacts/artifacts.ts';

const folders: CommandFolder[] = [];
afterAll(() => folders.forEach((each) => each.remove()));

/** Numbers with digits that a sum in another order would lose, and gaps. */
const value = (i: number, n: number): number => ((i * 7919 + n * 104_729) % 10_007) / 10_007;
const visits = [
  'visit,patient,dose,weight,ward,better',
  ...Array.from({ length: 3000 }, (_, i) =>
    [
      i,
      (i * 31) % 400,
      value(i, 1) / 3,
      i % 11 === 0 ? '' : 50 + 40 * value(i, 2),
      ['north', 'south', 'west', ''][i % 4],
      value(i, 1) + value(i, 2) + value(i, 3) > 1.5 ? 'yes' : 'no',
    ].join(','),
  ),
].join('\n');
const patients = [
  'id,born,clinic',
  ...Array.from({ length: 400 }, (_, i) =>
    [i, `19${String(40 + (i % 59)).padStart(2, '0')}-0${1 + (i % 9)}-11`, `clinic ${i % 5}`].join(','),
  ),
].join('\n');

const node = (kind: string, params: Record<string, unknown> = {}): unknown => ({ kind, version: 1, params });
const long = {
  flowyard: 1,
  title: 'Visits',
  nodes: {
    visits: node('read.csv', { file: 'visits.csv' }),
    patients: node('read.csv', { file: 'patients.csv' }),
    join: node('combine.join', { how: 'inner', keys: [{ left: 'patient', right: 'id' }] }),
    wards: node('combine.aggregate', {
      by: ['ward', 'clinic'],
      aggregates: [
        { function: 'rows' },
        { function: 'mean', column: 'dose' },
        { function: 'sum', column: 'weight' },
        { function: 'standard-deviation', column: 'weight' },
      ],
    }),
    sums: node('combine.aggregate', { by: ['clinic'], aggregates: [{ function: 'sum', column: 'dose' }] }),
    report: node('write.table', { file: 'wards.parquet' }),
    list: node('write.table', { file: 'sums.csv' }),
    split: node('split.rows', { target: 'better', id: 'visit', seed: 5 }),
    fill: node('prepare.impute'),
    codes: node('prepare.encode', { method: 'one-hot' }),
    boosting: node('train.gradient-boosting', { trees: 30 }),
    measure: node('evaluate.classification'),
    onnx: node('write.onnx', { file: 'model.onnx' }),
    scored: node('predict.rows'),
    kept: node('write.table', { file: 'scored.csv' }),
  },
  wires: [
    'visits.rows -> join.left',
    'patients.rows -> join.right',
    'join.rows -> wards.rows',
    'join.rows -> sums.rows',
    'wards.rows -> report.rows',
    'sums.rows -> list.rows',
    'join.rows -> split.rows',
    'split.rows -> fill.rows',
    'fill.rows -> codes.rows',
    'codes.rows -> boosting.rows',
    'boosting.model -> measure.model',
    'codes.rows -> measure.rows',
    'boosting.model -> onnx.model',
    'boosting.model -> scored.model',
    'split.rows -> scored.rows',
    'scored.rows -> kept.rows',
  ],
};

interface Made {
  /** Key → content hash of every stored result. */
  stored: Record<string, string>;
  files: Record<string, string>;
}

async function runIn(threads: number, args: readonly string[], files: readonly string[]): Promise<Made> {
  const here = makeCommandFolder();
  folders.push(here);
  mkdirSync(join(here.folder, 'data'));
  copyFileSync(join(resourcesFolder, 'data', 'penguins.csv'), join(here.folder, 'data', 'penguins.csv'));
  copyFileSync(
    join(resourcesFolder, 'examples', 'quick-start.pipeline.json'),
    join(here.folder, 'quick.pipeline.json'),
  );
  here.write('visits.csv', visits);
  here.write('patients.csv', patients);
  here.write('long.pipeline.json', long);
  const { code, out, err } = await here.run('run', ...args, '--threads', String(threads));
  expect({ code, err, out: code === 0 ? '' : out }).toEqual({ code: 0, err: '', out: '' });
  const store = await openArtifacts({ folder: join(here.folder, '.flowyard'), readOnly: true });
  const stored: [string, string][] = [];
  // A file that was written tells its place and time in its manifest; its bytes are compared below.
  for await (const artifact of store.list())
    stored.push([`${artifact.manifest.kind} ${artifact.key}`, artifact.manifest.contentHash]);
  const hash = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(here.folder, name)))
      .digest('hex');
  return {
    stored: Object.fromEntries(stored.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    files: Object.fromEntries(files.map((name) => [name, hash(name)])),
  };
}

it.each([
  ['the quick start', ['quick.pipeline.json', '--param', 'file=data/penguins.csv'], [], 9],
  [
    'tables joined, summed, learnt from, written',
    ['long.pipeline.json'],
    ['wards.parquet', 'sums.csv', 'model.onnx', 'scored.csv'],
    10,
  ],
])('%s: one thread and three give the same keys and the same bytes', async (_, args, files, results) => {
  const one = await runIn(1, args, files);
  const three = await runIn(3, args, files);
  expect(three).toEqual(one);
  expect(Object.keys(one.stored).length).toBeGreaterThanOrEqual(results);
});
