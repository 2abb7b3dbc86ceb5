import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FlowyardError } from '../../../shared/errors.ts';
import type { ArtifactDescription } from './artifact-store.ts';
import { openArtifacts } from './artifacts.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-artifacts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const key = 'a1b2c3d4e5f60718';
const otherKey = 'ffee0011223344aa';
const table: ArtifactDescription = {
  kind: 'read.csv',
  node: 'customers',
  ports: { rows: { wire: 'table', files: ['rows.parquet'], rows: 3, columns: 2 } },
  ms: 12,
  inputs: [],
};
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fulfilled',
    (error: unknown) => (error instanceof FlowyardError ? error.code : String(error)),
  );

async function put(
  store: Awaited<ReturnType<typeof openArtifacts>>,
  name: string,
  text: string,
  description = table,
): Promise<void> {
  const draft = await store.begin(name, 'run-1');
  writeFileSync(join(draft.folder, 'rows.parquet'), text);
  await draft.commit(description);
}

test('a committed result is found by its key, with its manifest', async () => {
  const store = await openArtifacts({ folder, now: () => 1_700_000_000_000 });
  await put(store, key, 'hello');
  const found = store.find(key);
  expect(found?.folder).toBe(join(folder, 'store', 'a1', key));
  expect(found?.bytes).toBe(5);
  expect(found?.manifest).toEqual({
    format: 1,
    key,
    run: 'run-1',
    kind: 'read.csv',
    node: 'customers',
    ports: { rows: { wire: 'table', files: ['rows.parquet'], rows: 3, columns: 2 } },
    files: [
      { path: 'rows.parquet', bytes: 5, sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' },
    ],
    ms: 12,
    createdMs: 1_700_000_000_000,
    contentHash: createHash('sha256')
      .update('[["rows.parquet","2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"]]')
      .digest('hex'),
    inputs: [],
    recomputable: true,
  });
  expect(await store.verify(key)).toBe(true);
  expect(await store.sizes()).toEqual({ bytes: 5, artifacts: 1 });
  expect(await openArtifacts({ folder }).then((again) => again.find(key)?.manifest)).toEqual(found?.manifest);
});

test('equal bytes have equal content hashes under different recipes', async () => {
  const store = await openArtifacts({ folder });
  await put(store, key, 'same');
  await put(store, otherKey, 'same');
  expect(store.find(key)?.manifest.contentHash).toBe(store.find(otherKey)?.manifest.contentHash);
});

test('nothing is seen before commit, and nothing after discard', async () => {
  const store = await openArtifacts({ folder });
  const draft = await store.begin(key, 'run-1');
  writeFileSync(join(draft.folder, 'rows.parquet'), 'x');
  expect(store.find(key)).toBeUndefined();
  await draft.discard();
  expect(store.find(key)).toBeUndefined();
  expect(await codeOf(draft.commit(table))).toBe('store.draft-closed');
});

test('the loser of a race keeps the winner’s result', async () => {
  const [one, two] = [await openArtifacts({ folder }), await openArtifacts({ folder })];
  const drafts = [await one.begin(key, 'run-1'), await two.begin(key, 'run-2')];
  drafts.forEach((draft, i) => writeFileSync(join(draft.folder, 'rows.parquet'), `written by ${i}`));
  const committed = await Promise.all(drafts.map((draft) => draft.commit(table)));
  expect(committed[0]?.manifest).toEqual(committed[1]?.manifest);
  expect(readdirSync(join(folder, 'tmp', 'run-1'))).toEqual(['owner.json']);
  expect(readdirSync(join(folder, 'tmp', 'run-2'))).toEqual(['owner.json']);
});

test('a result with a shortened, a missing or an unwritten file is not served, and is made anew', async () => {
  const store = await openArtifacts({ folder });
  await put(store, key, 'hello');
  truncateSync(join(folder, 'store', 'a1', key, 'rows.parquet'), 2);
  expect(store.find(key)).toBeUndefined();
  await put(store, key, 'hello');
  expect(store.find(key)?.bytes).toBe(5);
  rmSync(join(folder, 'store', 'a1', key, 'rows.parquet'));
  expect(store.find(key)).toBeUndefined();
  mkdirSync(join(folder, 'store', 'ff', otherKey), { recursive: true });
  writeFileSync(join(folder, 'store', 'ff', otherKey, 'manifest.json'), '{"format":1,"key":');
  expect(store.find(otherKey)).toBeUndefined();
});

test('bytes that changed on the disk are found by verify', async () => {
  const store = await openArtifacts({ folder });
  await put(store, key, 'hello');
  writeFileSync(join(folder, 'store', 'a1', key, 'rows.parquet'), 'hellO');
  expect(await store.verify(key)).toBe(false);
});

test('refusals name what is wrong with a draft', async () => {
  const store = await openArtifacts({ folder });
  expect(await codeOf(store.begin('../../etc', 'run-1'))).toBe('store.bad-key');
  expect(await codeOf(store.begin(key, '../run'))).toBe('store.bad-run');
  expect(await codeOf((await store.begin(key, 'run-1')).commit(table))).toBe('store.missing-file');
  const linked = await store.begin(key, 'run-1');
  symlinkSync('/etc/hostname', join(linked.folder, 'rows.parquet'));
  expect(await codeOf(linked.commit(table))).toBe('store.not-a-file');
  expect(store.find('nothing')).toBeUndefined();
});

test('collecting removes the least recently used first, never what is pinned, fresh or not recomputable', async () => {
  const store = await openArtifacts({ folder });
  const keys = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc', 'dddddddd', 'eeeeeeee'];
  for (const [i, name] of keys.entries()) {
    await put(store, name, 'x'.repeat(10), { ...table, recomputable: name !== 'cccccccc' });
    utimesSync(join(folder, 'store', name.slice(0, 2), name), 1000 + i, 1000 + i);
  }
  const fresh = Date.now();
  utimesSync(join(folder, 'store', 'ee', 'eeeeeeee'), fresh / 1000, fresh / 1000);
  expect(await store.collect({ limitBytes: 35, pinned: new Set(['aaaaaaaa']), unusedSinceMs: fresh - 1000 })).toEqual({
    freedBytes: 20,
    removed: ['bbbbbbbb', 'dddddddd'],
  });
  expect(keys.filter((name) => store.find(name))).toEqual(['aaaaaaaa', 'cccccccc', 'eeeeeeee']);
});

test('opening removes what dead runs left, and leaves what a living one writes', async () => {
  const living = await openArtifacts({ folder });
  const draft = await living.begin(key, 'living');
  const child = spawn(process.execPath, ['-e', '']);
  const deadPid = child.pid ?? 0;
  await new Promise((done) => child.on('exit', done));
  mkdirSync(join(folder, 'tmp', 'dead', 'half'), { recursive: true });
  writeFileSync(join(folder, 'tmp', 'dead', 'owner.json'), JSON.stringify({ pid: deadPid, started: '1' }));
  mkdirSync(join(folder, 'tmp', 'reused'));
  writeFileSync(
    join(folder, 'tmp', 'reused', 'owner.json'),
    JSON.stringify({ pid: process.pid, started: 'another start' }),
  );
  await openArtifacts({ folder });
  expect(readdirSync(join(folder, 'tmp'))).toEqual(['living']);
  writeFileSync(join(draft.folder, 'rows.parquet'), 'x');
  expect((await draft.commit(table)).key).toBe(key);
});

test('a read-only store serves and refuses to write', async () => {
  await put(await openArtifacts({ folder }), key, 'hello');
  const store = await openArtifacts({ folder, readOnly: true });
  expect(store.find(key)?.bytes).toBe(5);
  expect(await codeOf(store.begin(otherKey, 'run-1'))).toBe('store.read-only');
  const none = await openArtifacts({ folder: join(folder, 'nowhere'), readOnly: true });
  expect([none.find(key), await none.sizes()]).toEqual([undefined, { bytes: 0, artifacts: 0 }]);
});

test('a glance finds what was there when it was taken, and nothing that is gone', async () => {
  const store = await openArtifacts({ folder });
  const early = store.glance();
  await put(store, key, 'one');
  const later = store.glance();
  expect([early(key), later(key)?.key, later(otherKey)]).toEqual([undefined, key, undefined]);
  await store.remove(key);
  expect(later(key)).toBeUndefined();
});
