import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeWorkspaceFolder } from './workspace-folder.ts';

it('folders are made to their end; a file in the way and a place that cannot be are told in words', async () => {
  const here = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-place-')));
  const deep = join(here, 'a b', 'ü', 'c');
  await Promise.all([makeWorkspaceFolder(deep), makeWorkspaceFolder(deep)]);
  expect(statSync(deep).isDirectory()).toBe(true);
  writeFileSync(join(here, 'file.csv'), '');
  for (const place of ['file.csv', join('file.csv', 'inside')])
    await expect(makeWorkspaceFolder(join(here, place))).rejects.toMatchObject({
      code: 'workspace.not-a-folder',
      problem: { message: `${join(here, 'file.csv')} is a file, not a folder.` },
    });
  rmSync(here, { recursive: true });
});

it.runIf(process.platform === 'linux')('a place below which the system makes no folders', async () => {
  await expect(makeWorkspaceFolder('/proc/flowyard/here')).rejects.toMatchObject({ code: 'workspace.no-place' });
});
