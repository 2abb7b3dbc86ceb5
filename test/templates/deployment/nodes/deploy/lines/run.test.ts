import { expect, it } from 'vitest';
import { modelLike, tryTask } from '../../../test/support/try-task.ts';
import run from './run.ts';
import { spec } from './spec.ts';

it('declares a service of its own type', async () => {
  const model = modelLike({});
  const made = await tryTask(spec, run, { name: 'penguins' }, { models: { model } });
  expect(made.services).toEqual([
    ['service', { name: 'penguins', model, settings: { kind: 'lines', port: null, auth: 'token' } }],
  ]);
});
