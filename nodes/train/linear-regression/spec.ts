import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { checkLearner, learnerFields, learnerInputs, learnerOutputs, sayTarget } from '../../../shared/kind/learner.ts';

export const spec = defineSpec({
  kind: 'train.linear-regression',
  version: 1,
  computes: 1,
  title: 'Linear regression',
  about: 'Learns a number by a weighted sum of the features: least squares, or ridge with a penalty.',
  keywords: [
    'LinearRegression',
    'Ridge',
    'OLS',
    'least squares',
    'regression',
    'linear model',
    'ridge regression',
    'multiple regression',
    'lm',
    'predict a number',
  ],
  icon: 'trending-up',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    ...learnerFields,
    alpha: field.number({
      title: 'Alpha',
      help: 'The penalty on squared coefficients (ridge). 0: ordinary least squares, with standard errors.',
      default: 0,
      min: 0,
      max: 1e12,
      step: 0.1,
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ target, alpha }) =>
    `predict ${sayTarget(target)} by ${alpha === 0 ? 'least squares' : `ridge, alpha = ${alpha}`}`,
  check: (context) =>
    checkLearner(context, { families: ['number', 'boolean'], say: 'linear regression predicts numbers' }),
});
