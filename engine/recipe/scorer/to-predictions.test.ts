import { expect, test } from 'vitest';
import type { ModelTask } from '../../../methods/tasks/model-task.ts';
import { loadTask } from '../../../methods/tasks/load-task.ts';
import type { ModelFile } from '../model-file.ts';
import { toPredictions } from './to-predictions.ts';

/** Only what answering reads of a task. */
const intervalAnswers: ModelTask['answers'] = () => [
  { name: 'prediction', type: 'DOUBLE', from: 'prediction' },
  { name: 'lower', type: 'DOUBLE', from: { figure: 0 } },
  { name: 'upper', type: 'DOUBLE', from: { figure: 1 } },
];
const answered = (task: ModelTask, classes: ModelFile['classes']): Parameters<typeof toPredictions>[0] => ({
  task,
  model: { target: { name: 'y', type: 'DOUBLE' }, classes } as ModelFile,
});
const [prediction, probabilities] = [Float64Array.of(1, NaN, 0), Float64Array.of(0.25, 0.75, NaN, NaN, 0, 0)];
const answers = { prediction, probabilities, rows: 3, notes: new Map([[2, 'left out']]) };

test('classes stand with their probabilities', async () => {
  expect(JSON.stringify(toPredictions(answered(await loadTask('classification'), ['a', 'b']), answers))).toBe(
    '[{"prediction":"b","probabilities":{"a":0.25,"b":0.75}},{"prediction":null,"probabilities":{"a":null,"b":null}},{"prediction":null,"probabilities":null,"note":"left out"}]',
  );
});

test.each(['regression', 'clustering', 'anomaly'])('%s gives a number alone', async (name) => {
  const given = { ...answers, probabilities: new Float64Array(0) };
  expect(JSON.stringify(toPredictions(answered(await loadTask(name), []), given))).toBe(
    '[{"prediction":1,"probabilities":null},{"prediction":null,"probabilities":null},{"prediction":null,"probabilities":null,"note":"left out"}]',
  );
});

test('numbers that are no probabilities stand by their names, missing ones as null', async () => {
  const interval = { ...(await loadTask('regression')), answers: intervalAnswers };
  expect(toPredictions(answered(interval, []), answers)).toEqual([
    { prediction: 1, probabilities: null, lower: 0.25, upper: 0.75 },
    { prediction: null, probabilities: null, lower: null, upper: null },
    { prediction: null, probabilities: null, lower: null, upper: null, note: 'left out' },
  ]);
});

test('numbers beside classes too', async () => {
  const both: ModelTask = {
    ...(await loadTask('classification')),
    answers: () => [
      { name: 'prediction', type: 'VARCHAR', from: 'label' },
      { name: 'probability_a', type: 'DOUBLE', from: { figure: 0 } },
      { name: 'distance', type: 'DOUBLE', from: { figure: 1 } },
    ],
  };
  expect(toPredictions(answered(both, ['a']), { ...answers, prediction: Float64Array.of(0), rows: 1 })).toEqual([
    { prediction: 'a', probabilities: { a: 0.25 }, distance: 0.75 },
  ]);
});
