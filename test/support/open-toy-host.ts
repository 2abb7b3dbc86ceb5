/** For tests: a toy host in a workspace of its own, before each test, and gone after it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { PipelineFile } from '../../shared/pipeline/file.ts';
import type { Connection } from '../../shared/rpc/client.ts';
import type { Contract } from '../../shared/rpc/contract.ts';
import type { RunEvent } from '../../shared/run/run-events.ts';
import type { Host } from '../../engine/host/host.ts';
import { connectToHost } from '../../engine/host/reach-host.ts';
import { followRun, startToyHost, startToyRun } from './toy-host.ts';

export interface ToyHost {
  /** Holds `workspace/` and `resources/`. */
  root: string;
  workspace: string;
  host: Host;
  connection: Connection<Contract>;
  /** The host again, on what the one before left. */
  restart: () => Promise<void>;
  run: (file: PipelineFile, more?: Parameters<typeof startToyRun>[2]) => Promise<string>;
  /** All facts of a run, to its end. */
  follow: (run: string) => Promise<RunEvent[]>;
}

/** Call it at the head of a test file; its members are those of the test that runs. */
export function toyHostForEachTest(): ToyHost {
  let root = '';
  let workspace = '';
  let host: Host;
  let connection: Connection<Contract>;
  const start = async (): Promise<void> => {
    host = await startToyHost(root, workspace);
    const { url, bearer } = await host.serveApp({ rendererFolder: root, port: 0 });
    connection = await connectToHost({ url, token: bearer });
  };
  const stop = async (): Promise<void> => {
    connection.close();
    await host.close();
  };
  beforeEach(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-host-')));
    workspace = join(root, 'workspace');
    mkdirSync(workspace);
    mkdirSync(join(root, 'resources', 'examples'), { recursive: true });
    await start();
  });
  afterEach(async () => {
    await stop();
    rmSync(root, { recursive: true, force: true });
  });
  return {
    get root() {
      return root;
    },
    get workspace() {
      return workspace;
    },
    get host() {
      return host;
    },
    get connection() {
      return connection;
    },
    restart: async () => {
      await stop();
      await start();
    },
    run: (file, more = {}) => startToyRun(connection, file, more),
    follow: (run) => followRun(connection, run),
  };
}
