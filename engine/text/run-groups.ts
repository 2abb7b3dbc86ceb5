/**
 * Groups of texts through a network, side by side where there are many: in threads that each have a network of their own, since the numbers of one network
 * would depend on how many threads it has.
 */
import { Worker } from 'node:worker_threads';
import { FlowyardError, type Problem } from '../../shared/errors.ts';
import type { TextNetworkFiles } from './open-text-network.ts';
import type { TextNetwork } from './text-network.ts';
import type { EncodedText } from './tokenizer.ts';

export type GroupResult = Awaited<ReturnType<TextNetwork['run']>>;
export type GroupReply = { made: GroupResult } | { failed: Problem | { message: string } };

export interface GroupRunner {
  /** Texts of one length that may go in together. */
  group: number;
  /** `visit` hears of each group as it is done, in any order. */
  run: <T extends { encoded: EncodedText }>(
    groups: readonly (readonly T[])[],
    signal: AbortSignal,
    visit: (group: readonly T[], made: GroupResult) => void,
  ) => Promise<void>;
  close: () => Promise<void>;
}

/** Fewer are done before a thread has loaded its network. */
const groupsPerThread = 16;
/** What the threads' networks may take of memory together. */
const mostBytes = 2 ** 30;

export function openGroupRunner(network: TextNetwork, files: TextNetworkFiles, threads: number): GroupRunner {
  const workers: Worker[] = [];
  const most = Math.min(threads, Math.floor(mostBytes / Math.max(1, files.network.bytes)));
  return {
    group: network.group,
    run: async (groups, signal, visit) => {
      const count = Math.min(most, Math.floor(groups.length / groupsPerThread));
      while (count > 1 && workers.length < count) workers.push(startThread(files));
      const lanes = count > 1 ? workers.slice(0, count).map((worker) => askThread(worker)) : [network.run];
      const left = groups.values();
      let isStopped = false;
      const ends = await Promise.allSettled(
        lanes.map(async (lane) => {
          try {
            for (const group of left) {
              signal.throwIfAborted();
              if (isStopped) return;
              visit(group, await lane(group.map((one) => one.encoded)));
            }
          } catch (thrown) {
            isStopped = true;
            throw thrown;
          }
        }),
      );
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
    close: async () => {
      await Promise.all(workers.map(endThread));
      await network.close();
    },
  };
}

function startThread({ network, config, longest }: TextNetworkFiles): Worker {
  const worker = new Worker(new URL('./encode-thread.ts', import.meta.url), {
    workerData: { network, config, longest } satisfies TextNetworkFiles,
  });
  worker.unref();
  return worker;
}

/** A thread that is ended from outside within a call of the network takes the process with it: it is told, and ends by itself. */
async function endThread(worker: Worker): Promise<void> {
  if (worker.threadId < 0) return;
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.ref();
  worker.postMessage(null);
  await ended;
}

/** One question at a time. */
const askThread =
  (worker: Worker): TextNetwork['run'] =>
  (group) =>
    new Promise((resolve, reject) => {
      const finish = (work: () => void): void => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit).unref();
        work();
      };
      const onMessage = (reply: GroupReply): void =>
        finish(() => {
          if ('made' in reply) resolve(reply.made);
          else reject('code' in reply.failed ? new FlowyardError(reply.failed) : new Error(reply.failed.message));
        });
      const onError = (error: Error): void => finish(() => reject(error));
      const onExit = (): void => finish(() => reject(new Error('A thread that encodes texts ended early.')));
      worker.on('message', onMessage).on('error', onError).on('exit', onExit).ref();
      worker.postMessage(group);
    });
