import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureBuilt } from './build/build.mjs';
import { become, becomeNode, childEnvironment } from './child.mjs';
import { findElectron } from './electron-binary.mjs';
import { ensureInstalled } from './install.mjs';
import { keptByNpm, lostToNpm } from './npm-options.mjs';
import { nodeBinary, root } from './places.mjs';
import { say } from './say.mjs';

/**
 * `npm start -- [--no-open] [--port N] [--workspace DIR] [--browser] [--retry-electron]`: the window by Electron
 * where there is one, else served to the browser. Without a folder, the
 * last one, or `~/Flowyard`. Served, stdout has one line, the address.
 * @param {string[]} given
 */
export async function main(given) {
  const lost = lostToNpm(process.env);
  if (lost) throw new Error(lost);
  const args = [...given, ...keptByNpm(process.env)];
  const own = ['--browser', '--retry-electron'];
  const rest = placeWorkspace(args.filter((arg) => !own.includes(arg)));
  const wantsBrowser = args.some((arg) => /^--(browser|no-open|port)(=|$)/.test(arg));
  await ensureInstalled();
  const electron = wantsBrowser ? undefined : await findElectron({ retry: args.includes('--retry-electron') });
  if (electron?.binary) {
    await ensureBuilt({ desktop: true });
    // Electron is not the Node that runners and services run on.
    const env = childEnvironment({ FLOWYARD_NODE: nodeBinary() });
    return become(electron.binary, [join(root, 'dist', 'desktop'), ...rest], { env });
  }
  if (electron?.reason) say(`Served to the browser, as there is no desktop window here: ${electron.reason}`);
  await ensureBuilt();
  // A checkout is no place for a person's work.
  const folder = rest.includes('--workspace') ? [] : ['--workspace', join(homedir(), 'Flowyard')];
  return becomeNode(['cli/main.ts', 'app', ...rest, ...folder]);
}

/**
 * A folder that is named is meant from where the person is, and all that follows runs in the repository.
 * @param {string[]} args
 */
function placeWorkspace(args) {
  const at = args.findIndex((arg) => /^--workspace(=|$)/.test(arg));
  if (at < 0) return args;
  const named = args[at]?.split('=')[1] ?? args[at + 1] ?? '.';
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), named);
  const rest = args.filter((_, index) => index !== at && !(index === at + 1 && args[at] === '--workspace'));
  return [...rest, '--workspace', folder];
}
