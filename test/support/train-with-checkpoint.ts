/** Trains a network as a runner does, with its checkpoint in a folder, and prints a line after each epoch and the weights at the end: to be killed anywhere. */
import { createHash } from 'node:crypto';
import { trainInThread } from '../../engine/neural/train-in-thread.ts';
import { checkpointFile } from '../../engine/store/checkpoints.ts';
import { network } from '../../shared/neural/network.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { drawnExamples } from './neural-nets.ts';

const [folder = '.'] = process.argv.slice(2);
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
const file = checkpointFile(folder, 'training');
const trained = await trainInThread(
  {
    network: net,
    train: drawnExamples(net, 1000),
    validation: drawnExamples(net, 100, 5),
    settings: trainingSettings.parse({
      epochs: 30,
      batchSize: 32,
      optimizer: 'adamw',
      weightDecay: 0.01,
      warmUpEpochs: 2,
      schedule: 'cosine',
    }),
    device: 'cpu',
    onEpoch: ({ epoch }) => void process.stdout.write(`${epoch}\n`),
  },
  {
    threads: 1,
    signal: new AbortController().signal,
    checkpoints: { read: file.load, write: file.save },
    checkpointMs: 5,
  },
);
const hash = createHash('sha256');
for (const { values } of trained.weights)
  hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
process.stdout.write(`weights ${hash.digest('hex')}\n`);
