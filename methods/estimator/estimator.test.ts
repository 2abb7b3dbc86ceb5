import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactJson } from '../../shared/pipeline/canonical.ts';
import { decodeEstimator, encodeEstimator, type PlainEstimator, predictEstimator } from './estimator.ts';

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
const trees: PlainEstimator = {
  form: 'trees',
  ensemble: { objective: 'logistic', columns: 1, outputs: 1, baseScores: [0], trees: [stump] },
};
const softmax: PlainEstimator = {
  form: 'linear',
  model: {
    task: 'classification',
    classCount: 3,
    columns: ['a', 'b'],
    coefficients: Float64Array.of(1, 0, 0, 1, -1, -1),
    intercepts: Float64Array.of(0, 0, 0.5),
  },
};
const line: PlainEstimator = {
  form: 'linear',
  model: { task: 'regression', columns: ['a', 'b'], coefficients: Float64Array.of(2, -1), intercept: 3 },
};
const constant: PlainEstimator = { form: 'constant', values: Float64Array.of(0.25, 0.75) };

describe('predictions', () => {
  it('a constant gives every row the same answer', () => {
    expect(predictEstimator(constant, 'classification', new Float64Array(0), 2)).toEqual({
      prediction: Float64Array.of(1, 1),
      probabilities: Float64Array.of(0.25, 0.75, 0.25, 0.75),
    });
  });

  it('a line is a weighted sum, and a gap in it has no answer', () => {
    expect(predictEstimator(line, 'regression', Float64Array.of(1, 2, NaN, 2), 2)).toEqual({
      prediction: Float64Array.of(3, NaN),
      probabilities: new Float64Array(0),
    });
    const { prediction, probabilities } = predictEstimator(softmax, 'classification', Float64Array.of(NaN, 1), 1);
    expect([...prediction, ...probabilities]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('trees read values as float32: what differs beyond that falls on the same side', () => {
    const above = 1 + 2 ** -40;
    const { prediction } = predictEstimator(trees, 'classification', Float64Array.of(1, above, 1 + 2 ** -20, NaN), 4);
    expect([...prediction]).toEqual([0, 0, 1, 0]);
  });

  it('among equally likely classes the first is taken', () => {
    const even: PlainEstimator = { form: 'constant', values: Float64Array.of(0.4, 0.4, 0.2) };
    expect([...predictEstimator(even, 'classification', new Float64Array(0), 1).prediction]).toEqual([0]);
  });

  it('a row alone is predicted to the same bits as among others', () => {
    const forms: [PlainEstimator, 'classification' | 'regression', number][] = [
      [softmax, 'classification', 2],
      [line, 'regression', 2],
      [trees, 'classification', 1],
      [constant, 'classification', 0],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...forms),
        fc.array(fc.double(), { minLength: 2, maxLength: 40 }),
        ([estimator, task, columns], values) => {
          const rows = columns === 0 ? 3 : Math.floor(values.length / columns);
          const features = Float64Array.from(values.slice(0, rows * columns));
          const all = predictEstimator(estimator, task, features, rows);
          const classes = all.probabilities.length / rows;
          for (let row = 0; row < rows; row++) {
            const own = predictEstimator(estimator, task, features.slice(row * columns, (row + 1) * columns), 1);
            expect(own.prediction).toEqual(all.prediction.slice(row, row + 1));
            expect(own.probabilities).toEqual(all.probabilities.slice(row * classes, (row + 1) * classes));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the saved form', () => {
  it.each([
    ['trees', trees],
    ['softmax', softmax],
    ['line', line],
    ['constant', constant],
  ] as const)('%s comes back to the bit, through canonical JSON', (_name, estimator) => {
    const text = compactJson(encodeEstimator(estimator));
    expect(decodeEstimator(JSON.parse(text))).toEqual(estimator);
    expect(compactJson(encodeEstimator(decodeEstimator(JSON.parse(text))))).toBe(text);
  });

  it.each([
    ['nothing', null],
    ['an unknown form', { form: 'forest' }],
    ['no numbers', { form: 'constant' }],
    ['a cut array', { form: 'constant', values: 'AAAA' }],
    ['columns that do not fit', { ...Object(encodeEstimator(line)), columns: ['a'] }],
    ['classes that do not fit', { ...Object(encodeEstimator(softmax)), classes: 2 }],
    ['broken trees', { form: 'trees', ensemble: { format: 'flowyard-trees', version: 1 } }],
  ])('%s is refused', (_what, json) => {
    expect(() => decodeEstimator(json)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^(estimator.unreadable|trees.bad-model)$/) }),
    );
  });
});
