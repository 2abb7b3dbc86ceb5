import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withLock } from './lock.mjs';
import { root } from './places.mjs';

const name = `test-${process.pid}`;
const file = join(root, '.cache', `${name}.lock`);

test('two that want the same work do it one after the other', async () => {
  /** @type {string[]} */
  const seen = [];
  const work = (/** @type {string} */ who) =>
    withLock(name, async () => {
      seen.push(`${who} begins`);
      await pause(20);
      seen.push(`${who} ends`);
    });
  await Promise.all([work('a'), work('b')]);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  expect(existsSync(file)).toBe(false);
});

test('a lock is given back when the work fails', async () => {
  await expect(withLock(name, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
  expect(await withLock(name, () => Promise.resolve('done'))).toBe('done');
});

test('a lock of a process that is gone is taken over', async () => {
  const gone = spawnSync(process.execPath, ['--eval', 'console.log(process.pid)'], { encoding: 'utf8' }).stdout.trim();
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(file, gone);
  expect(await withLock(name, () => Promise.resolve('taken'))).toBe('taken');
});
