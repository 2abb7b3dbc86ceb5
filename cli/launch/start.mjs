import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { become, becomeNode, childEnvironment } from './child.mjs';
import { findElectron } from './electron-binary.mjs';
import { ensureInstalled } from './install.mjs';
import { nodeBinary, root } from './places.mjs';
import { say } from './say.mjs';

/**
 * `npm start -- [FILE] [--no-open] [--port N] [--workspace DIR] [--browser] [--retry-electron]`: the window by Electron
 * where there is one, else served to the browser. Served, stdout has one line, the address.
 * @param {string[]} args
 */
export async function main(args) {
  const own = ['--browser', '--retry-electron'];
  const rest = args.filter((arg) => !own.includes(arg));
  const wantsBrowser = args.some((arg) => /^--(browser|no-open|port)(=|$)/.test(arg));
  await ensureInstalled();
  const electron = wantsBrowser ? undefined : await findElectron({ retry: args.includes('--retry-electron') });
  if (electron?.binary) {
    await ensureBuilt({ desktop: true });
    // Electron is not the Node that runners and services run on.
    const env = childEnvironment({ FLOWYARD_NODE: nodeBinary() });
    return become(electron.binary, [join(root, 'dist', 'desktop'), ...rest], { env });
  }
  if (electron?.reason) say(`Opening in the browser, as there is no desktop window here: ${electron.reason}`);
  await ensureBuilt();
  return becomeNode(['cli/main.ts', 'app', ...rest]);
}
