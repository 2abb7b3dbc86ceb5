import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from './child.mjs';
import { withLock } from './lock.mjs';
import { isLinked, memory, modules, nodeBinary } from './places.mjs';
import { say } from './say.mjs';

const stallMs = 20_000;
const packageFolder = join(modules, 'electron');
const triedFile = join(memory, 'electron-tried.json');

/**
 * Electron's binary, downloaded once if need be. A failed try is remembered, so that later starts lose no time.
 * @param {{ retry: boolean }} options
 * @returns {Promise<{ binary?: string, reason?: string }>}
 */
export async function findElectron({ retry }) {
  const obstacle = obstacleHere();
  if (obstacle) return { reason: obstacle };
  if (binaryOf()) return { binary: binaryOf() };
  const before = triedBefore();
  if (before && !retry) return { reason: `${before} (\`npm start -- --retry-electron\` tries again).` };
  if (isLinked()) return { reason: 'node_modules is a link, and Electron has no binary in it.' };
  const reason = await withLock('electron', download);
  if (binaryOf()) return { binary: binaryOf() };
  writeFileSync(triedFile, JSON.stringify({ version: version(), reason }));
  return { reason: `${reason}.` };
}

/** What keeps a window from opening, with or without the binary. */
function obstacleHere() {
  if (process.platform !== 'linux') return undefined;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'this machine has no display.';
  if (process.getuid?.() === 0) return 'Electron keeps its sandbox only for a user who is not root.';
  return undefined;
}

function version() {
  return JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')).version;
}

/** Electron's own record of what it unpacked and where. */
function binaryOf() {
  const record = join(packageFolder, 'path.txt');
  if (!existsSync(record)) return undefined;
  const binary = join(packageFolder, 'dist', readFileSync(record, 'utf8'));
  return existsSync(binary) ? binary : undefined;
}

function triedBefore() {
  if (!existsSync(triedFile)) return undefined;
  const tried = JSON.parse(readFileSync(triedFile, 'utf8'));
  return tried.version === version() ? tried.reason : undefined;
}

/**
 * Lets Electron's installer download, as long as bytes keep coming: a slow line may take minutes, a closed one 20 seconds.
 * @returns {Promise<string>} why there is no binary, if there is none
 */
async function download() {
  say(`Getting Electron ${version()} (about 120 MB, once; gives up after ${stallMs / 1000} s without progress) …`);
  const folder = join(memory, 'electron-download');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const child = spawn(nodeBinary(), [join(packageFolder, 'install.js')], {
    env: childEnvironment({ TMPDIR: folder, TEMP: folder, TMP: folder }),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk) => (words += chunk));
  const stalled = watch([folder, join(packageFolder, 'dist')], () => child.kill());
  const code = await new Promise((resolve) => child.once('close', resolve).once('error', () => resolve(1)));
  const hasStalled = stalled();
  rmSync(folder, { recursive: true, force: true });
  if (hasStalled) return `Electron's download gave nothing for ${stallMs / 1000} s`;
  return code === 0 ? 'Electron unpacked nothing' : `Electron could not be downloaded: ${firstError(words)}`;
}

/**
 * Calls `giveUp` when the folders have not grown for `stallMs`.
 * @param {string[]} folders
 * @param {() => void} giveUp
 * @returns {() => boolean} ends the watch and says whether it gave up
 */
function watch(folders, giveUp) {
  let bytes = 0;
  let grownMs = Date.now();
  let gaveUp = false;
  const timer = setInterval(() => {
    const now = folders.reduce((sum, folder) => sum + bytesIn(folder), 0);
    if (now !== bytes) grownMs = Date.now();
    bytes = now;
    if (Date.now() - grownMs < stallMs) return;
    gaveUp = true;
    giveUp();
  }, 500);
  return () => {
    clearInterval(timer);
    return gaveUp;
  };
}

/** @param {string} folder */
function bytesIn(folder) {
  if (!existsSync(folder)) return 0;
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.reduce((sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** @param {string} words */
function firstError(words) {
  const lines = words.split('\n').map((line) => line.trim());
  // The system's own code (ENOTFOUND, ECONNREFUSED …) says more than the sentence above it.
  const errorLine =
    lines.find((line) => /\bE[A-Z]{4,}\b/.test(line)) ?? lines.find((line) => /error|status/i.test(line));
  return (errorLine ?? lines[0] ?? '').slice(0, 160) || 'no reason given';
}
