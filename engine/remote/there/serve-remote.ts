/**
 * The engine on a remote: runs one task of an order with the same code as a runner at home, and tells everything in files, since nobody listens. Events are
 * appended to `events.jsonl`, `heartbeat` is touched, `manifest.json` names the results, and `exit.json` comes last, written aside and renamed.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, link, mkdir } from 'node:fs/promises';
import { availableParallelism, freemem, hostname, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import type { RunEvent } from '../../../shared/run/run-events.ts';
import { executeRun, type RunStatus } from '../../run/execute.ts';
import type { RunEnvironment, RunRequest } from '../../run/run-request.ts';
import type { ArtifactStore } from '../../store/artifacts/artifact-store.ts';
import { identifyProcess } from '../../store/process-identity.ts';
import { runOrder, type RunExit, type RunOrder } from '../../store/placements/run-layout.ts';

export interface RemoteTask {
  /** The remote's root. */
  root: string;
  run: string;
  task: number;
  /** Events are also printed: where only a job's log can be read. */
  echo?: boolean;
}
const heartbeatMs = 2000;
const lookForCancelMs = 250;

/** What a scheduler ends so near to the end of the time that was asked for, it ends for that. */
const nearEndS = 10;
const isTimeUp = (): boolean => Date.now() / 1000 > Number(process.env['FLOWYARD_ENDS'] ?? Infinity) - nearEndS;

export async function serveRemote(
  { root, run, task, echo = false }: RemoteTask,
  openEnvironment: (cacheFolder: string) => Promise<RunEnvironment>,
): Promise<number> {
  const runFolder = join(root, 'runs', run);
  const folder = join(runFolder, `t${task}`);
  mkdirSync(folder, { recursive: true });
  // Whoever started it a second time is told the same.
  const known = readExit(folder);
  if (known !== undefined) {
    if (echo) process.stdout.write(`@fy-exit ${JSON.stringify(known)}\n`);
    return known.code;
  }
  const starts = countStart(folder);
  const heartbeat = setInterval(() => beat(folder), heartbeatMs);
  beat(folder);
  const abort = new AbortController();
  let reason: string | undefined;
  const stop = (words: string): void => {
    reason ??= words;
    abort.abort();
  };
  process.on('SIGTERM', () =>
    stop(
      existsSync(join(runFolder, 'cancel')) ? 'cancelled' : isTimeUp() ? 'its time was up' : 'the scheduler ended it',
    ),
  );
  process.on('SIGUSR1', () => stop('its time was up'));
  const cancelled = setInterval(() => {
    if (existsSync(join(runFolder, 'cancel'))) stop('cancelled');
  }, lookForCancelMs);
  const events = join(folder, 'events.jsonl');
  endLine(events);
  const write = (event: RunEvent): void => {
    const line = `${JSON.stringify(event)}\n`;
    appendFileSync(events, line);
    if (echo) process.stdout.write(line);
  };
  let status: RunStatus = 'failed';
  let words: string | undefined;
  try {
    const order = runOrder.parse(JSON.parse(readFileSync(join(runFolder, 'order.json'), 'utf8')));
    const environment = await openEnvironment(join(root, 'cache'));
    const used = new Set<string>();
    const request = await settle(order, task, root, folder);
    status = await executeRun(
      request,
      { ...environment, store: remembering(environment.store, used, task) },
      write,
      abort.signal,
    );
    writeWhole(join(folder, 'manifest.json'), {
      artifacts: [...used].flatMap((key) => describe(environment.store, key)),
    });
  } catch (thrown) {
    words = thrown instanceof Error ? (thrown.stack ?? thrown.message).slice(0, 2000) : String(thrown);
    throw thrown;
  } finally {
    clearInterval(heartbeat);
    clearInterval(cancelled);
    const exit: RunExit = {
      code: status === 'done' ? 0 : status === 'cancelled' ? 3 : 1,
      status,
      ...(reason === undefined ? {} : { reason }),
      ...(words === undefined ? {} : { words }),
      ended_ms: Date.now(),
      node: process.env['SLURMD_NODENAME'] ?? hostname(),
      starts,
    };
    writeWhole(join(folder, 'exit.json'), exit);
    if (echo) process.stdout.write(`@fy-exit ${JSON.stringify(exit)}\n`);
  }
  return status === 'done' ? 0 : status === 'cancelled' ? 3 : 1;
}

/** The request as it holds on this machine: paths below its root, its own share of cores and memory. */
async function settle(order: RunOrder, task: number, root: string, folder: string): Promise<RunRequest> {
  const { request, tasks } = order;
  const part = tasks[task] ?? {};
  const workspace = join(folder, 'work');
  await mkdir(workspace, { recursive: true });
  const staged = await Promise.all(
    (request.staged ?? []).map(async ({ isThere, ...source }) => {
      if (isThere === true || source.columns !== undefined) return source;
      const named =
        source.folder === undefined ? await underName(root, source.sha256, basename(source.path)) : source.path;
      const { folder: listed } = source;
      if (listed === undefined) return { ...source, path: named };
      const files = await Promise.all(
        listed.files.map(async (f) => ({
          ...f,
          place: await underName(root, f.place.split(' ')[0] ?? '', basename(f.place)),
        })),
      );
      return { ...source, folder: { ...listed, files } };
    }),
  );
  const cores = Number(process.env['SLURM_CPUS_ON_NODE'] ?? process.env['FLOWYARD_CORES'] ?? availableParallelism());
  const env = process.env;
  const perCore = Number(env['SLURM_MEM_PER_CPU'] ?? 0) * cores;
  const asked = Number(env['SLURM_MEM_PER_NODE'] ?? env['FLOWYARD_MEMORY_MB'] ?? perCore) * 2 ** 20;
  const memory = asked > 0 ? asked * 0.7 : Math.min(totalmem() * 0.5, freemem());
  return {
    ...request,
    ...part,
    path: join(workspace, basename(request.path)),
    workspace,
    staged,
    threads: Math.max(1, Math.min(request.threads, cores)),
    memoryBytes: Math.floor(memory),
  };
}

/** A blob under the name that the pipeline's file has: readers go by endings. */
async function underName(root: string, sha256: string, name: string): Promise<string> {
  const blob = join(root, 'blobs', sha256.slice(0, 2), sha256);
  const place = join(root, 'inputs', sha256, name);
  if (existsSync(place) && statSync(place).size === statSync(blob).size) return place;
  await mkdir(join(place, '..'), { recursive: true });
  await link(blob, place).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') await copyFile(blob, place);
  });
  return place;
}

/** The store as one task uses it: it remembers what it was asked for and what was written to it. */
function remembering(store: ArtifactStore, used: Set<string>, task: number): ArtifactStore {
  // What one task leaves behind is not the others'.
  const own = (run: string): string => `${run}.t${task}`;
  return {
    ...store,
    find: (key) => {
      const found = store.find(key);
      if (found !== undefined) used.add(key);
      return found;
    },
    scratch: (run) => store.scratch(own(run)),
    endRun: (run) => store.endRun(own(run)),
    begin: async (key, run) => {
      const draft = await store.begin(key, own(run));
      return {
        ...draft,
        commit: async (description) => {
          const artifact = await draft.commit(description);
          used.add(key);
          return artifact;
        },
      };
    },
  };
}

function describe(store: ArtifactStore, key: string): { key: string; content: string; bytes: number }[] {
  const artifact = store.find(key);
  return artifact === undefined ? [] : [{ key, content: artifact.manifest.contentHash, bytes: artifact.bytes }];
}

function readExit(folder: string): RunExit | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'exit.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Each beginning leaves a line that names the process: to count them, and to end the right one. */
function countStart(folder: string): number {
  appendFileSync(join(folder, 'starts.jsonl'), `${JSON.stringify({ ...identifyProcess(), time_ms: Date.now() })}\n`);
  return readFileSync(join(folder, 'starts.jsonl'), 'utf8').trim().split('\n').length;
}

/** A process that was killed may have left half a line: what follows begins on its own. */
function endLine(path: string): void {
  if (existsSync(path) && !readFileSync(path).subarray(-1).equals(Buffer.from('\n')) && statSync(path).size > 0)
    appendFileSync(path, '\n');
}

function beat(folder: string): void {
  const place = join(folder, 'heartbeat');
  try {
    if (!existsSync(place)) writeFileSync(place, '');
    utimesSync(place, new Date(), new Date());
  } catch {
    // A full disk ends the run where it writes results; a missed beat is no reason.
  }
}

function writeWhole(path: string, value: unknown): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(value));
  renameSync(`${path}.tmp`, path);
}
