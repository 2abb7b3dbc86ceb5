/**
 * Trains three networks for one task as a runner does, two side by side and then one more, with their checkpoints in a folder, and prints a line after each
 * epoch and the weights at the end. It kills itself where it is told to: no training of it runs ahead of what it has heard, since each epoch's checkpoint is waited for.
 */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { trainInThread } from '../../engine/neural/train-in-thread.ts';
import { checkpointFiles } from '../../engine/store/artifacts/checkpoints.ts';
import { network } from '../../shared/neural/network.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { drawnExamples } from './neural-nets.ts';

const [folder = '.', how] = process.argv.slice(2);
/** How many epochs each fold has told. */
const reported: [number, number, number] = [0, 0, 0];
const isEnough: Readonly<Record<string, () => boolean>> = {
  'killed-in-both': () => reported[0] >= 3 && reported[1] >= 3,
  'killed-in-one': () => reported[0] >= 3 || reported[1] >= 3,
  'killed-in-third': () => reported[2] >= 4,
};
const net = network.parse({
  input: { kind: 'table', numbers: 20 },
  layers: [
    { layer: 'dense', units: 64, activation: 'relu' },
    { layer: 'dropout', rate: 0.2 },
    { layer: 'batch-norm' },
    { layer: 'dense', units: 32, activation: 'gelu' },
  ],
  output: { kind: 'classes', count: 4 },
});
const files = checkpointFiles(folder, 'training');
const train = async (fold: 1 | 2 | 3): Promise<string> => {
  const trained = await trainInThread(
    {
      network: net,
      train: drawnExamples(net, 1000, fold),
      validation: drawnExamples(net, 100, 5),
      settings: trainingSettings.parse({
        epochs: 20,
        batchSize: 32,
        optimizer: 'adamw',
        weightDecay: 0.01,
        warmUpEpochs: 2,
        schedule: 'cosine',
      }),
      device: 'cpu',
      onEpoch: ({ epoch }) => {
        writeSync(1, `fold ${fold} epoch ${epoch}\n`);
        reported[fold - 1]! += 1;
        if (isEnough[how ?? '']?.() === true) process.kill(process.pid, 'SIGKILL');
      },
    },
    {
      threads: 1,
      signal: new AbortController().signal,
      checkpoints: (job) => ({ read: () => files.load(job), write: (bytes) => files.save(bytes, job) }),
      checkpointMs: 5,
    },
  );
  const hash = createHash('sha256');
  for (const { values } of trained.weights)
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return hash.digest('hex');
};
const weights = [...(await Promise.all([train(1), train(2)])), await train(3)];
process.stdout.write(`weights ${weights.join(' ')}\n`);
if (how === 'forget') await files.remove();
