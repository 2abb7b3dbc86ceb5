/**
 * Makes `dist/cli`, the command line as `flowyard` starts it: the modules that a command needs in a few files instead of hundreds, each part loaded when it is
 * asked for. `main.js` is the command, `process.js` every process that it starts.
 */
import { build } from 'esbuild';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { forNode, listedKinds, threadModules, unbundled, workerModules } from './bundles.mjs';
import { root } from '../places.mjs';

const out = join(root, 'dist', 'cli');
// A command that runs keeps the files that it began with: they are put aside as a whole.
const fresh = `${out}.${process.pid}`;
rmSync(fresh, { recursive: true, force: true });
mkdirSync(fresh, { recursive: true });

const common = { ...forNode, external: [...unbundled, '@kubernetes/client-node', 'pdfjs-dist', 'ssh2'] };
await build({
  ...common,
  entryPoints: { main: 'cli/main.ts', process: 'cli/process.ts' },
  outdir: fresh,
  splitting: true,
  chunkNames: '[name]-[hash]',
  plugins: [listedKinds],
});
await build({
  ...common,
  entryPoints: {
    'lane-thread': 'engine/compute/lane-thread.ts',
    ...Object.fromEntries(workerModules().map((module) => [module, `methods/${module}.ts`])),
  },
  outdir: join(fresh, 'threads'),
});
// Threads that a module starts by a file beside it: beside it they are here, too, under the same name.
await build({
  ...common,
  entryPoints: threadModules(),
  outdir: fresh,
  entryNames: '[name]',
  outExtension: { '.js': '.ts' },
});
writeFileSync(join(fresh, 'package.json'), JSON.stringify({ type: 'module' }));
rmSync(out, { recursive: true, force: true });
renameSync(fresh, out);
