import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { childEnvironment } from './child.mjs';
import { nodeBinary, root } from './places.mjs';
import { say } from './say.mjs';

/** @typedef {{ name: string, env: Record<string, string> } | { missing: string }} Browser */

/** A server that is silent is given up, another apt that is at work is waited for. */
const aptOptions = [
  'Acquire::http::Timeout=20',
  'Acquire::https::Timeout=20',
  'Acquire::Retries=1',
  'DPkg::Lock::Timeout=120',
].flatMap((option) => ['-o', option]);

const systemNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * A Chromium for the end-to-end tests: the one that CHROMIUM names, else Playwright's own in its cache, else the
 * system's, else, as root or when asked, a new one.
 * @param {{ mayInstall: boolean }} options
 * @returns {Promise<Browser>}
 */
export async function ensureBrowser({ mayInstall }) {
  const found = findBrowser();
  if (found) return found;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !mayInstall) {
    return { missing: 'there is no Chromium; `npm test -- --install` gets one, or set CHROMIUM to one that you have.' };
  }
  install(isRoot);
  return findBrowser() ?? { missing: 'there is no Chromium and it could not be installed; see above.' };
}

/**
 * The one that is there already.
 * @returns {Browser | undefined}
 */
export function findBrowser() {
  const named = process.env.CHROMIUM;
  if (named) {
    return existsSync(named) ? asSystem(named) : { missing: `CHROMIUM names ${named}, and there is no such file.` };
  }
  const own = playwrightsOwn();
  if (own) return { name: `Playwright's own Chromium`, env: {} };
  const system = onPath(systemNames);
  return system ? asSystem(system) : undefined;
}

/**
 * @param {string} path
 * @returns {Browser}
 */
function asSystem(path) {
  return { name: path, env: { CHROMIUM: path } };
}

function playwrightsOwn() {
  const ask = `import { chromium } from 'playwright-core'; process.stdout.write(chromium.executablePath())`;
  const asked = spawnSync(nodeBinary(), ['--input-type=module', '--eval', ask], { cwd: root, encoding: 'utf8' });
  return asked.status === 0 && existsSync(asked.stdout);
}

/** @param {string[]} names */
function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** @param {boolean} isRoot */
function install(isRoot) {
  if (onPath(['apt-get'])) {
    say('Getting the list of the system’s packages (apt-get update) …');
    const apt = [...(isRoot ? [] : ['sudo']), 'apt-get', ...aptOptions];
    attempt([...apt, 'update', '-qq']);
    say('Installing Chromium from the system’s packages (apt-get install, about 100 MB to fetch, once) …');
    if (attempt([...apt, 'install', '-y', '-qq', '--no-install-recommends', 'chromium'])) return;
  }
  say('Installing Playwright’s own Chromium (about 150 MB to fetch, once) …');
  attempt([nodeBinary(), join(root, 'node_modules/@playwright/test/cli.js'), 'install', 'chromium']);
}

/** @param {string[]} command */
function attempt([command = '', ...args]) {
  try {
    const env = childEnvironment({ DEBIAN_FRONTEND: 'noninteractive' });
    execFileSync(command, args, { stdio: ['ignore', 2, 2], env, timeout: 10 * 60_000 });
    return true;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return false;
  }
}
