import * as z from 'zod';
import { defineSpec } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';

export const spec = defineSpec({
  kind: 'predict.rows',
  version: 1,
  computes: 1,
  title: 'Predict',
  about: 'Adds the prediction of a model to each row, and for classes the probability of each.',
  keywords: [
    'score',
    'apply model',
    'inference',
    'predictor',
    'predictions',
    'predict_proba',
    'batch scoring',
    'scoring',
    'batch predict',
    'model.predict',
    'batch inference',
    'score data',
    'apply',
  ],
  icon: 'wand-sparkles',
  inputs: { model: { wire: 'model', title: 'Model' }, rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Predicted rows' } },
  params: z.strictObject({
    folds: field.choice({
      title: 'After a Split by folds',
      help: 'Which model answers the rows of the folds. "The one that did not see it" gives honest predictions of every row: to look at mistakes, or to learn from them. Rows from elsewhere are always answered by the model of all rows.',
      choices: {
        'out-of-fold': 'for each row, the one that did not see it',
        all: 'the one fitted on all rows',
      },
      default: 'out-of-fold',
    }),
  }),
  form: 'task',
  rows: 'same',
  adds: () => true,
  summary: () => 'add the prediction to each row',
  outOfFold: ({ folds }) => folds === 'out-of-fold',
  check: ({ inputs }) => {
    const taken = inputs['rows']?.columns.find((c) => c.name.toLowerCase() === 'prediction');
    return taken === undefined
      ? []
      : [
          {
            code: 'column.duplicate',
            message: `The rows have a column "${taken.name}" already.`,
            mend: 'Rename it before.',
            column: taken.name,
          },
        ];
  },
  // The target's type is the best guess before the run: classes keep it, and a predicted number is a DOUBLE.
  columns: (_params, inputs) => {
    const columns = inputs['rows']?.columns ?? [];
    const target = [...(inputs['model']?.columns ?? []), ...columns].find((c) => c.role === 'target');
    const type =
      target === undefined ? 'VARCHAR' : /^(DOUBLE|FLOAT|REAL|DECIMAL)/.test(target.type) ? 'DOUBLE' : target.type;
    return [...columns, { name: 'prediction', type }];
  },
  dynamic: () => [
    { pattern: 'probability_*', type: 'DOUBLE', from: 'prediction' },
    { pattern: 'prediction_note', type: 'VARCHAR', from: 'prediction' },
  ],
});
