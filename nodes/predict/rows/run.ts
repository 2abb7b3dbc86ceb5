import { task } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { spec } from './spec.ts';

export default task(spec, {
  run: async ({ model, table, outputs, log }) => {
    const rows = table('rows');
    const predictor = model('model');
    // DuckDB tells no upper from lower case in names.
    const wanted = new Set(predictor.predictionColumns.map((name) => name.toLowerCase()));
    const taken = rows.columns.find((c) => wanted.has(c.name.toLowerCase()));
    if (taken !== undefined)
      throw fail('column.duplicate', {
        message: `The rows have a column "${taken.name}" already, which Predict would add.`,
        mend: 'Rename or remove it before.',
        column: taken.name,
      });
    await outputs.predictions('rows', predictor, rows);
    log(`predicted "${predictor.target.name}" for ${(await rows.count()).toLocaleString('en-US')} rows`);
  },
});
