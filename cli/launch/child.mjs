import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { memory, modules, nodeBinary, root } from './places.mjs';

/** @typedef {{ env?: Record<string, string>, quiet?: boolean, cwd?: string }} ChildOptions */

/**
 * The environment of everything that runs on the shipped Node: tools with a `#!/usr/bin/env node` line find that Node
 * too, and compiled code is kept between starts.
 * @param {Record<string, string>} [extra]
 */
export function childEnvironment(extra = {}) {
  const path = [dirname(nodeBinary()), join(modules, '.bin'), process.env.PATH ?? ''].join(delimiter);
  // What is started by us goes with us, even where we are killed: it looks whether we are there.
  const own = { FLOWYARD_LAUNCHER: String(process.pid) };
  return { NODE_COMPILE_CACHE: join(memory, 'compiled'), ...process.env, ...own, PATH: path, ...extra };
}

/**
 * Runs the shipped Node to its end. `quiet` sends its stdout to our stderr, which keeps stdout for results.
 * @param {string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<number>} the exit code; 128 + n for signal n, as in a shell
 */
export async function runNode(args, options = {}) {
  return (await follow(nodeBinary(), args, { ...options, env: childEnvironment(options.env) })).code;
}

/**
 * Becomes the shipped Node as far as that can be: its input, output, signals and end are ours.
 * @param {string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<never>}
 */
export async function becomeNode(args, options = {}) {
  return become(nodeBinary(), args, { ...options, env: childEnvironment(options.env) });
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {ChildOptions} options
 * @returns {Promise<never>}
 */
export async function become(command, args, options) {
  const { code, signal } = await follow(command, args, options);
  if (signal) process.kill(process.pid, signal);
  process.exit(code);
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/**
 * @param {string} command
 * @param {string[]} args
 * @param {ChildOptions} options
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null }>}
 */
export function follow(command, args, { env, quiet = false, cwd = root }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'] });
    const stopForwarding = forwardSignals(child);
    child.once('error', (error) => {
      stopForwarding();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve({
        code: code ?? 128 + (Object.entries(signalNumbers).find(([name]) => name === signal)?.[1] ?? 1),
        signal,
      });
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  const listeners = /** @type {const} */ (['SIGHUP', 'SIGINT', 'SIGTERM']).map((signal) => {
    // A terminal sends Ctrl-C to the whole group: a second copy would read as impatience.
    const listener = () => void (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal));
    process.on(signal, listener);
    return () => process.removeListener(signal, listener);
  });
  const watch = watchParent(() => child.kill('SIGTERM'));
  return () => {
    clearInterval(watch);
    listeners.forEach((stop) => stop());
  };
}

/**
 * A terminated npm ends its shell, which tells us nothing: without this the app would stay behind. npm itself waits for
 * us as long as it lives, so a new parent means that it is gone.
 * @param {() => void} whenGone
 */
function watchParent(whenGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  return setInterval(() => process.ppid !== parent && whenGone(), 250).unref();
}
