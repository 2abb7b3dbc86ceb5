import { expect, test } from 'vitest';
import { toProblem } from '../../shared/errors.ts';
import { network, type Network } from '../../shared/neural/network.ts';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { memoryNeed, refuseTooLarge } from './refuse-too-large.ts';

const wide = network.parse({
  input: { kind: 'image', channels: 1, height: 100, width: 100 },
  layers: [{ layer: 'conv2d', filters: 16 }, { layer: 'flatten' }, { layer: 'dense', units: 10 }],
  output: { kind: 'classes', count: 2 },
});
const settings = trainingSettings.parse({ batchSize: 1000, optimizer: 'adam' });
const refused = (free: number, rows = 5000): unknown => {
  try {
    refuseTooLarge(wide, settings, { rows, free });
    return undefined;
  } catch (thrown) {
    const { code, message, mend } = toProblem(thrown);
    return { code, message, mend };
  }
};

test('what a training needs: weights with their moments twice and their gradients, and what every layer gives for each row', () => {
  const [convolution, dense, head] = [16 * 9 + 16, 160_000 * 10 + 10, 10 * 2 + 2];
  expect(memoryNeed(wide, settings, 1000)).toEqual({
    weights: 7 * 4 * (convolution + dense + head),
    row: 4 * (10_000 + 160_000 + 10 + 2),
    largest: { layer: 0, bytes: 7 * 4 * convolution + 4 * 1000 * 160_000 },
  });
});

test('frozen weights are there once', () => {
  const encoder = (more: object): Network =>
    network.parse({
      input: { kind: 'tokens', length: 8, vocabulary: 100 },
      layers: [{ layer: 'embedding', size: 16 }, { layer: 'transformer', heads: 2 }, { layer: 'global-pool' }],
      output: { kind: 'classes', count: 2 },
      ...more,
    });
  const learnt = memoryNeed(encoder({}), settings, 4).weights;
  const frozen = memoryNeed(encoder({ lowRank: { rank: 1, alpha: 1 } }), settings, 4).weights;
  expect(frozen).toBeLessThan(learnt / 3);
});

test('a batch that does not fit is refused with the layer that needs the most and the batch that fits', () => {
  expect(refused(2 ** 29)).toEqual({
    code: 'neural.no-memory',
    message: 'A step of this training takes 0.68 GB, 0.6 GB of it for layer 1 (conv2d); 0.5 GB are free.',
    mend: 'Make the batch smaller: at most 723 (now 1,000), or that layer.',
  });
});

test('weights that do not fit are refused whatever the batch; what fits passes, and fewer rows than a batch need less', () => {
  expect(refused(2 ** 25)).toMatchObject({
    mend: 'Make that layer smaller: its weights alone do not fit, whatever the batch.',
  });
  expect(refused(2 ** 31)).toBeUndefined();
  expect(refused(2 ** 29, 100)).toBeUndefined();
});
