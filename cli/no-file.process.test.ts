/** Pipes and devices where a file is expected: said for what they are at once, by the real command. */
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandFolder, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(() => {
  here = makeCommandFolder();
});
afterAll(() => here.remove());

it.skipIf(process.platform === 'win32')(
  'a pipe or a device as a pipeline file or as texts is refused at once, and not waited for or read',
  async () => {
    execFileSync('mkfifo', [join(here.folder, 'pipe.pipeline.json')]);
    symlinkSync('/dev/zero', join(here.folder, 'zero.pipeline.json'));
    const cases: [args: string[], code: number, says: string][] = [
      [['run', 'pipe.pipeline.json'], 2, '"pipe.pipeline.json" is a pipe, not a file. Name a pipeline file.\n'],
      [['check', 'pipe.pipeline.json'], 2, '"pipe.pipeline.json" is a pipe, not a file. Name a pipeline file.\n'],
      [['run', 'zero.pipeline.json'], 2, '"zero.pipeline.json" is a device, not a file. Name a pipeline file.\n'],
      [
        ['metrics', 'text', '--input', 'pipe.pipeline.json'],
        1,
        '"pipe.pipeline.json" is a pipe, not a file. Name a file.\n',
      ],
      [['metrics', 'text', '--input', '/dev/zero'], 1, '"/dev/zero" is a device, not a file. Name a file.\n'],
    ];
    for (const [args, code, says] of cases) {
      const { out, err, ...ended } = await here.run(...args);
      expect([args, ended.code, out, err]).toEqual([args, code, '', says]);
    }
  },
);
