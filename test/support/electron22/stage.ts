/** Makes the staged app (`dist/desktop`) one that Electron 22 can start, in a folder beside it: the shell bundled anew, the built window's syntax lowered. */
import { build, transform } from 'esbuild';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const here = import.meta.dirname;

/** @returns the folder of the app */
export async function stageForElectron22(): Promise<string> {
  const staged = join(root, 'dist', 'desktop-22');
  rmSync(staged, { recursive: true, force: true });
  cpSync(join(root, 'dist', 'desktop'), staged, { recursive: true });
  await Promise.all([bundleShell(join(staged, 'dist', 'electron')), lowerWindow(join(staged, 'dist', 'renderer'))]);
  const file = join(staged, 'package.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), main: 'dist/electron/main.cjs' }));
  return staged;
}

async function bundleShell(outdir: string): Promise<void> {
  const common = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    absWorkingDir: root,
    outdir,
    outExtension: { '.js': '.cjs' },
    logLevel: 'warning',
  } as const;
  await build({
    ...common,
    target: 'node16',
    entryPoints: { main: 'electron/main.ts' },
    inject: [join(here, 'missing-in-node.js')],
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [
      {
        name: 'electron-22',
        setup: (made) => {
          made.onResolve({ filter: /^electron$/ }, () => ({ path: join(here, 'electron.mjs') }));
          made.onResolve({ filter: /^electron-22$/ }, () => ({ path: 'electron', external: true }));
        },
      },
    ],
  });
  await build({
    ...common,
    target: 'chrome108',
    entryPoints: { preload: 'electron/preload.ts' },
    external: ['electron'],
  });
  for (const name of ['relay.cjs', 'parent-port.mjs']) cpSync(join(here, name), join(outdir, name));
}

async function lowerWindow(folder: string): Promise<void> {
  const assets = join(folder, 'assets');
  for (const name of readdirSync(assets)) {
    const loader = /\.(js|css)$/.exec(name)?.[1];
    if (loader !== 'js' && loader !== 'css') continue;
    const { code } = await transform(readFileSync(join(assets, name), 'utf8'), {
      loader,
      target: 'chrome108',
      logLevel: 'error',
    });
    writeFileSync(join(assets, name), code);
  }
  cpSync(join(here, 'missing-in-page.js'), join(assets, 'missing-in-page.js'));
  const page = join(folder, 'index.html');
  const first = '<script src="./assets/missing-in-page.js"></script>';
  writeFileSync(page, readFileSync(page, 'utf8').replace('<script', `${first}\n    <script`));
}
