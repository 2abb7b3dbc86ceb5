import { expect, test } from 'vitest';
import { evaluateClassification } from './evaluate-classification.ts';

test('a positive class that there is not is refused with the classes that there are', () => {
  const scored = {
    rows: 2,
    withoutTarget: 0,
    measuredOn: 'test' as const,
    task: 'classification' as const,
    classes: [false, true],
    target: Float64Array.of(0, 1),
    unseen: [],
    prediction: Float64Array.of(0, 1),
    probabilities: Float64Array.of(0.9, 0.1, 0.2, 0.8),
  };
  expect(() => evaluateClassification(scored, { positive: 'yes', threshold: null })).toThrow(
    'There is no class "yes": the classes are "false" and "true".',
  );
});
