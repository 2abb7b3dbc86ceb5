import { runNode } from './child.mjs';
import { ensureInstalled } from './install.mjs';

/** @param {string[]} args */
export async function main(args) {
  await ensureInstalled();
  return runNode(['node_modules/oxfmt/bin/oxfmt', ...args]);
}
