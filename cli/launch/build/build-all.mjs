import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from '../install.mjs';

/** @param {string[]} args */
export async function main(args) {
  await ensureInstalled();
  await ensureBuilt({ desktop: args.includes('--desktop') });
  return 0;
}
