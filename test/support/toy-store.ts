/** For tests: a store in a workspace of its own, before each test, and gone after it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { pipelineFile } from '../../shared/pipeline/file.ts';
import { openStore, type Store } from '../../engine/store/store.ts';

export interface ToyStore {
  workspace: string;
  /** The database file. */
  path: string;
  store: Store;
  /** The store again, on what the one before left. */
  reopen: (options?: Parameters<typeof openStore>[1]) => Store;
  startRun: (id?: string, pipeline?: string, startedMs?: number, draft?: string) => void;
}

export const toyFile = pipelineFile.parse({
  flowyard: 1,
  title: 'Churn',
  nodes: { customers: { kind: 'read.csv' } },
});

/** Call it at the head of a test file; its members are those of the test that runs. */
export function toyStoreForEachTest(): ToyStore {
  let workspace = '';
  let store: Store;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'flowyard-store-'));
    store = openStore(workspace);
  });
  afterEach(() => {
    store.close();
    rmSync(workspace, { recursive: true, force: true });
  });
  return {
    get workspace() {
      return workspace;
    },
    get path() {
      return join(workspace, '.flowyard', 'flowyard.sqlite');
    },
    get store() {
      return store;
    },
    reopen: (options) => {
      store.close();
      return (store = openStore(workspace, options));
    },
    startRun: (id = 'run-1', pipeline = 'churn.pipeline.json', startedMs = 1000, draft?: string) =>
      store.runs.create({
        id,
        pipeline,
        draft,
        title: 'Churn',
        file: toyFile,
        parameters: { file: 'a.csv' },
        startedMs,
      }),
  };
}
