import { describe, expect, it } from 'vitest';
import { form as constantForm } from './constant/form.ts';
import { decodeEstimator } from './decode-estimator.ts';
import { predictEstimator } from './estimator.ts';
import { loadTask } from '../tasks/load-task.ts';
import { form as linearForm } from './linear/form.ts';
import { form as treesForm } from './trees/form.ts';

const regression = await loadTask('regression');
const classification = await loadTask('classification');
/** Left for x ≤ 1, and where x is missing. */
const stump = {
  feature: Int32Array.of(0, -1, -1),
  threshold: Float32Array.of(1, 0, 0),
  left: Int32Array.of(1, 0, 0),
  right: Int32Array.of(2, 0, 0),
  missingLeft: Uint8Array.of(1, 0, 0),
  value: Float32Array.of(0, -2, 2),
  gain: Float32Array.of(5, 0, 0),
  cover: Float32Array.of(9, 4, 5),
};
const trees = treesForm.open({ objective: 'logistic', columns: 1, outputs: 1, baseScores: [0], trees: [stump] });
const softmaxModel = {
  task: 'classification',
  classCount: 3,
  columns: ['a', 'b'],
  coefficients: Float64Array.of(1, 0, 0, 1, -1, -1),
  intercepts: Float64Array.of(0, 0, 0.5),
} as const;
const lineModel = {
  task: 'regression',
  columns: ['a', 'b'],
  coefficients: Float64Array.of(2, -1),
  intercept: 3,
} as const;
const softmax = linearForm.open(softmaxModel);
const line = linearForm.open(lineModel);
const constant = constantForm.open(Float64Array.of(0.25, 0.75));

describe('predictions', () => {
  it('a constant gives every row the same answer', () => {
    expect(predictEstimator(constant, classification, new Float64Array(0), 2)).toEqual({
      prediction: Float64Array.of(1, 1),
      probabilities: Float64Array.of(0.25, 0.75, 0.25, 0.75),
    });
  });

  it('a line is a weighted sum, and a gap in it has no answer', () => {
    expect(predictEstimator(line, regression, Float64Array.of(1, 2, NaN, 2), 2)).toEqual({
      prediction: Float64Array.of(3, NaN),
      probabilities: new Float64Array(0),
    });
    const { prediction, probabilities } = predictEstimator(softmax, classification, Float64Array.of(NaN, 1), 1);
    expect([...prediction, ...probabilities]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('trees read values as float32: what differs beyond that falls on the same side', () => {
    const above = 1 + 2 ** -40;
    const { prediction } = predictEstimator(trees, classification, Float64Array.of(1, above, 1 + 2 ** -20, NaN), 4);
    expect([...prediction]).toEqual([0, 0, 1, 0]);
  });

  it('among equally likely classes the first is taken', () => {
    const even = constantForm.open(Float64Array.of(0.4, 0.4, 0.2));
    expect([...predictEstimator(even, classification, new Float64Array(0), 1).prediction]).toEqual([0]);
  });
});

describe('the saved form', () => {
  it.each([
    ['nothing', null],
    ['an unknown form', { form: 'forest' }],
    ['no numbers', { form: 'constant' }],
    ['a cut array', { form: 'constant', values: 'AAAA' }],
    ['columns that do not fit', { ...Object(linearForm.encode(lineModel)), columns: ['a'] }],
    ['classes that do not fit', { ...Object(linearForm.encode(softmaxModel)), classes: 2 }],
    ['broken trees', { form: 'trees', ensemble: { format: 'flowyard-trees', version: 1 } }],
    ['a form that is a path', { form: '../../nodes/runs' }],
    ['a network without its weights', { form: 'neural' }],
  ])('%s is refused', async (_what, json) => {
    await expect(decodeEstimator(json)).rejects.toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(estimator.unreadable|trees.bad-model)$/) }),
    );
  });
});
