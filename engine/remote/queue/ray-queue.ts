/** Ray Jobs: one a task, under ids of ours. What a run tells is read from its job's log, which needs no shell. */
import { rootWord, type RemoteFiles } from '../staging/files.ts';
import { wholeLines, type Look, type Watched } from '../placement/look.ts';
import type { JobOrder, JobStatus, Queue } from './queue.ts';
import type { RayApi, RayJob } from '../shell/ray-api.ts';

/** Printed by the engine at its end. */
const exitWord = '@fy-exit ';
const stopsWithinMs = 15_000;

export function openRayQueue(api: RayApi, root: string, files: Pick<RemoteFiles, 'must'>): Queue {
  return {
    submit: async (order) => {
      const ids = order.tasks.map((task) => idOf(order.name, task));
      for (const [i, task] of order.tasks.entries())
        await api.submit({ ...toSubmission(order, root, task), id: ids[i] ?? '' });
      return ids.join(',');
    },
    status: async (jobs) => {
      if (jobs.length === 0) return new Map();
      const all = new Map((await api.jobs()).map((job) => [job.submission_id ?? '', job]));
      return new Map(jobs.map((job) => [job.name, together(job.id.split(',').map((id) => all.get(id)))]));
    },
    cancel: async (job) => {
      const ids = job.id.split(',');
      for (const id of ids) await api.stop(id);
      // A job that waits is stopped by Ray when it would begin, not before: then the run's folder tells the engine, too.
      const untilMs = Date.now() + stopsWithinMs;
      while (Date.now() < untilMs) {
        const states = await Promise.all(ids.map((id) => api.job(id)));
        if (states.every((state) => state === undefined || isOver(state))) return;
        if (states.every((state) => state?.status === 'PENDING'))
          return void (await files.must('cancelling', `mkdir -p runs/${job.run} && touch runs/${job.run}/cancel`));
        await new Promise((done) => setTimeout(done, 300));
      }
    },
    load: async () => {
      const [jobs, nodes] = await Promise.all([api.jobs(), api.nodes()]);
      const count = (status: RayJob['status']): number => jobs.filter((job) => job.status === status).length;
      return {
        running: count('RUNNING'),
        waiting: count('PENDING'),
        words: `${nodes.busy} of ${nodes.cores} cores in use`,
      };
    },
    close: () => undefined,
  };
}

export async function lookAtRay(api: RayApi, watched: readonly Watched[]): Promise<Look[]> {
  if (watched.length === 0) return [];
  const jobs = await api.jobs();
  return Promise.all(
    watched.map(async ({ run, task, offset }): Promise<Look> => {
      const nothing: Look = { lines: [], offset, hasMore: false, exit: undefined, silentS: null, stderr: '' };
      const mine = jobs
        .filter((job) => isTaskOf(job.submission_id ?? '', run, task))
        .sort((a, b) => (b.start_time ?? 0) - (a.start_time ?? 0))[0];
      if (mine === undefined || mine.status === 'PENDING') return nothing;
      const bytes = Buffer.from(await api.logs(mine.submission_id ?? ''));
      const { lines, used } = wholeLines(bytes.subarray(offset));
      const exit = lines.find((line) => line.startsWith(exitWord))?.slice(exitWord.length);
      const stderr = isOver(mine) && exit === undefined ? bytes.toString().slice(-2000) : '';
      return {
        lines,
        offset: offset + used,
        hasMore: false,
        exit,
        silentS: mine.status === 'RUNNING' ? 0 : null,
        stderr,
      };
    }),
  );
}

const idOf = (name: string, task: number): string => `${name}.t${task}`;
const isTaskOf = (id: string, run: string, task: number): boolean =>
  id.startsWith(`fy-${run}`) &&
  /^(-whole)?(-\d+)?$/.test(id.slice(`fy-${run}`.length, id.lastIndexOf('.'))) &&
  id.endsWith(`.t${task}`);
const isOver = ({ status }: RayJob): boolean => status === 'SUCCEEDED' || status === 'FAILED' || status === 'STOPPED';

function toSubmission({ run, tasks, resources, command }: JobOrder, root: string, task: number) {
  // A single task without wishes runs on the head, where its files are. Several are spread: they need a root that all nodes see.
  const isSpread = tasks.length > 1 || resources.cores !== undefined || (resources.gpus ?? 0) > 0;
  const check = `[ -e order.json ] || { echo "@fy-missing: the folder of the run is not on $(hostname)"; exit 97; }`;
  return {
    entrypoint: `ROOT=${rootWord(root)}; export ROOT; cd "$ROOT/runs/${run}" && ${check}; cd "$ROOT"; TASK=${task}; export TASK; ${command}`,
    env: { FLOWYARD_ECHO: '1' },
    ...(isSpread ? { cores: resources.cores ?? 1, gpus: resources.gpus } : {}),
    memoryMb: resources.memoryMb,
  };
}

/** All tasks as one: running when one runs, gone when none is there or waits. */
function together(jobs: readonly (RayJob | undefined)[]): JobStatus {
  if (jobs.some((job) => job?.status === 'RUNNING')) return { state: 'running', words: 'Ray runs it' };
  if (jobs.some((job) => job?.status === 'PENDING')) {
    const message = jobs.find((job) => job?.status === 'PENDING')?.message ?? '';
    return {
      state: 'waiting',
      words: /resource/i.test(message)
        ? 'it waits for free cores; more than the cluster has would never start'
        : 'Ray has not begun it yet',
    };
  }
  const failed = jobs.find((job) => job?.status === 'FAILED');
  if (failed !== undefined)
    return {
      state: 'gone',
      words: `Ray says it failed: ${(failed.message ?? '').split('\n')[0]?.slice(0, 300) ?? ''}`,
    };
  return {
    state: 'gone',
    words: jobs.every((job) => job === undefined) ? 'Ray no longer knows it' : 'Ray says it ended',
  };
}
