/**
 * Threads that stay warm between jobs. Starting one takes tens of milliseconds, which a small training would feel. A job is a module of `methods/` that
 * exports `work(data, index)`; shared memory in `data` is how its threads meet.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

export interface ThreadJob {
  readonly module: string;
  readonly index: number;
  readonly data: unknown;
}
export type ThreadReply = { readonly type: 'done' } | { readonly type: 'failed'; readonly error: Error };

export interface StartedThreads {
  /** Waits until all have come to their end, and stops those that have not after a second. */
  readonly terminate: () => Promise<void>;
  /** Rejects when a thread throws or dies; resolves when all are done. */
  readonly failed: Promise<void>;
}

export interface ThreadPool extends AsyncDisposable {
  readonly startWorkers: (module: string, count: number, data: unknown) => Promise<StartedThreads>;
}

export interface ThreadPoolOptions {
  /** The `lane-thread` module. */
  readonly entry?: URL;
  /** Where `trees/lane-worker` and other modules of `methods/` are. */
  readonly moduleUrl?: (module: string) => URL;
  /** How long a thread without work is kept. */
  readonly idleMs?: number;
}

const endsWithinMs = 1000;

// Runners run these files as they are, in a checkout and in the packaged app, which keeps their names.
const ownEntry = (): URL => new URL('./lane-thread.ts', import.meta.url);
const ownModule = (module: string): URL => new URL(`../../methods/${module}.ts`, import.meta.url);

export function openThreadPool(options: ThreadPoolOptions = {}): ThreadPool {
  const { entry = ownEntry(), moduleUrl = ownModule, idleMs = 30_000 } = options;
  const idle = new Map<Worker, NodeJS.Timeout>();
  const all = new Set<Worker>();

  const take = (): Worker => {
    for (const [worker, timer] of idle) {
      clearTimeout(timer);
      idle.delete(worker);
      return worker;
    }
    const worker = new Worker(entry);
    all.add(worker);
    worker.once('exit', () => {
      all.delete(worker);
      clearTimeout(idle.get(worker));
      idle.delete(worker);
    });
    return worker;
  };
  const giveBack = (worker: Worker): void => {
    if (!all.has(worker)) return;
    // Neither an idle thread nor its timer keeps the process alive.
    worker.unref();
    const timer = setTimeout(() => void worker.terminate(), idleMs);
    timer.unref();
    idle.set(worker, timer);
  };

  const startWorkers = async (module: string, count: number, data: unknown): Promise<StartedThreads> => {
    const url = moduleUrl(module);
    if (!existsSync(url)) throw new Error(`There is no module ${module} to run in threads (${url.href}).`);
    const workers = Array.from({ length: count }, take);
    const ends = workers.map((worker, index) => runJob(worker, { module: url.href, index, data }));
    const failed = Promise.all(ends).then(() => {});
    failed.catch(() => {});
    const terminate = async (): Promise<void> => {
      await Promise.all(
        workers.map(async (worker, i) => {
          const ended = ends[i]?.then(
            () => true,
            () => false,
          );
          if (await withinMs(ended ?? Promise.resolve(false), endsWithinMs)) giveBack(worker);
          else await worker.terminate();
        }),
      );
    };
    return { terminate, failed };
  };

  return {
    startWorkers,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

/** Resolves when the job is done, rejects when it throws or the thread dies. */
function runJob(worker: Worker, job: ThreadJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: Error): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      if (error) reject(error);
      else resolve();
    };
    const onMessage = (message: ThreadReply): void => finish(message.type === 'failed' ? message.error : undefined);
    const onError = (error: unknown): void => finish(error instanceof Error ? error : new Error(String(error)));
    const onExit = (): void => finish(new Error('A computing thread ended early.'));
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.ref();
    worker.postMessage(job);
  });
}

async function withinMs(promise: Promise<boolean>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
