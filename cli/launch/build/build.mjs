import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from '../child.mjs';
import { withLock } from '../lock.mjs';
import { root } from '../places.mjs';
import { say, secondsSince } from '../say.mjs';
import { isStale, takeStamp, writeStamp } from './stamp.mjs';

/**
 * @typedef {object} Build
 * @property {string} name
 * @property {string} what for the person: "the window"
 * @property {string} needs without this file there is nothing to build in this checkout
 * @property {string[]} inputs
 * @property {string[]} outputs
 * @property {string[]} command arguments to Node
 */

const kernelScript = 'methods/trees/build-kernels.mjs';

/** @type {Build} */
const kernels = {
  name: 'kernels',
  what: 'the numeric kernels',
  needs: kernelScript,
  inputs: [kernelScript, 'methods/trees/kernels', 'node_modules/assemblyscript/package.json'],
  outputs: ['dist/kernels/trees.wasm'],
  command: [kernelScript],
};

/** @type {Build} */
const remoteBuild = {
  name: 'remote',
  what: 'the engine for other machines',
  needs: 'cli/remote.ts',
  inputs: [
    'cli/remote.ts',
    'cli/launch/build/build-remote.mjs',
    'cli/launch/build/bundles.mjs',
    'engine',
    'methods',
    'nodes',
    'shared',
    'dist/kernels',
    'package-lock.json',
  ],
  outputs: ['dist/remote/engine.js'],
  command: ['cli/launch/build/build-remote.mjs'],
};

/** @type {Build} */
const commandLineBuild = {
  name: 'cli',
  what: 'the command line',
  needs: 'cli/main.ts',
  inputs: ['cli', 'engine', 'methods', 'nodes', 'shared', 'package-lock.json'],
  outputs: ['dist/cli/main.js', 'dist/cli/process.js'],
  command: ['cli/launch/build/build-cli.mjs'],
};

/** @type {Build} */
const rendererBuild = {
  name: 'renderer',
  what: 'the window',
  needs: 'renderer/src/main.tsx',
  inputs: ['renderer', 'shared', 'nodes', 'resources', 'package-lock.json'],
  outputs: ['dist/renderer/index.html'],
  command: ['node_modules/vite/bin/vite.js', 'build', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'],
};

/** @type {Build} */
const desktopBuild = {
  name: 'desktop',
  what: 'the desktop shell',
  needs: 'electron/main.ts',
  inputs: [
    'electron',
    'cli',
    'engine',
    'methods',
    'nodes',
    'shared',
    'resources',
    'dist/renderer',
    'dist/kernels',
    'package.json',
  ],
  outputs: ['dist/desktop/dist/electron/main.js'],
  command: ['cli/launch/build/build-desktop.mjs'],
};

/** Builds what is missing or older than its sources: always the kernels and the command line, the window unless it is not wanted. */
export async function ensureBuilt({ window = true, desktop = false } = {}) {
  await ensure(kernels);
  await ensure(remoteBuild);
  await ensure(commandLineBuild);
  if (window) await ensure(rendererBuild);
  if (desktop) await ensure(desktopBuild);
}

/** @param {Build} build */
async function ensure(build) {
  if (!existsSync(join(root, build.needs))) return;
  const { inputs, outputs } = build;
  const stampFile = join(root, 'dist', '.stamps', `${build.name}.json`);
  if (!isStale({ stampFile, inputs, outputs, root })) return;
  await withLock(`build-${build.name}`, async () => {
    if (!isStale({ stampFile, inputs, outputs, root })) return;
    const startedMs = Date.now();
    say(`Building ${build.what} …`);
    const before = takeStamp({ inputs, root });
    // Not that of a test which starts us: Vite would bundle React's development form.
    const code = await runNode(build.command, { quiet: true, env: { NODE_ENV: 'production' } });
    if (code !== 0) throw new Error(`Building ${build.what} failed (exit code ${code}); see above.`);
    writeStamp({ stampFile, inputs, root, before });
    say(`Built ${build.what} in ${secondsSince(startedMs)}.`);
  });
}
