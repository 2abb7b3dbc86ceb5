/**
 * Stages the desktop app in `dist/desktop`, which looks as the checkout does: `npm start` and the packager both run it from there.
 *
 * - `dist/electron/`: main and preload, bundled; the entry of the host.
 * - `cli`, `engine`, `methods`, `nodes`, `shared`, `electron`, `resources`: the sources with their types removed, under their own names, since
 *   kinds are found by folder and runners are started by path. The shipped Node and Electron's read the same files.
 * - `dist/renderer`, `dist/kernels`: as built.
 *
 * Beside it, `dist/node` holds the Node that runs this, for the packager to ship.
 */
import { transform, build } from 'esbuild';
import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../places.mjs';

const staged = join(root, 'dist', 'desktop');
const sourceRooms = ['cli', 'engine', 'methods', 'nodes', 'shared', 'electron'];
const copied = ['resources', 'dist/renderer', 'dist/kernels', 'dist/remote', 'LICENSE'];
// `nodes/specs.ts` is for the window's bundler: its kinds come by `import.meta.glob`.
const left =
  /^nodes[\\/]specs\.ts$|(^|[\\/])(launch|fixtures|node_modules)[\\/]|\.(test|slow\.test|as)\.tsx?$|\.d\.m?ts$|tsconfig[\w.]*\.json$|\.mjs$|\.py$|\.md$/;

rmSync(staged, { recursive: true, force: true });
await Promise.all([bundle(), ...sourceRooms.map(stageRoom)]);
for (const path of copied) {
  if (existsSync(join(root, path))) cpSync(join(root, path), join(staged, path), { recursive: true });
}
stageNode();
writeFileSync(join(staged, 'package.json'), JSON.stringify(stagedPackage(), null, 2));

async function bundle() {
  const outdir = join(staged, 'dist', 'electron');
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: ['electron'],
    outdir,
    logLevel: 'warning',
    absWorkingDir: root,
  };
  await Promise.all([
    build({
      ...common,
      format: 'esm',
      entryPoints: { main: 'electron/main.ts', host: 'electron/host-entry.ts' },
    }),
    build({
      ...common,
      format: 'cjs',
      entryPoints: { preload: 'electron/preload.ts' },
      outExtension: { '.js': '.cjs' },
    }),
  ]);
}

/** @param {string} room */
async function stageRoom(room) {
  const names = readdirSync(join(root, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((name) => !left.test(name));
  await Promise.all(names.map(stageFile));
}

/** @param {string} name */
async function stageFile(name) {
  const target = join(staged, name);
  mkdirSync(dirname(target), { recursive: true });
  if (!name.endsWith('.ts')) return cpSync(join(root, name), target);
  const { code } = await transform(readFileSync(join(root, name), 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'node24',
    // Import for its effect is written as such; an unused one is a type.
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  writeFileSync(target, code);
}

function stageNode() {
  const target = join(root, 'dist', 'node', process.platform === 'win32' ? 'node.exe' : 'node');
  rmSync(dirname(target), { recursive: true, force: true });
  mkdirSync(dirname(target), { recursive: true });
  try {
    linkSync(process.execPath, target);
  } catch {
    // Another disk, or a system without links: 120 MB more.
    cpSync(process.execPath, target, { dereference: true });
  }
}

/** What Electron and Node need to know; the packager adds nothing to it. */
function stagedPackage() {
  const { name, productName, version, description, license, type, main, dependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return { name, productName, version, description, license, type, main, dependencies };
}
