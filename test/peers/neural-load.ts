/** Trains the wide network until it is killed, as a runner does: a line after each epoch. */
import { trainInThread } from '../../engine/neural/train-in-thread.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { drawnExamples, drawnWeights, nets } from '../support/neural-nets.ts';

const net = nets['mlp-512'];
if (net === undefined) throw new Error('the net is gone');
await trainInThread(
  {
    network: net.network,
    train: drawnExamples(net.network, net.rows),
    initial: drawnWeights(net.network),
    settings: trainingSettings.parse({ epochs: 100_000, batchSize: net.batch }),
    device: 'cpu',
    onEpoch: ({ epoch }) => void process.stdout.write(`${epoch}\n`),
  },
  { threads: Number(process.argv[2] ?? 2), signal: new AbortController().signal },
);
