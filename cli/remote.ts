/** The entry of the engine on a remote: `node engine.js ROOT RUN TASK`, and `node engine.js ROOT list` for files that lie there. Bundled into one file, which is sent there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openThreadPool } from '../engine/compute/thread-pool.ts';
import { openArtifacts } from '../engine/store/artifacts/artifacts.ts';
import { serveListing } from '../engine/remote/there/list-files.ts';
import { serveRemote } from '../engine/remote/there/serve-remote.ts';
import { loadRun, loadSpecs } from '../nodes/runs.ts';

const here = import.meta.dirname;
const [root = '', run = '', task = '0'] = process.argv.slice(2);

if (run === 'list') await serveListing();
else
  process.exitCode = await serveRemote(
    { root, run, task: Number(task), echo: process.env['FLOWYARD_ECHO'] === '1' },
    async (folder) => ({
      specs: await loadSpecs(),
      loadRun,
      store: await openArtifacts({ folder, removeLeftovers: false }),
      resources: here,
      tasks: {
        filesStay: true,
        startWorkers: openThreadPool({
          entry: new URL('threads/lane-thread.js', import.meta.url),
          moduleUrl: (module) => new URL(`threads/${module}.js`, import.meta.url),
        }).startWorkers,
        wasm: (name) => readFile(join(here, 'kernels', `${name}.wasm`)),
      },
      now: Date.now,
    }),
  );
