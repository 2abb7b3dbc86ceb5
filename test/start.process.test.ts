/** What a person types first, as npm calls it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

test('npm start -- --no-open --port 0 prints one line with an address that answers, and ends as a whole when npm is ended', async () => {
  const workspace = mkdtempSync(join(tmpdir(), 'flowyard-start-'));
  const args = ['start', '--', '--no-open', '--port', '0', '--workspace', workspace];
  const npm = spawn('npm', ['--silent', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  let problems = '';
  npm.stderr.on('data', (data) => (problems += String(data)));
  const address = await new Promise<string>((resolve, reject) => {
    npm.once('exit', () => reject(new Error(`npm start ended:\n${output}${problems}`)));
    npm.stdout.on('data', (data) => {
      output += String(data);
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(output);
      if (found) resolve(found[0]);
    });
  });
  const redirected = await fetch(address, { redirect: 'manual' });
  const cookie = redirected.headers
    .getSetCookie()
    .map((text) => text.split(';')[0])
    .join('; ');
  const page = await fetch(new URL('/', address), { headers: { cookie } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<div id="root">')]);
  expect(output.trim().split('\n')).toHaveLength(1);

  npm.kill('SIGTERM');
  await once(npm.stdout, 'close');
  await expect(fetch(address)).rejects.toThrow('fetch failed');
  expect(existsSync(join(workspace, '.flowyard'))).toBe(true);
  rmSync(workspace, { recursive: true, force: true });
});
