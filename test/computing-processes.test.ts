/** Every process that computes is started by one function, which bounds and watches it. Whoever starts another kind of process is named here, with the reason. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const others: Readonly<Record<string, string>> = {
  'engine/compute/start-computing.ts': 'the one door',
  'engine/compute/guarded.ts': 'the guard itself',
  'engine/compute/guard.ts': 'asks the system for its turn',
  'engine/compute/process-table.ts': 'asks the system for its processes',
  'engine/audio/decode-sound.ts': 'ffmpeg, within the memory of whoever computes',
  'engine/images/video-frames.ts': 'ffmpeg, within the memory of whoever computes',
  'engine/remote/shell/local-shell.ts': 'ssh and queues',
  'engine/workspace/handlers/devices.ts': 'asks graphics drivers what there is',
  'engine/neural/devices/adapters.ts': 'asks the system for its graphics processors',
  'engine/store/process-identity.ts': 'asks the system when a process began',
  'cli/commands/devices.ts': 'asks graphics drivers what there is',
  'cli/commands/app.ts': 'opens the browser',
  'electron/workbench.ts': 'the host, which computes nothing',
};
/** Helpers of tests and the launcher, which has no packages. */
const isHelper = (file: string): boolean => file.startsWith('cli/launch/') || file === 'cli/spawn-command.ts';

const sources = ['cli', 'electron', 'engine', 'methods', 'nodes', 'shared'].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .map((name) => `${room}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.(ts|mjs)$/.test(name) && !/\.test\.ts$|node_modules|fixtures/.test(name) && !isHelper(name)),
);

test('no process that computes is started beside the one that is watched', () => {
  const starts = /from 'node:child_process'|utilityProcess|from 'node:cluster'/;
  const found = sources.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return starts.test(text) && !/import type \{[^}]*\} from 'node:child_process'/.test(text);
  });
  expect(found.filter((file) => others[file] === undefined)).toEqual([]);
  // A reason for what is not there any more is none.
  expect(Object.keys(others).filter((file) => !found.includes(file))).toEqual([]);
});
