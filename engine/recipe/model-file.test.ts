import { expect, it } from 'vitest';
import { loadTask } from '../../methods/tasks/load-task.ts';
import { readModel, writeModel, type ModelFile } from './model-file.ts';

const model: ModelFile = {
  format: 1,
  kind: 'train.gradient-boosting',
  task: 'classification',
  target: { name: 'grown', type: 'BOOLEAN' },
  classes: [false, true],
  base: { key: 'k', columns: [{ name: 'x', type: 'DOUBLE' }] },
  needed: ['x'],
  steps: [],
  features: [{ name: 'x', type: 'DOUBLE' }],
  estimator: { form: 'constant', values: '' },
  outputs: [
    { name: 'prediction', type: 'BOOLEAN' },
    { name: 'probability_false', type: 'DOUBLE' },
    { name: 'probability_true', type: 'DOUBLE' },
  ],
  facts: {},
};

it.each([
  ['classification', [false, true]],
  ['regression', []],
])('a file from before models said what they give reads as one of %s that says it', async (name, classes) => {
  const { outputs: _, ...old } = { ...model, task: name, classes };
  const { answers } = await loadTask(name);
  const wanted = answers({ target: model.target, classes }).map(({ name: column, type }) => ({ name: column, type }));
  expect(readModel(JSON.stringify(old))).toEqual({ ...old, outputs: wanted });
});

it('a file comes back as it was written', () => {
  expect(readModel(writeModel(model))).toEqual(model);
  expect(writeModel(readModel(writeModel(model)))).toBe(writeModel(model));
});
