import { spawn } from 'node:child_process';
import { basename } from 'node:path';

/**
 * Calls the npm that called us, else the one on the path.
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<string | undefined>} what it said, if it failed
 */
export async function npm(args, cwd) {
  const caller = process.env.npm_execpath ?? '';
  if (basename(caller) === 'npm-cli.js') return run(process.execPath, [caller, ...args], cwd);
  return run('npm', args, cwd, process.platform === 'win32');
}

/**
 * Runs to the end; its words are kept for the case that it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @param {boolean} [shell] npm is a script on Windows, which only a shell starts
 * @returns {Promise<string | undefined>} what it said, if it failed
 */
export function run(command, args, cwd, shell = false) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let words = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (words += String(data)));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const call = `${basename(command)} ${args.map((arg) => basename(arg)).join(' ')}`;
      resolve(code === 0 ? undefined : `${words.trim()}\n\`${call}\` ended with ${signal ?? code}.`);
    });
  });
}
