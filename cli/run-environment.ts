/** Where the command line, runners and services put engine and kinds together: the only place beside the desktop shell that knows both. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openThreadPool } from '../engine/compute/thread-pool.ts';
import type { EngineParts } from '../engine/preview/open-engine.ts';
import type { PreviewRequest } from '../engine/preview/preview-contract.ts';
import type { RunEnvironment } from '../engine/run/run-request.ts';
import { openArtifacts } from '../engine/store/artifacts/artifacts.ts';
import type { Installation } from '../engine/remote/staging/bundle.ts';
import { fail } from '../shared/errors.ts';
import { loadRun, loadSpecs, loadSpecsOf } from '../nodes/runs.ts';
import { processCommand } from './process-command.ts';

// From source this file lies in `cli/`, bundled in `dist/cli/`: the resources stand beside the first folder, or two above the second.
const isSource = import.meta.url.endsWith('.ts');
export const installFolder = isSource ? join(import.meta.dirname, '..') : join(import.meta.dirname, '..', '..');
export const resourcesFolder = join(installFolder, 'resources');
export const kernelsFolder = join(installFolder, 'dist', 'kernels');

/** What is sent to remotes. In the packaged app native packages lie beside the archive, not in it. */
export const installation: Installation = {
  remoteFolder: join(installFolder, 'dist', 'remote').replace('app.asar', 'app.asar.unpacked'),
  // Packed, from a checkout, or as the desktop app of a checkout, which lies two folders below its packages.
  moduleFolders: [
    installFolder.replace('app.asar', 'app.asar.unpacked'),
    installFolder,
    join(installFolder, '..', '..'),
  ].map((folder) => join(folder, 'node_modules')),
  nodeBinary: process.env['FLOWYARD_NODE'] ?? process.execPath,
};

/** Threads run sources from a checkout, and bundles where we are one. */
const openPool = (): ReturnType<typeof openThreadPool> =>
  openThreadPool(
    isSource
      ? {}
      : {
          entry: new URL('threads/lane-thread.js', import.meta.url),
          moduleUrl: (module) => new URL(`threads/${module}.js`, import.meta.url),
        },
  );

/** `kinds`: those that will be asked for. Default: all. */
export async function openRunEnvironment(workspace: string, kinds?: Iterable<string>): Promise<RunEnvironment> {
  const pool = openPool();
  const [specs, store] = await Promise.all([
    kinds === undefined ? loadSpecs() : loadSpecsOf(kinds),
    openArtifacts({ folder: join(workspace, '.flowyard'), removeLeftovers: false }),
  ]);
  return {
    specs,
    loadRun,
    store,
    resources: resourcesFolder,
    tasks: { startWorkers: pool.startWorkers, wasm: loadKernels },
    languageCommand: processCommand('language'),
    now: Date.now,
  };
}

export async function openPreviewParts({ workspace, readOnly }: PreviewRequest): Promise<EngineParts> {
  const pool = openPool();
  return {
    specs: await loadSpecs(),
    loadRun,
    results: await openArtifacts({ folder: join(workspace, '.flowyard'), readOnly, removeLeftovers: false }),
    resources: resourcesFolder,
    tasks: { startWorkers: pool.startWorkers, wasm: loadKernels },
  };
}

/** WebAssembly built from `methods/`. */
export async function loadKernels(name: string): Promise<Uint8Array> {
  return readFile(join(kernelsFolder, `${name}.wasm`)).catch((cause: unknown) => {
    throw fail(
      'install.no-kernels',
      { message: `The compiled kernels "${name}" are missing.`, mend: 'Run npm start once: it builds them.' },
      { cause },
    );
  });
}
