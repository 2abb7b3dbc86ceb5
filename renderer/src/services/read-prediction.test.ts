import { expect, it } from 'vitest';
import { readPrediction } from './read-prediction.ts';

it('reads the first prediction with its chances, greatest first', () => {
  expect(
    readPrediction({
      predictions: [{ prediction: 'Gentoo', probabilities: { Adelie: 0.1, Gentoo: 0.9 } }],
      model: 'm',
      version: 1,
    }),
  ).toEqual({
    text: 'Gentoo',
    chances: [
      { label: 'Gentoo', chance: 0.9 },
      { label: 'Adelie', chance: 0.1 },
    ],
    figures: [],
    note: null,
  });
  expect(readPrediction({ predictions: [{ prediction: 12.3456789, note: 'x' }] })).toEqual({
    text: '12.3457',
    chances: [],
    figures: [],
    note: 'x',
  });
});
it('reads the numbers beside a prediction', () => {
  expect(
    readPrediction({ predictions: [{ prediction: 100, probabilities: null, lower: 90.00000001, upper: null }] }),
  ).toEqual({ text: '100', chances: [], figures: [{ name: 'lower', text: '90' }], note: null });
});
it('leaves other answers as they are', () => {
  expect([readPrediction({ error: 'no' }), readPrediction({ predictions: [] }), readPrediction(null)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
