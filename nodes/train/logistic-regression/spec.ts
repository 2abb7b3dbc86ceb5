import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { checkLearner, learnerFields, learnerInputs, learnerOutputs, sayTarget } from '../../../shared/kind/learner.ts';

export const spec = defineSpec({
  kind: 'train.logistic-regression',
  version: 1,
  computes: 2,
  title: 'Logistic regression',
  about: 'Learns classes by a weighted sum of the features: quick, well understood, with coefficients to read.',
  keywords: [
    'LogisticRegression',
    'logit',
    'classifier',
    'classification',
    'linear model',
    'softmax',
    'maximum entropy',
    'binary classification',
    'logit model',
    'linear classifier',
    'predict a class',
  ],
  icon: 'spline',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    ...learnerFields,
    c: field.number({
      title: 'C',
      help: 'How freely coefficients may grow: the inverse of the penalty on their squares. Scale the features first, so that it means the same for each.',
      default: 1,
      min: 1e-6,
      max: 1e12,
      step: 0.1,
    }),
    classWeight: field.choice({
      title: 'Class weights',
      help: 'Balanced: rare classes count as much as frequent ones. Probabilities shift accordingly.',
      choices: { none: 'each row counts once', balanced: 'balanced' },
      default: 'none',
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ target, c }) => `predict the class of ${sayTarget(target)}, C = ${c}`,
  check: (context) => checkLearner(context),
});
