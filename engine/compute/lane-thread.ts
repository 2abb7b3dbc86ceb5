/** The body of a pooled thread: for each job, imports a module of `methods/` and calls its `work(data, index)`. */
import { parentPort } from 'node:worker_threads';
import type { ThreadJob, ThreadReply } from './thread-pool.ts';

const port = parentPort;
if (!port) throw new Error('lane-thread is started by a thread pool');

const reply = (message: ThreadReply): void => port.postMessage(message);

port.on('message', ({ module, index, data }: ThreadJob) => {
  import(module)
    .then((loaded: { work: (data: unknown, index: number) => unknown }) => loaded.work(data, index))
    .then(() => reply({ type: 'done' }))
    .catch((error: unknown) =>
      reply({ type: 'failed', error: error instanceof Error ? error : new Error(String(error)) }),
    );
});
