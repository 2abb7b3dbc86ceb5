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
  kind: 'train.gradient-boosting',
  version: 1,
  computes: 3,
  title: 'Gradient boosting',
  about:
    'Learns classes or numbers by many small trees, each mending what the ones before got wrong. Strong on tables; takes missing values as they are.',
  keywords: [
    'n_estimators',
    'num_leaves',
    'max_leaf_nodes',
    'colsample_bytree',
    'learning_rate',
    'max_iter',
    'XGBoost',
    'LightGBM',
    'CatBoost',
    'HistGradientBoosting',
    'GBM',
    'GBDT',
    'boosted trees',
    'boosting',
    'gradient boosted trees',
    'GradientBoostingClassifier',
    'XGBClassifier',
    'LGBMClassifier',
    'tree learner ensemble',
    'early stopping',
  ],
  icon: 'trees',
  inputs: learnerInputs,
  outputs: learnerOutputs,
  params: z.strictObject({
    ...learnerFields,
    task: taskField,
    trees: field.integer({
      title: 'Trees',
      help: 'How many trees are added at most; for many classes, that many for each class.',
      default: 100,
      min: 1,
      max: 20_000,
    }),
    learningRate: field.number({
      title: 'Learning rate',
      help: 'How much of each tree is believed. Smaller is steadier and wants more trees.',
      default: 0.1,
      min: 0.0001,
      max: 1,
      step: 0.01,
    }),
    maxLeaves: field.integer({
      title: 'Max leaves',
      help: 'How finely one tree may divide the rows. 0: no limit but the depth.',
      default: 31,
      min: 0,
      max: 65_536,
      section: 'Trees',
    }),
    maxDepth: field.integer({
      title: 'Max depth',
      help: 'How many questions one tree asks in a row at most. 0: no limit but the leaves.',
      default: 0,
      min: 0,
      max: 64,
      section: 'Trees',
    }),
    minRowsInLeaf: field.optionalNumber({
      title: 'Min samples leaf',
      help: 'A division that leaves fewer training rows on one side is not made. Empty: 20, and a fifth of the training rows where there are fewer than 100.',
      min: 1,
      step: 1,
      unit: 'rows',
      section: 'Trees',
    }),
    l2: field.number({
      title: 'L2 regularization',
      help: 'Draws the answers of the leaves towards zero.',
      default: 0,
      min: 0,
      max: 1e12,
      step: 0.1,
      section: 'Against overfitting',
    }),
    rowsPerTree: field.number({
      title: 'Row subsample',
      help: 'Each tree sees this share of the training rows, drawn by the seed.',
      default: 1,
      min: 0.01,
      max: 1,
      step: 0.05,
      slider: true,
      section: 'Against overfitting',
    }),
    columnsPerTree: field.number({
      title: 'Column subsample',
      help: 'Each tree sees this share of the features, drawn by the seed.',
      default: 1,
      min: 0.01,
      max: 1,
      step: 0.05,
      slider: true,
      section: 'Against overfitting',
    }),
    earlyStopping: field.choice({
      title: 'Early stopping',
      help: 'Stops when the validation rows gain nothing more, and keeps the best. Without validation rows from Split, a tenth of the training rows finds the number of trees, and the model then learns that many from all of them. Automatic: with validation rows, or from 10,000 training rows on.',
      choices: { auto: 'automatic', always: 'always', never: 'never' },
      default: 'auto',
      section: 'Against overfitting',
    }),
    patience: field.integer({
      title: 'Patience',
      help: 'After how many trees without gain it stops.',
      default: 30,
      min: 1,
      max: 10_000,
      unit: 'trees',
      section: 'Against overfitting',
      when: { param: 'earlyStopping', is: ['auto', 'always'] },
    }),
    seed: field.integer({
      title: 'Seed',
      help: 'Another number draws other rows and columns. It changes nothing while all are used.',
      default: 0,
      min: 0,
    }),
  }),
  form: 'task',
  rows: 'same',
  summary: ({ target, trees, learningRate }) =>
    `predict ${sayTarget(target)} by ${trees} trees, learning rate ${learningRate}`,
  check: (context) => {
    const findings = checkLearner(context);
    if (context.params.maxLeaves === 0 && context.params.maxDepth === 0)
      findings.push({
        code: 'train.no-limit',
        message: 'Neither "Max depth" nor "Max leaves" is set.',
        mend: 'Limit one of the two.',
        param: 'maxLeaves',
      });
    const { minRowsInLeaf } = context.params;
    if (minRowsInLeaf !== null && !Number.isInteger(minRowsInLeaf))
      findings.push({
        code: 'param.not-whole',
        message: '"Min samples leaf" should be a whole number.',
        mend: 'Give a whole number, or leave it empty.',
        param: 'minRowsInLeaf',
      });
    return findings;
  },
});
