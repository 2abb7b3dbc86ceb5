/**
 * Keeps files as Flowyard 0.1 wrote them on 2 December 2026: every example pipeline with the recipe key of each node, and the SQLite file of a workspace with what it tells.
 *
 *     node test/conformance/old-files/make-old-files.ts          all of it
 *     node test/conformance/old-files/make-old-files.ts --keys   the keys alone, of the texts as they are kept: after `engineNumerics` or DuckDB was changed
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import SqliteDatabase from 'better-sqlite3';
import { openRunEnvironment, resourcesFolder } from '../../../cli/run-environment.ts';
import { openStore } from '../../../engine/store/store.ts';
import { targetSettings } from '../../../shared/targets.ts';
import { repositoryRoot } from '../../support/node-folders.ts';
import { planOf, type PlannedNode } from './recipe-keys.ts';
import { factsOf } from './workspace-facts.ts';

const here = import.meta.dirname;
const pipelines = join(here, 'pipelines.json');
const folder = mkdtempSync(join(tmpdir(), 'flowyard-old-'));
const isKeysOnly = process.argv.includes('--keys');

const environment = await openRunEnvironment(folder);
const texts: [string, string][] = isKeysOnly
  ? Object.entries(JSON.parse(readFileSync(pipelines, 'utf8')) as Record<string, { text: string }>).map(
      ([path, { text }]) => [path, text],
    )
  : globSync(['resources/examples/*.pipeline.json', 'nodes/*/*/*.pipeline.json'], { cwd: repositoryRoot })
      .toSorted()
      .map((path) => [path, readFileSync(join(repositoryRoot, path), 'utf8')]);
const kept: Record<string, { text: string; nodes: Record<string, PlannedNode> }> = {};
for (const [path, text] of texts) kept[path] = { text, nodes: await planOf(text, path, environment) };
writeFileSync(
  pipelines,
  `{\n${Object.entries(kept)
    .map(([path, one]) => `${JSON.stringify(path)}: ${JSON.stringify(one)}`)
    .join(',\n')}\n}\n`,
);
const planned = Object.values(kept).flatMap(({ nodes }) => Object.values(nodes));
process.stdout.write(
  `${texts.length} pipelines, ${planned.length} nodes, ${planned.filter((n) => n.key !== null).length} keys\n`,
);

if (!isKeysOnly) {
  copyFileSync(join(resourcesFolder, 'examples', 'quick-start.pipeline.json'), join(folder, 'quick.pipeline.json'));
  copyFileSync(join(resourcesFolder, 'data', 'penguins.csv'), join(folder, 'penguins.csv'));
  const flowyard = (...args: string[]): void =>
    void execFileSync(process.execPath, [join(repositoryRoot, 'cli/main.ts'), ...args, '--workspace', folder], {
      cwd: folder,
    });
  flowyard('run', 'quick.pipeline.json', '--param', 'file=penguins.csv');
  const store = openStore(folder, { now: () => 1_764_700_000_000 });
  const [run] = store.runs.list({ limit: 1, beforeMs: null, pipeline: null });
  const nodes = run === undefined ? [] : store.runs.outputs(run.id);
  const model = nodes.find((output) => output.wire === 'model');
  if (run === undefined || model === undefined) throw new Error(`the run gave no model: ${JSON.stringify(nodes)}`);
  const [key = ''] = model.key.split('/');
  store.models.register({
    name: 'species',
    key,
    created_ms: 1_764_700_000_000,
    run: run.id,
    node: model.node,
    pipeline: run.pipeline,
    description: {
      kind: 'train.gradient-boosting',
      task: 'classification',
      target: 'species',
      bytes: 1,
      input_schema: [],
      classes: ['Adelie', 'Gentoo'],
      facts: { trees: 100 },
    },
  });
  store.models.setMetrics(key, { accuracy: 0.97 });
  const declared = {
    name: 'species',
    model: 'species',
    modelVersion: 1,
    modelKey: key,
    settings: { keepInputs: false },
    origin: 'quick.pipeline.json#serve',
  };
  store.services.save({
    name: 'species',
    model: 'species',
    model_version: 1,
    model_key: key,
    wanted: 'stopped',
    port: 8123,
    token: null,
    settings: declared.settings,
    created_ms: 3,
    origin: null,
  });
  store.services.offer(declared);
  store.recordRequest({
    service: 'species',
    time_ms: 4,
    rows: 1,
    latency_ms: 2.5,
    status: 200,
    model: 'species',
    model_key: key,
    model_version: 1,
    input: [{ bill: 1 }],
    output: [{ prediction: 'Adelie' }],
    error: null,
  });
  store.pipelines.opened('quick.pipeline.json', 'Quick start', 5);
  const file = store.runs.file(run.id);
  if (file !== undefined)
    store.drafts.keep({
      draft: 'a-draft',
      path: null,
      title: 'Not saved',
      file,
      savedHash: null,
      time_ms: 6,
      seqs: { 'a-window': 2 },
    });
  store.settings.saveLimits({ memoryBytes: 2 ** 31 });
  store.targets.save(
    targetSettings.parse({
      name: 'lab',
      kind: 'slurm',
      host: 'login.example',
      user: 'mara',
      options: { partition: 'short' },
    }),
    7,
  );
  store.targets.pinHostKey('lab', 'SHA256:a');
  store.prompts.keep({
    pipeline: 'ask.pipeline.json',
    node: 'ask',
    params: { template: 'Say {{ text }}' },
    run: run.id,
    nowMs: 8,
  });
  store.flush();
  writeFileSync(join(here, 'workspace.json'), `${JSON.stringify(factsOf(store))}\n`);
  store.close();
  const database = join(folder, '.flowyard', 'flowyard.sqlite');
  // Whatever stands in the log beside it goes into the file.
  const sqlite = new SqliteDatabase(database);
  sqlite.pragma('wal_checkpoint(TRUNCATE)');
  process.stdout.write(`version ${String(sqlite.pragma('user_version', { simple: true }))} of the file\n`);
  sqlite.close();
  writeFileSync(join(here, 'workspace.sqlite.gz'), gzipSync(readFileSync(database), { level: 9 }));
}
rmSync(folder, { recursive: true, force: true });
