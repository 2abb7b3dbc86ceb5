/** A model's recipe for the row program. */
import { compileRows, rowsName, type RowProgram, type RowStep, type Uncovered } from './row-program/row-program.ts';
import { rowsToken, tableToken } from './compose/compose.ts';
import type { StepTable } from './compose/table-value.ts';
import type { Database } from '../table/database.ts';
import type { ModelFile } from './model-file.ts';
import type { Predictor } from './predictor.ts';
import { featureList, takesEmptyForMissing } from './recipe-query.ts';

/** What it gives is the features as numbers, or the first thing that the row program does not compute. */
export async function compileModelRows(
  database: Database,
  model: ModelFile,
  { numbers, texts }: Pick<Predictor, 'numbers' | 'texts'>,
  tableSql: (table: StepTable) => string,
): Promise<RowProgram | Uncovered> {
  const [text] = texts;
  if (text !== undefined) return { step: 'the model', what: `a network that reads the column "${text.name}" as it is` };
  if (numbers.length === 0) return { step: 'the model', what: 'a model without features' };
  const made = model.steps.find((step) => step.made !== undefined);
  if (made !== undefined) return { step: made.title, what: 'a function of texts, which answers what waits together' };
  const steps = model.steps.flatMap(({ sql: text, tables, title, columns, leavesOut }): RowStep[] => {
    if (text === null) return [];
    let sql = text.replaceAll(rowsToken, rowsName);
    for (const [name, table] of Object.entries(tables ?? {}))
      sql = sql.replaceAll(tableToken(name), () => tableSql(table));
    return [{ title, sql, columns, ...(leavesOut === undefined ? {} : { leavesOut }) }];
  });
  return compileRows(database, {
    base: model.base.columns,
    isEmptyMissing: takesEmptyForMissing(model),
    steps,
    features: featureList(numbers),
    width: numbers.length,
  });
}
