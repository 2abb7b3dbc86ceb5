// What every npm script begins with. Syntax and modules of Node 20 and no packages: on a fresh clone this is all there is.
import { root } from './places.mjs';
import { say } from './say.mjs';

/** @type {Record<string, () => Promise<{ main(args: string[]): Promise<number> }>>} */
const commands = {
  start: () => import('./start.mjs'),
  flowyard: () => import('./flowyard.mjs'),
  build: () => import('./build/build-all.mjs'),
  test: () => import('./test.mjs'),
  slow: () => import('./slow.mjs'),
  check: () => import('./check.mjs'),
  format: () => import('./format.mjs'),
  bench: () => import('./bench.mjs'),
  docs: () => import('./docs.mjs'),
  screens: () => import('./screens.mjs'),
};

const [name = '', ...args] = process.argv.slice(2);
const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!load) {
  say(`There is no command "${name}". Known: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}

try {
  process.exitCode = await (await load()).main(args);
} catch (error) {
  say(unwritable(error) ?? (error instanceof Error ? error.message : String(error)));
  process.exitCode = 1;
}

/**
 * A checkout of another user, or on a disk that nobody may write: what must be installed or built first has no place.
 * @param {unknown} error
 */
function unwritable(error) {
  if (!(error instanceof Error && 'code' in error && 'path' in error)) return undefined;
  if (!['EACCES', 'EPERM', 'EROFS'].includes(String(error.code)) || !String(error.path).startsWith(root))
    return undefined;
  return `Something must be installed or built here first, and you may not write ${String(error.path)}. Copy the checkout to a folder of yours, or let its owner start it once.`;
}
