import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashText } from '../files/hash-text.ts';
import { FileHashes } from '../sources/sources.ts';
import { BackgroundHashes } from './background-hashes.ts';

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'flowyard-hashes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const read = Promise.withResolvers<void>();
  const files = new FileHashes(folder);
  const path = join(folder, 'large.csv');
  await writeFile(path, 'a,b\n1,2\n');
  return { folder, path, read, hashes: new BackgroundHashes(files, { onRead: read.resolve, largeBytes: 4 }) };
}

test('a large file that nobody has read has a name for now, and its own when it was read', async () => {
  const { hashes, path, read } = await open();
  const [first, again] = [await hashes.hash(path), await hashes.hash(path)];
  expect(first).toMatchObject({ bytes: 8, isProvisional: true });
  await read.promise;
  const known = await hashes.hash(path);
  expect(known).toEqual({ bytes: 8, stamp: first.stamp, sha256: hashText('a,b\n1,2\n') });
  expect([first.sha256, again.sha256]).not.toContain(known.sha256);
});

test('what another process of the workspace has read is known, until the file changes', async () => {
  const { folder, hashes, path } = await open();
  await hashes.hash(join(folder, 'large.csv'));
  const other = new FileHashes(folder);
  const written = await other.hash(path);
  await other.save();
  expect(await hashes.hash(path)).toEqual(written);
  await utimes(path, new Date(0), new Date(0));
  expect(await hashes.hash(path)).toMatchObject({ isProvisional: true });
});
