import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from './browser-binary.mjs';
import { ensureBuilt } from './build/build.mjs';
import { becomeNode } from './child.mjs';
import { ensureInstalled } from './install.mjs';
import { root } from './places.mjs';
import { say } from './say.mjs';

/**
 * Runs test/peers/NAME.ts: measurements, printed as JSON lines.
 * @param {string[]} args
 */
export async function main([name = '', ...args]) {
  const file = join('test', 'peers', `${name}.ts`);
  if (!/^[\w-]+$/.test(name) || !existsSync(join(root, file))) {
    say(`Usage: npm run bench -- NAME, where test/peers/NAME.ts exists.`);
    return 2;
  }
  await ensureInstalled();
  await ensureBuilt();
  const browser = findBrowser();
  const env = browser && 'env' in browser ? browser.env : {};
  return becomeNode(['--expose-gc', file, ...args], { env });
}
