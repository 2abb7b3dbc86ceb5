import { expect, test } from 'vitest';
import { network } from '../../shared/neural/network.ts';
import { drawnExamples, drawnWeights } from '../../test/support/neural-nets.ts';
import { openForward } from './open-forward.ts';

const classes = { kind: 'classes', count: 5 };
const networks = {
  'a wide table': { input: { kind: 'table', numbers: 700 }, layers: [{ layer: 'dense', units: 500 }], output: classes },
  images: {
    input: { kind: 'image', channels: 3, height: 21, width: 21 },
    layers: [{ layer: 'conv2d', filters: 20 }, { layer: 'conv2d', filters: 37, kernel: 5 }, { layer: 'global-pool' }],
    output: classes,
  },
};

// A service answers on one thread and a batch on all that the machine has.
test.each(Object.entries(networks))('%s: the same bits on any number of threads', async (_, given) => {
  const net = network.parse(given);
  const { numbers, count } = drawnExamples(net, 19);
  const answers: Float32Array[] = [];
  for (const threads of [1, 2, 7]) {
    const forward = await openForward(net, drawnWeights(net), threads);
    answers.push((await forward.run({ count, ...(numbers === undefined ? {} : { numbers }) })).values);
    await forward.close();
  }
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
});
