import { join } from 'node:path';
import { ensureBuilt } from './build/build.mjs';
import { becomeNode } from './child.mjs';
import { ensureInstalled } from './install.mjs';
import { root } from './places.mjs';

const commandLine = join(root, 'dist', 'cli', 'main.js');

/**
 * The command line from a checkout.
 * @param {string[]} args
 */
export async function main(args) {
  await ensureInstalled();
  await ensureBuilt({ window: args[0] === 'app' });
  // The person's folder, not the repository's: `npm run` keeps it in INIT_CWD.
  return becomeNode([commandLine, ...args], { cwd: process.env.INIT_CWD ?? process.cwd() });
}
