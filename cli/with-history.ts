/** Runs and models of a workspace, read without starting anything: from the host that lives there, or from its history. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../engine/host/lock.ts';
import { againWhileHostLeaves, connectToHost } from '../engine/host/reach-host.ts';
import { databaseName, isWritable } from '../engine/store/open-database.ts';
import type { ModelRow } from '../engine/store/models.ts';
import type { RunRow } from '../engine/store/runs.ts';
import { openStore } from '../engine/store/store.ts';
import { fail } from '../shared/errors.ts';
import type { PipelineFile } from '../shared/pipeline/file.ts';
import { sayProblem } from './with-host.ts';

export interface History {
  /** Newest first. */
  runs: (limit: number) => Promise<RunRow[]>;
  run: (id: string) => Promise<{ run: RunRow; file: PipelineFile }>;
  models: () => Promise<ModelRow[]>;
  /** `version` null: the newest. Undefined: there is none. */
  model: (name: string, version: number | null) => Promise<ModelRow | undefined>;
}

export async function withHistory<T>(workspace: string, work: (history: History) => Promise<T>): Promise<T> {
  const folder = join(workspace, '.flowyard');
  // To look at a folder leaves no trace in it.
  if (!existsSync(join(folder, databaseName))) return work(nothing);
  return againWhileHostLeaves(() => readHistory(workspace, work));
}

async function readHistory<T>(workspace: string, work: (history: History) => Promise<T>): Promise<T> {
  const folder = join(workspace, '.flowyard');
  const lock = await takeLock(workspace, { readOnly: !isWritable(folder) });
  if (!lock.taken) {
    const connection = await connectToHost(lock.living);
    const { api } = connection;
    try {
      return await work({
        runs: (limit) => api['runs.list']({ limit, before_ms: null, pipeline: null }),
        run: (run) => api['runs.get']({ run }),
        models: () => api['models.list']({}),
        model: async (name, version) =>
          (await api['models.list']({}))
            .filter((m) => m.name === name && (version === null || m.version === version))
            .sort((a, b) => b.version - a.version)[0],
      });
    } finally {
      connection.close();
    }
  }
  try {
    using store = openStore(workspace, { onWriteProblem: sayProblem });
    if (store.notice !== undefined) sayProblem(store.notice);
    return await work({
      runs: async (limit) => store.runs.list({ limit, beforeMs: null, pipeline: null }),
      run: async (id) => {
        const [run, file] = [store.runs.get(id), store.runs.file(id)];
        if (run === undefined || file === undefined) throw unknownRun(id);
        return { run, file };
      },
      models: async () => store.models.list(),
      model: async (name, version) => store.models.get(name, version),
    });
  } finally {
    lock.release();
  }
}

const nothing: History = {
  runs: async () => [],
  run: async (id) => {
    throw unknownRun(id);
  },
  models: async () => [],
  model: async () => undefined,
};

const unknownRun = (id: string) =>
  fail('run.unknown', { message: `There is no run "${id}".`, mend: 'flowyard runs lists them.' });
