import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, lstatSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { npm, run } from './npm.mjs';
import { hasShippedNode, isLinked, isOwnNodeNewEnough, memory, modules, nodeFolder, root } from './places.mjs';
import { say, secondsSince } from './say.mjs';

const lockFile = join(root, 'package-lock.json');
const stamp = join(memory, 'installed');

/** Brings `node_modules` in line with the lock file and gets Node 24; does nothing when both are there. */
export async function ensureInstalled() {
  if (isLinked()) {
    if (!hasShippedNode())
      throw new Error('node_modules is a link to a folder without Node 24; run `npm start` where it belongs.');
    return;
  }
  if (isInstalled()) return;
  await withLock('install', async () => {
    if (isInstalled()) return;
    if (!matchesLock()) await installPackages();
    if (!hasShippedNode()) await installNode();
    mkdirSync(memory, { recursive: true });
    writeFileSync(stamp, hasShippedNode() ? lockHash() : withOwnNode());
  });
}

function lockHash() {
  return createHash('sha256').update(readFileSync(lockFile)).digest('hex');
}

/** The stamp of an install on a platform that the `node` package lacks. */
const withOwnNode = () => `${lockHash()} with the starting Node`;

function isInstalled() {
  if (!existsSync(stamp)) return false;
  const installed = readFileSync(stamp, 'utf8');
  return hasShippedNode() ? installed === lockHash() : isOwnNodeNewEnough && installed === withOwnNode();
}

/**
 * The packages that a lock file names, as folder → version.
 * @param {string} file
 * @returns {Map<string, { version: string, optional: boolean }>}
 */
function lockedPackages(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  /** @type {[string, { version: string, optional?: boolean }][]} */
  const entries = Object.entries(packages);
  return new Map(
    entries
      .filter(([folder]) => folder !== '')
      .map(([folder, { version, optional = false }]) => [folder, { version, optional }]),
  );
}

/** Whether npm, called by hand, has already installed what the lock file asks: npm writes its own record last. */
function matchesLock() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const present = lockedPackages(record);
  return [...lockedPackages(lockFile)].every(
    ([folder, { version, optional }]) => present.get(folder)?.version === version || (optional && !present.has(folder)),
  );
}

async function installPackages() {
  const startedMs = Date.now();
  const folders = [...lockedPackages(lockFile)].filter(([, { optional }]) => !optional).map(([folder]) => folder);
  say(`Installing ${folders.length} packages (about 1 GB on disk, once) …`);
  const progress = setInterval(() => {
    const there = folders.filter((folder) => existsSync(join(root, folder, 'package.json'))).length;
    say(`  ${there} of ${folders.length} packages, ${secondsSince(startedMs)}`);
  }, 5000);
  try {
    await installLocked();
  } finally {
    clearInterval(progress);
  }
  say(`Installed in ${secondsSince(startedMs)}: ${(bytesIn(modules) / 1e9).toFixed(2)} GB in node_modules.`);
}

/**
 * What the lock file names and nothing else. Install steps stay off: one of them downloads what the app never uses, and npm 10
 * knows no list of allowed ones.
 */
async function installLocked() {
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const failure = await npm(['ci', ...options], root);
  if (failure === undefined) return;
  if (!failure.includes('in sync')) throw new Error(failure);
  say(
    '`npm ci` finds package-lock.json incomplete for this platform; `npm install --no-save` takes the same versions from it …',
  );
  const second = await npm(['install', '--no-save', ...options], root);
  if (second !== undefined) throw new Error(second);
  if (!matchesLock())
    throw new Error('npm installed other versions than package-lock.json names; remove node_modules and start again.');
}

/** The one install step that is needed: the `node` package fetches the binary of this platform as a package. */
async function installNode() {
  const startedMs = Date.now();
  const { version } = JSON.parse(readFileSync(join(nodeFolder, 'package.json'), 'utf8'));
  say(`Getting Node ${version} for this platform (about 120 MB, once) …`);
  const failure = await run(process.execPath, [join(nodeFolder, 'installArchSpecificPackage.js')], nodeFolder);
  if (hasShippedNode()) return say(`Node ${version} is here after ${secondsSince(startedMs)}.`);
  const reason = `Node ${version} could not be had as a package for ${process.platform} ${process.arch} (${failure ?? 'no binary in it'})`;
  if (!isOwnNodeNewEnough) throw new Error(`${reason}. Install Node 24 or newer and start again with it.`);
  say(`${reason}; going on with your own, ${process.version}.`);
}

/**
 * @param {string} folder
 * @returns {number}
 */
function bytesIn(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? bytesIn(path) : lstatSync(path).size;
  }
  return bytes;
}
