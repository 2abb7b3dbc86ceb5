import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import {
  checkLearner,
  learnerFields,
  learnerInputs,
  learnerOutputs,
  sayTarget,
  taskField,
} from '../../../shared/kind/learner.ts';

export const spec = defineSpec({
  kind: 'train.baseline',
  version: 1,
  computes: 2,
  title: 'Baseline',
  about:
    'The simple answer that every other model has to beat: always the same value, or a linear model for whatever the target is.',
  keywords: [
    'DummyClassifier',
    'DummyRegressor',
    'dummy',
    'benchmark',
    'majority class',
    'mean',
    'naive model',
    'null model',
    'ZeroR',
    'mean predictor',
  ],
  icon: 'minus',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    ...learnerFields,
    task: taskField,
    strategy: field.choice({
      title: 'Strategy',
      help: 'Constant: the share of each class, or the mean or median. Linear: logistic regression for classes, least squares for numbers.',
      choices: { constant: 'always the same answer', linear: 'a linear model' },
      default: 'constant',
    }),
    constant: field.choice({
      title: 'Constant for numbers',
      help: 'What is always predicted for a number.',
      choices: { mean: 'the mean', median: 'the median' },
      default: 'mean',
      when: { param: 'strategy', is: ['constant'] },
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ target, strategy }) =>
    `predict ${sayTarget(target)} by ${strategy === 'linear' ? 'a linear model' : 'always the same answer'}`,
  check: (context) => {
    const findings = checkLearner(context);
    // A constant reads no column.
    return context.params.strategy === 'constant'
      ? findings.filter((f) => f.code !== 'train.no-features' && f.code !== 'train.text-left-out')
      : findings;
  },
});
