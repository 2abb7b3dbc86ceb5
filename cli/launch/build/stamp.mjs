import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Whether something built from files is out of date. Times and sizes answer first, in a few milliseconds; where they
 * differ (a fresh checkout, a touched file) the content decides.
 * @param {{ stampFile: string, inputs: string[], outputs: string[], root: string }} build
 *   inputs and outputs are files or folders, relative to root; missing inputs count as empty
 */
export function isStale({ stampFile, inputs, outputs, root }) {
  if (!existsSync(stampFile) || !outputs.every((output) => existsSync(join(root, output)))) return true;
  const { listing, content } = JSON.parse(readFileSync(stampFile, 'utf8'));
  const files = filesOf(inputs, root);
  if (listingOf(files, root) === listing) return false;
  if (contentOf(files, root) !== content) return true;
  writeStamp({ stampFile, inputs, root });
  return false;
}

/**
 * Remembers that the outputs were built from these inputs. Take `before` ahead of the build, so that an edit during the
 * build makes it stale.
 * @param {{ stampFile: string, inputs: string[], root: string, before?: string }} build
 */
export function writeStamp({ stampFile, inputs, root, before }) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, before ?? takeStamp({ inputs, root }));
}

/**
 * @param {{ inputs: string[], root: string }} build
 * @returns {string}
 */
export function takeStamp({ inputs, root }) {
  const files = filesOf(inputs, root);
  return JSON.stringify({ listing: listingOf(files, root), content: contentOf(files, root) });
}

/**
 * @param {string[]} inputs
 * @param {string} root
 * @returns {string[]}
 */
function filesOf(inputs, root) {
  return inputs
    .map((input) => join(root, input))
    .filter((path) => existsSync(path))
    .flatMap((path) => (statSync(path).isDirectory() ? filesUnder(path) : [path]))
    .sort();
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    // A changed test rebuilds nothing.
    return /\.test\.tsx?$/.test(entry.name) ? [] : [path];
  });
}

/**
 * @param {string[]} files
 * @param {string} root
 */
function listingOf(files, root) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${relative(root, file)}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * @param {string[]} files
 * @param {string} root
 */
function contentOf(files, root) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\n');
  return hash.digest('hex');
}
