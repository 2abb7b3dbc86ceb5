/**
 * Who writes where. Files of a person are written by one function (`engine/files/written-place.ts`), which follows no link and refuses what configures or
 * runs. Every other source that can write is named here with the folder of Flowyard's own that it writes to: a new one is found by this test.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSpecs } from '../nodes/runs.ts';
import { repositoryRoot } from './support/node-folders.ts';

const own = '.flowyard of a workspace';
const writers: Readonly<Record<string, string>> = {
  'engine/files/written-place.ts': 'the one way into a person’s folder',
  // By that way, into a name that it gives.
  'cli/commands/predict.ts': 'beside the place that was opened',
  'engine/llm/fetch-file.ts': 'the place that the language manager has opened',
  'engine/llm/language-manager.ts': 'beside the place that was opened',
  'engine/workspace/uploads.ts': own,
  'cli/served-scorer.ts': 'the system’s temporary folder',
  'cli/spawn-command.ts': 'the system’s temporary folder',
  'electron/desktop-state.ts': 'the app’s own settings',
  'electron/secrets.ts': 'the app’s own settings',
  'engine/compute/guard.ts': 'its own weight, in /proc',
  'engine/host/lock.ts': own,
  'engine/llm/answers.ts': own,
  'engine/sources/decoded-files.ts': own,
  'engine/preview/whole-table.ts': own,
  'engine/run/results/gather-folds.ts': own,
  'engine/run/results/keep-tables.ts': own,
  'engine/run/results/results.ts': own,
  'engine/run/results/write-report.ts': own,
  'engine/run/tasks/run-task.ts': own,
  'engine/run/results/settle.ts': own,
  'engine/run/results/snapshots.ts': own,
  'engine/run/tasks/task-files.ts': own,
  'engine/run/tasks/task-language.ts': own,
  'engine/secrets/secret-file.ts': 'the person’s own Flowyard settings',
  'engine/store/artifacts/artifact-folder.ts': own,
  'engine/store/artifacts/artifacts.ts': own,
  'engine/store/artifacts/checkpoints.ts': own,
  'engine/store/artifacts/claims.ts': own,
  'engine/files/durable-write.ts': 'what its callers name: those here',
  'engine/files/kept-files.ts': own,
  'engine/store/open-database.ts': own,
  'engine/store/artifacts/run-folder.ts': own,
  'engine/remote/staging/bundle.ts': own,
  'engine/remote/staging/files.ts': own,
  'engine/remote/there/list-files.ts': own,
  'engine/remote/there/serve-remote.ts': 'the folder of a target',
  'engine/text/vector-cache.ts': own,
  // Callers of durable writes.
  'engine/sources/sources.ts': own,
  'engine/sources/source-folder.ts': own,
  'engine/sources/listings.ts': own,
  'engine/images/image-facts.ts': own,
  'engine/llm/language-files.ts': own,
  'engine/run/reader-findings.ts': own,
  'engine/run/recipe-memory.ts': own,
};
/** Calls that make, fill, move or name a file; `open` with a mode or flags that do. */
const calls =
  /\b(writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|copyFile|copyFileSync|cp|cpSync|rename|renameSync|link|linkSync|symlink|symlinkSync|truncate|writeFileAtomic|replaceFile|sealFile)\(|\bopen(Sync)?\([^()]*(\([^()]*\))?[^()]*,\s*(['"`][awr]\+?x?\+?['"`]|[^)]*O_(CREAT|WRONLY|RDWR))|COPY \(/;
const reads = /\bopen(Sync)?\([^()]*(\([^()]*\))?[^()]*,\s*['"`]r['"`]\)/;

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(repositoryRoot, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'launch') yield* sources(path);
    } else if (/\.(ts|tsx)$/.test(entry.name) && !entry.name.endsWith('.test.ts')) yield path;
  }
}
const canWrite = (text: string): boolean => {
  if (!/from 'node:fs(\/promises)?'|durable-write|COPY \(/.test(text)) return false;
  return text.split('\n').some((line) => calls.test(line) && !reads.test(line) && !/^\s*(\*|\/\/|import )/.test(line));
};

test('nothing but the one function writes into a person’s folder', () => {
  const found = ['engine', 'nodes', 'methods', 'shared', 'cli', 'electron']
    .flatMap((folder) => [...sources(folder)])
    .filter((path) => canWrite(readFileSync(join(repositoryRoot, path), 'utf8')));
  expect(found.filter((path) => writers[path] === undefined)).toEqual([]);
  // And what is named here still writes.
  expect(Object.keys(writers).filter((path) => !found.includes(path))).toEqual([]);
});

test('every kind that writes a file tells which, so that a check can judge it', async () => {
  const specs = await loadSpecs();
  const kinds = [...sources('nodes')]
    .filter(
      (path) => path.endsWith('/run.ts') && /\boutputs\.file\(/.test(readFileSync(join(repositoryRoot, path), 'utf8')),
    )
    .map((path) => path.split('/').slice(1, 3).join('.'));
  expect(kinds.length).toBeGreaterThanOrEqual(4);
  expect(kinds.filter((kind) => specs.get(kind)?.writes === undefined)).toEqual([]);
});
