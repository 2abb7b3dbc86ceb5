/**
 * Compiles the AssemblyScript kernels beside this file to `dist/kernels/trees.wasm`, unless that is already made from these very sources.
 * `node methods/trees/build-kernels.mjs`, or `await buildKernels()` from another build script or a test; both give the file's path.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('./kernels/', import.meta.url));
export const kernelsFile = fileURLToPath(new URL('../../dist/kernels/trees.wasm', import.meta.url));

const options = [
  '-O3',
  '--runtime',
  'stub',
  '--enable',
  'simd,threads,bulk-memory,sign-extension',
  '--importMemory',
  '--sharedMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
  '--noAssert',
];

/** @returns {Promise<string>} */
export async function buildKernels() {
  const key = sourcesKey();
  const keyFile = `${kernelsFile}.key`;
  if (existsSync(kernelsFile) && existsSync(keyFile) && readFileSync(keyFile, 'utf8') === key) return kernelsFile;
  const { binary, errors } = await compile();
  if (!binary) throw new Error(`The tree kernels do not compile:\n${errors}`);
  mkdirSync(dirname(kernelsFile), { recursive: true });
  // Whole or not at all: another process may read it at this moment.
  writeWhole(kernelsFile, binary);
  writeWhole(keyFile, key);
  return kernelsFile;
}

/** Of the sources, the options and the compiler: what the result depends on. */
function sourcesKey() {
  const hash = createHash('sha256').update(JSON.stringify(options));
  const compiler = JSON.parse(
    readFileSync(new URL('../../node_modules/assemblyscript/package.json', import.meta.url), 'utf8'),
  );
  hash.update(compiler.version);
  for (const name of readdirSync(sources).sort()) hash.update(`\0${name}\0`).update(readFileSync(join(sources, name)));
  return hash.digest('hex');
}

async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  /** @type {Uint8Array | undefined} */
  let binary;
  let errors = '';
  const { error } = await asc.main(['index.as.ts', '--outFile', 'trees.wasm', '--baseDir', sources, ...options], {
    readFile: (name, base) => {
      const path = resolve(base, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm') && typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
    stderr: { write: (text) => void (errors += String(text)) },
  });
  return { binary: error ? undefined : binary, errors: `${errors}${error?.message ?? ''}` };
}

/** @param {string} path @param {string | Uint8Array} contents */
function writeWhole(path, contents) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

if (process.argv[1] && fileURLToPath(import.meta.url) === resolve(process.argv[1])) console.log(await buildKernels());
