import * as z from 'zod';
import { defineSpec } from '../../../shared/spec/define-spec.ts';

export const spec = defineSpec({
  kind: 'predict.rows',
  version: 1,
  computes: 1,
  title: 'Predict',
  about: 'Adds the prediction of a model to each row, and for classes the probability of each.',
  keywords: ['score', 'apply model', 'inference', 'predictor', 'predictions', 'predict_proba', 'batch scoring'],
  icon: 'wand-sparkles',
  inputs: { model: { wire: 'model', title: 'Model' }, rows: { wire: 'table', title: 'Rows' } },
  outputs: { rows: { wire: 'table', title: 'Predicted rows' } },
  params: z.strictObject({}),
  form: 'task',
  rows: 'same',
  runsIn: 'process',
  summary: () => 'add the prediction to each row',
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
    const target = columns.find((c) => c.role === 'target');
    const type =
      target === undefined ? 'VARCHAR' : /^(DOUBLE|FLOAT|REAL|DECIMAL)/.test(target.type) ? 'DOUBLE' : target.type;
    return [...columns, { name: 'prediction', type }];
  },
  dynamic: () => [
    { pattern: 'probability_*', type: 'DOUBLE', from: 'prediction' },
    { pattern: 'prediction_note', type: 'VARCHAR', from: 'prediction' },
  ],
});
