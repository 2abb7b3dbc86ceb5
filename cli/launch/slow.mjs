import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build/build.mjs';
import { ensureInstalled } from './install.mjs';
import { root } from './places.mjs';
import { say } from './say.mjs';
import { againLine, closingLine, isGreen, nothing } from './tally.mjs';
import { runVitest } from './vitest.mjs';

const rooms = ['cli', 'electron', 'engine', 'methods', 'nodes', 'renderer', 'shared', 'test'];

/**
 * Runs the slow suite NAME: every `NAME*.slow.test.ts`, which `npm test` leaves out, or those of them that are named.
 * @param {string[]} args
 */
export async function main([name = '', ...given]) {
  // What a suite needs of the system (servers) is installed by root, or by whoever says so.
  const args = given.filter((arg) => arg !== '--install');
  if (args.length < given.length) process.env.FLOWYARD_INSTALL = '1';
  const suite = rooms.flatMap((room) => slowFiles(room, name));
  const named = suite.filter((file) => args.includes(file));
  const files = named.length > 0 ? named : suite;
  if (files.length === 0) say(`There is no ${name}*.slow.test.ts yet.`);
  await ensureInstalled();
  await ensureBuilt();
  const options = args.filter((arg) => !named.includes(arg));
  const tally =
    files.length === 0 ? nothing() : await runVitest(['--config', 'vitest.slow.config.ts', ...files, ...options]);
  const command = `npm run ${process.env.npm_lifecycle_event ?? `test:${name}`}`;
  process.stdout.write(`\n${againLine(command, tally)}${closingLine(tally)}\n`);
  return isGreen(tally) ? 0 : 1;
}

/**
 * @param {string} room
 * @param {string} name
 */
function slowFiles(room, name) {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .map((file) => join(room, file))
    .filter((file) => new RegExp(`(^|[\\\\/])${name}[\\w-]*\\.slow\\.test\\.ts$`).test(file));
}
