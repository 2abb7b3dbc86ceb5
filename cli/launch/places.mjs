import { existsSync, lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, whatever folder the command was typed in. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const modules = join(root, 'node_modules');

/** What the launcher remembers between two starts; goes with `node_modules`, so a removed folder forgets all. */
export const memory = join(modules, '.flowyard');

export const nodeFolder = join(modules, 'node');

const shippedNode = join(nodeFolder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Whether the starting Node could run the app itself, where the package has none for this platform. */
export const isOwnNodeNewEnough = Number(process.versions.node.split('.')[0]) >= 24;

export const hasShippedNode = () => existsSync(shippedNode);

/**
 * The Node that runs everything but this launcher: that of the `node` package, which tests, runners and services share.
 * On a platform that the package lacks, the starting Node, if it is new enough.
 */
export function nodeBinary() {
  if (hasShippedNode()) return shippedNode;
  if (isOwnNodeNewEnough) return process.execPath;
  throw new Error(`There is no Node 24 in ${nodeFolder}. Remove node_modules and start again.`);
}

/** A linked `node_modules` belongs to another checkout: it is used as it is and never written. */
export function isLinked() {
  return existsSync(modules) && lstatSync(modules).isSymbolicLink();
}
