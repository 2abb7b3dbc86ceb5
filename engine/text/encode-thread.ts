/** A thread with a text network of its own, for `run-groups.ts`: a group of texts comes in, its numbers go out. */
import { parentPort, workerData } from 'node:worker_threads';
import { FlowyardError } from '../../shared/errors.ts';
import { openTextNetwork, type TextNetworkFiles } from './open-text-network.ts';
import type { EncodedText } from './tokenizer.ts';
import type { GroupReply } from './run-groups.ts';

const port = parentPort;
if (port === null) throw new Error('encode-thread is started by run-groups');
const opening = openTextNetwork(workerData as TextNetworkFiles);
// It is told with the first group.
opening.catch(() => {});

port.on('message', (group: readonly EncodedText[] | null) => {
  if (group === null) {
    const closing = opening.then((network) => network.close());
    void closing.catch(() => {}).finally(() => port.close());
    return;
  }
  opening
    .then((network) => network.run(group))
    .then((made) => port.postMessage({ made } satisfies GroupReply))
    .catch((thrown: unknown) => {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      port.postMessage({
        failed: thrown instanceof FlowyardError ? thrown.problem : { message },
      } satisfies GroupReply);
    });
});
