import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlowyardError } from '../../shared/errors.ts';
import { readGiven, readGivenSync } from './given-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flowyard-given-'));
  mkdirSync(join(folder, 'folder'));
  writeFileSync(join(folder, 'ten'), '0123456789');
  writeFileSync(join(folder, 'none'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mostBytes = 10;
const saidOf = (thrown: unknown): string => {
  if (thrown instanceof FlowyardError) return `${thrown.code}: ${thrown.problem.message}`;
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
};
const ways = {
  waiting: (name: string): Promise<string> =>
    readGiven(join(folder, name), { name, mostBytes }).then((bytes) => bytes.toString(), saidOf),
  'at once': async (name: string): Promise<string> => {
    try {
      return readGivenSync(join(folder, name), { name, mostBytes }).toString();
    } catch (thrown) {
      return saidOf(thrown);
    }
  },
};

describe.each(Object.entries(ways))('a file that a person named, read %s', (_, read) => {
  it('is read whole up to its limit, and refused above it', async () => {
    expect([await read('ten'), await read('none'), await read('gone')]).toEqual(['0123456789', '', 'ENOENT']);
    writeFileSync(join(folder, 'eleven'), '0123456789a');
    expect(await read('eleven')).toMatch(/^file\.too-large: "eleven" is larger than/);
  });

  it.skipIf(process.platform === 'win32')(
    'is refused by what it is where it is no file, and never waited for',
    async () => {
      rmSync(join(folder, 'pipe'), { force: true });
      rmSync(join(folder, 'zero'), { force: true });
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      symlinkSync('/dev/zero', join(folder, 'zero'));
      expect([await read('folder'), await read('pipe'), await read('zero')]).toEqual([
        'file.not-a-file: "folder" is a folder, not a file.',
        'file.not-a-file: "pipe" is a pipe, not a file.',
        'file.not-a-file: "zero" is a device, not a file.',
      ]);
    },
  );

  it.runIf(process.platform === 'linux')('that says it is empty is read no further than its limit', async () => {
    rmSync(join(folder, 'system'), { force: true });
    symlinkSync('/proc/self/status', join(folder, 'system'));
    expect(await read('system')).toMatch(/^file\.too-large: /);
  });
});
