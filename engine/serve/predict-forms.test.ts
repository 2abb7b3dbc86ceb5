import { expect, test } from 'vitest';
import { openToyScorer } from '../../test/support/toy-scorer.ts';
import { tensorMetadata, writeMlflow, writeTensors } from './predict-forms.ts';

const answered = { prediction: 5, probabilities: null, lower: 4, upper: 6.5 };
const leftOut = { prediction: null, probabilities: null, lower: null, upper: null, note: 'left out' };
const figures = ['lower', 'upper'];

test('MLflow gets the prediction alone, and an object a row of a model with more outputs', () => {
  expect(writeMlflow([answered, leftOut], { figures: [] })).toEqual({ predictions: [5, null] });
  expect(writeMlflow([answered, leftOut], { figures })).toEqual({
    predictions: [
      { prediction: 5, lower: 4, upper: 6.5 },
      { prediction: null, lower: null, upper: null },
    ],
  });
});

test('the Open Inference Protocol gets a tensor an output, and its metadata name the same', async () => {
  expect(writeTensors([answered, leftOut], { classes: [], figures })).toEqual([
    { name: 'prediction', shape: [2], datatype: 'FP64', data: [5, null] },
    { name: 'lower', shape: [2], datatype: 'FP64', data: [4, null] },
    { name: 'upper', shape: [2], datatype: 'FP64', data: [6.5, null] },
  ]);
  expect(tensorMetadata({ ...(await openToyScorer('')), classes: [], figures }).outputs).toEqual([
    { name: 'prediction', datatype: 'FP64', shape: [-1] },
    { name: 'lower', datatype: 'FP64', shape: [-1] },
    { name: 'upper', datatype: 'FP64', shape: [-1] },
  ]);
});
