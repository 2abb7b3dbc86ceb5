/** Pipelines and workspaces that Flowyard 0.1 wrote (`make-old-files.ts`) are read as what they were: the same plan with the same keys, and the same history. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRunEnvironment } from '../../../cli/run-environment.ts';
import type { RunEnvironment } from '../../../engine/run/run-request.ts';
import { openStore } from '../../../engine/store/store.ts';
import { planOf, type PlannedNode } from './recipe-keys.ts';
import { factsOf } from './workspace-facts.ts';

const here = import.meta.dirname;
const kept: Record<string, { text: string; nodes: Record<string, PlannedNode> }> = JSON.parse(
  await readFile(join(here, 'pipelines.json'), 'utf8'),
);
let folder = '';
let environment: RunEnvironment;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flowyard-old-'));
  await mkdir(join(folder, '.flowyard'));
  environment = await openRunEnvironment(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Nodes that compute what they did, and so does all that they stand on: results of the last version are theirs. */
function unchanged(old: Readonly<Record<string, PlannedNode>>, now: Readonly<Record<string, PlannedNode>>): string[] {
  const same = (id: string): boolean =>
    old[id] !== undefined && old[id].computes === now[id]?.computes && old[id].from.every(same);
  return Object.keys(old).filter(same);
}

test('each pipeline of the last version is planned as it was, and what computes the same has the same keys', async () => {
  const found: Record<string, unknown> = {};
  const wanted: Record<string, unknown> = {};
  let keys = 0;
  for (const [path, { text, nodes: old }] of Object.entries(kept)) {
    const now = await planOf(text, path, environment);
    const ids = unchanged(old, now);
    const partOf = (nodes: typeof old): unknown => ({
      wired: Object.fromEntries(Object.entries(nodes).map(([id, { from }]) => [id, from])),
      keys: Object.fromEntries(ids.map((id) => [id, nodes[id]?.key])),
    });
    wanted[path] = partOf(old);
    found[path] = partOf(now);
    keys += ids.length;
  }
  expect(found).toEqual(wanted);
  // Raise a kind's `computes` and its nodes leave; a change of all of them would leave nothing to compare.
  expect([Object.keys(kept).length, keys > 200]).toEqual([100, true]);
});

test('the history of a workspace of the last version is whole', async () => {
  await writeFile(
    join(folder, '.flowyard', 'flowyard.sqlite'),
    gunzipSync(await readFile(join(here, 'workspace.sqlite.gz'))),
  );
  const store = openStore(folder);
  try {
    expect(factsOf(store)).toEqual(JSON.parse(await readFile(join(here, 'workspace.json'), 'utf8')));
  } finally {
    store.close();
  }
});
