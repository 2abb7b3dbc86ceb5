// What every npm script begins with. Syntax and modules of Node 20 and no packages: on a fresh clone this is all there is.
import { say } from './say.mjs';

/** @type {Record<string, () => Promise<{ main(args: string[]): Promise<number> }>>} */
const commands = {
  start: () => import('./start.mjs'),
  flowyard: () => import('./flowyard.mjs'),
  build: () => import('./build-all.mjs'),
  test: () => import('./test.mjs'),
  slow: () => import('./slow.mjs'),
  check: () => import('./check.mjs'),
  format: () => import('./format.mjs'),
  bench: () => import('./bench.mjs'),
  docs: () => import('./docs.mjs'),
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
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
