import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { claim } from './claims.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowyard-claims-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const quiet = { folder, isThere: () => false, onWait: () => undefined, signal: never };

/** A process that claims a key and then does nothing. */
async function claimElsewhere(key: string): Promise<{ kill: () => Promise<unknown> }> {
  const script = `import { claim } from ${JSON.stringify(join(import.meta.dirname, 'claims.ts'))};
    await claim({ folder: ${JSON.stringify(folder)}, key: '${key}', isThere: () => false, onWait: () => undefined, signal: new AbortController().signal });
    console.log('claimed'); setInterval(() => undefined, 1000);`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  return {
    kill: () => {
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      return gone;
    },
  };
}

it('waits while another process computes, and takes over when it dies', async () => {
  const other = await claimElsewhere('aaaaaaaa');
  let own: ReturnType<typeof claim> | undefined;
  let [waits, looks] = [0, 0];
  let taken = false;
  const waiting = new Promise<void>((several) => {
    const isThere = (): boolean => {
      if ((looks += 1) === 4) several();
      return false;
    };
    own = claim({ ...quiet, key: 'aaaaaaaa', isThere, onWait: () => waits++ }).then((c) => {
      taken = true;
      return c;
    });
  });
  await waiting;
  expect({ waits, taken }).toEqual({ waits: 1, taken: false });
  await other.kill();
  const taker = await own;
  await taker?.release();
  expect(taker).toBeDefined();
  expect(readdirSync(join(folder, 'claims'))).toEqual([]);
});

it('has nothing to do when the result comes meanwhile', async () => {
  const first = await claim({ ...quiet, key: 'bbbbbbbb' });
  let there = false;
  const second = claim({ ...quiet, key: 'bbbbbbbb', isThere: () => there });
  there = true;
  expect(await second).toBeUndefined();
  await first?.release();
});

it('a cancelled run does not wait on', async () => {
  const first = await claim({ ...quiet, key: 'cccccccc' });
  const abort = new AbortController();
  const second = claim({ ...quiet, key: 'cccccccc', signal: abort.signal });
  abort.abort();
  await expect(second).rejects.toThrow(/abort/i);
  await first?.release();
});

it('does not wait for a claim that nobody signed', async () => {
  writeFileSync(join(folder, 'claims', 'dddddddd.json'), JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }));
  const own = await claim({ ...quiet, key: 'dddddddd' });
  expect(own).toBeDefined();
  await own?.release();
});
