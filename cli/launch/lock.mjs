import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './places.mjs';
import { say } from './say.mjs';

/**
 * Lets one process at a time do `work`, so that two starts neither install nor build at once. The lock lies outside of
 * `node_modules`, which an install removes. A lock whose process is gone is taken over.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(name, work) {
  const folder = join(root, '.cache');
  const file = join(folder, `${name}.lock`);
  mkdirSync(folder, { recursive: true });
  let waited = false;
  while (!take(file)) {
    if (!waited && holderOf(file) !== 0)
      say(
        `Another start (process ${holderOf(file)}) is busy with: ${name}. Waiting; if there is none, remove ${file}.`,
      );
    waited = true;
    await pause(300);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (!isExisting(error)) throw error;
  }
  if (!isHolderGone(file)) return false;
  rmSync(file, { force: true });
  return false;
}

/** @param {unknown} error */
function isExisting(error) {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

/**
 * @param {string} file
 * @returns {number} 0 where the lock has just gone, or its writer is between creating and filling it
 */
function holderOf(file) {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || 0 : 0;
}

/** @param {string} file */
function isHolderGone(file) {
  const pid = holderOf(file);
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
