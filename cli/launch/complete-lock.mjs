/**
 * `node cli/launch/complete-lock.mjs`: run it after `npm install` has changed `package-lock.json`.
 *
 * A registry may lack the packages of platforms that are not its own, and npm then leaves them out of the lock file; `npm ci` of
 * npm 11 refuses such a file anywhere. Their versions are fixed by the package that wants them, and their names say the platform:
 * that is all an entry needs. What it lacks is the hash of the content, which npm adds where the registry has the package.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
/** Other words for a system, in names such as `mac-arm64-metal`. */
const systemWords = { mac: 'darwin', win: 'win32', windows: 'win32' };
const processors = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * @typedef {{ version?: string, cpu?: string[], dev?: boolean, libc?: string[], license?: string, optional?: boolean, os?: string[],
 *   optionalDependencies?: Record<string, string> }} Locked
 */

/**
 * The entries that are missing, as folder → entry.
 * @param {Record<string, Locked>} packages
 * @returns {Record<string, Locked>}
 */
export function missingPlatforms(packages) {
  /** @type {Record<string, Locked>} */
  const missing = {};
  for (const [folder, { optionalDependencies = {}, dev, license }] of Object.entries(packages))
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const place = `node_modules/${name}`;
      if (packages[place] ?? packages[`${folder}/${place}`]) continue;
      missing[place] = { version, ...platformOf(name), ...(dev ? { dev } : {}), ...(license ? { license } : {}) };
    }
  return missing;
}

/**
 * @param {string} name `@oxlint/binding-linux-arm64-musl`
 * @returns {Locked}
 */
function platformOf(name) {
  const words = (name.split('/').at(-1) ?? '').split('-');
  const os = words
    .map((word) => Object.entries(systemWords).find(([short]) => short === word)?.[1] ?? word)
    .find((word) => systems.includes(word));
  const cpu = words.find((word) => processors.includes(word));
  if (!os || !cpu)
    throw new Error(`The name of ${name} does not say its platform; add it to package-lock.json by hand.`);
  const abi = words.at(-1) ?? '';
  const libc = abi.startsWith('musl') ? ['musl'] : abi.startsWith('gnu') && os === 'linux' ? ['glibc'] : undefined;
  return { cpu: [cpu], ...(libc ? { libc } : {}), optional: true, os: [os] };
}

if (process.argv[1] === import.meta.filename) {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingPlatforms(lock.packages);
  lock.packages = Object.fromEntries(
    Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stderr.write(`Added ${Object.keys(missing).length} packages of other platforms.\n`);
}
