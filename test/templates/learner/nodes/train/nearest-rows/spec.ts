import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { checkLearner, learnerFields, learnerInputs, learnerOutputs, sayTarget } from '../../../shared/kind/learner.ts';

export const spec = defineSpec({
  kind: 'train.nearest-rows',
  version: 1,
  computes: 1,
  title: 'Intervals by neighbours',
  about: 'Predicts a number with its bounds: mean, smallest and largest target of the training rows that are nearest.',
  keywords: [
    'KNeighborsRegressor',
    'prediction interval',
    'lower and upper estimate',
    'neighbour mean',
    'lazy learner',
  ],
  icon: 'git-commit-horizontal',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    ...learnerFields,
    neighbours: field.integer({
      title: 'Neighbours',
      help: 'How many of the nearest training rows answer (n_neighbors).',
      default: 5,
      min: 1,
      max: 1000,
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ target, neighbours }) => `predict ${sayTarget(target)} by ${neighbours} neighbours`,
  check: (context) => checkLearner(context, { families: ['number'], say: 'intervals are of numbers' }),
});
