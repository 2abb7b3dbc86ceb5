import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FlowyardError } from '../../shared/errors.ts';
import { findLivingHost, takeLock } from './lock.ts';

let workspace = '';
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'flowyard-lock-'));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));
const where = { url: 'http://127.0.0.1:4173', token: 'secret', lasting: true };
const namePath = (): string => join(workspace, '.flowyard', 'host.json');

async function take(): Promise<Extract<Awaited<ReturnType<typeof takeLock>>, { taken: true }>> {
  const lock = await takeLock(workspace);
  if (!lock.taken) throw new Error('the lock was taken');
  return lock;
}
/** Another process that takes the lock, says so, and stays. */
async function otherHost(): Promise<ReturnType<typeof spawn>> {
  const script = `
    const { takeLock } = await import(${JSON.stringify(join(import.meta.dirname, 'lock.ts'))});
    const lock = await takeLock(${JSON.stringify(workspace)});
    await lock.announce(${JSON.stringify(where)});
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('the second process learns where the first can be reached', async () => {
  const child = await otherHost();
  expect(await takeLock(workspace)).toEqual({ taken: false, living: { pid: child.pid, ...where } });
  expect(findLivingHost(workspace)).toEqual({ pid: child.pid, ...where });
  // The token is for this user alone.
  expect(statSync(namePath()).mode & 0o777).toBe(0o600);
  child.kill('SIGKILL');
  await once(child, 'exit');
  // Killed without a word: the lock is free at once, and what it said is no longer believed.
  expect(findLivingHost(workspace)).toBeUndefined();
  (await take()).release();
});

test('a released lock can be taken again and leaves no name behind', async () => {
  const first = await take();
  await first.announce(where);
  expect(findLivingHost(workspace)?.url).toBe(where.url);
  first.release();
  expect(existsSync(namePath())).toBe(false);
  (await take()).release();
});

test('a name left by a process of another life is not believed', async () => {
  mkdirSync(join(workspace, '.flowyard'));
  writeFileSync(namePath(), JSON.stringify({ process: { pid: process.pid, started: 'long ago' }, ...where }));
  expect(findLivingHost(workspace)).toBeUndefined();
  (await take()).release();
});

test('a host that has taken its name back is waited for, not found', async () => {
  const first = await take();
  await first.announce(where);
  first.withdraw();
  expect(findLivingHost(workspace)).toBeUndefined();
  const next = takeLock(workspace);
  setTimeout(() => first.release(), 150);
  const second = await next;
  expect(second.taken).toBe(true);
  if (second.taken) second.release();
});

test('a host that lives for one command is found by commands; who stays waits until it is gone', async () => {
  const first = await take();
  await first.announce({ ...where, lasting: false });
  expect((await takeLock(workspace)).taken).toBe(false);
  let reported = 0;
  const onWait = (): void => {
    reported += 1;
    setTimeout(() => first.release(), 150);
  };
  const second = await takeLock(workspace, { onWait });
  expect([second.taken, reported]).toEqual([true, 1]);
  if (second.taken) second.release();
});

test('a host that never says where it is makes the next one say so', async () => {
  const lock = await take();
  const problem = await takeLock(workspace, { patienceMs: 100 }).catch((error: unknown) =>
    error instanceof FlowyardError ? error.code : error,
  );
  expect(problem).toBe('host.busy');
  lock.release();
});
