/** The host of a workspace, put together: what `run`, `app`, `models` and the desktop share. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openThreadPool, type ThreadPoolOptions } from '../engine/compute/thread-pool.ts';
import { startHost, type HostOptions, type StartedHost } from '../engine/host/host.ts';
import type { Problem } from '../shared/errors.ts';
import { installFolder, loadKernels, processCommand, resourcesFolder } from './house.ts';

export async function openHost(
  workspace: string,
  log: (problem: Problem) => void,
  { threads = {}, ...more }: { threads?: ThreadPoolOptions } & Pick<HostOptions, 'startsServices'> = {},
): Promise<StartedHost> {
  await mkdir(workspace, { recursive: true });
  const pool = openThreadPool(threads);
  return startHost({
    workspace,
    version: await readVersion(),
    resourcesFolder,
    runnerCommand: processCommand('runner'),
    serviceCommand: processCommand('service'),
    startEngine: async (house) => {
      // Loaded when it starts: the address of a window need not wait for the database.
      const [{ startEngine }, { loadRun, loadSpecs }] = await Promise.all([
        import('../engine/preview/start-engine.ts'),
        import('../nodes/runs.ts'),
      ]);
      return startEngine(house, {
        specs: await loadSpecs(),
        loadRun,
        resources: resourcesFolder,
        tasks: { startWorkers: pool.startWorkers, wasm: loadKernels },
      });
    },
    log,
    ...more,
  });
}

export async function readVersion(): Promise<string> {
  const parsed: { version?: string } = JSON.parse(await readFile(join(installFolder, 'package.json'), 'utf8'));
  return parsed.version ?? '0.0.0';
}
