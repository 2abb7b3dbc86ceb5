/** The host as it is staged for Electron, started on a Node without type stripping, as Electron's may be. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

test('the staged host opens a workspace, answers a window over its port and stops when told', () => {
  execFileSync(process.execPath, [join(root, 'cli/launch/build/build-desktop.mjs')], { cwd: root });
  const workspace = mkdtempSync(join(tmpdir(), 'flowyard-staged-'));
  const staged = join(root, 'dist/desktop');
  const bundle = join(staged, 'dist/electron');
  const preloaded = pathToFileURL(join(import.meta.dirname, 'stand-in-main.mjs')).href;
  const args = ['--no-experimental-strip-types', '--import', preloaded, join(bundle, 'host.js')];
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...args, '--workspace', workspace, '--bundle', bundle],
    {
      env: { ...process.env, STAGED_APP: staged },
      encoding: 'utf8',
      timeout: 240_000,
    },
  );
  rmSync(workspace, { recursive: true, force: true });
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect({ stdout, stderr, status }).toEqual({
    stdout: `${JSON.stringify({ version, workspaceName: basename(workspace) })}\n`,
    stderr: '',
    status: 0,
  });
});
