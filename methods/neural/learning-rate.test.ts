import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trainingSettings } from '../../shared/neural/training-settings.ts';
import { learningRate } from './learning-rate.ts';

const ratesOf = (given: Record<string, unknown>, steps = 4): number[] => {
  const settings = trainingSettings.parse({ learningRate: 0.1, epochs: 3, ...given });
  return Array.from({ length: settings.epochs * steps }, (_, i) => Number(learningRate(settings, i, steps).toFixed(5)));
};

test('the warm-up climbs in equal steps, then the schedule begins', () => {
  expect(ratesOf({ schedule: 'constant', warmUpEpochs: 1 })).toEqual([
    0.025,
    0.05,
    0.075,
    0.1,
    ...Array<number>(8).fill(0.1),
  ]);
  expect(ratesOf({ schedule: 'linear', warmUpEpochs: 1 }).slice(4)).toEqual([
    0.1, 0.08571, 0.07143, 0.05714, 0.04286, 0.02857, 0.01429, 0,
  ]);
});
test('cosine is half way in the middle, step falls every so many epochs', () => {
  const cosine = ratesOf({ schedule: 'cosine', finalRate: 0.2 }, 3);
  expect([cosine[0], cosine[4], cosine[8]]).toEqual([0.1, 0.06, 0.02]);
  expect(ratesOf({ schedule: 'step', stepEpochs: 1, stepFactor: 0.5 }, 2)).toEqual([
    0.1, 0.1, 0.05, 0.05, 0.025, 0.025,
  ]);
});
test('no schedule leaves the range from 0 to the rate', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('constant', 'cosine', 'linear', 'step'),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 30 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (schedule, epochs, steps, warmUpEpochs) => {
        for (const rate of ratesOf({ schedule, epochs, warmUpEpochs }, steps))
          expect(rate >= 0 && rate <= 0.1).toBe(true);
      },
    ),
  );
});
