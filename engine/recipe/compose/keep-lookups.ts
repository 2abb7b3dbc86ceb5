import { fail } from '../../../shared/errors.ts';
import type { Database } from '../../table/database.ts';
import { composeQuery, type StepTable, type TableValue } from './table-value.ts';

/** The tables that steps look values up in become part of the model, by value. */
export async function keepLookups(rows: TableValue, db: Database): Promise<TableValue> {
  const steps = await Promise.all(
    rows.provenance.steps.map(async ({ lookups, ...step }) => {
      if (lookups === undefined) return step;
      const tables: Record<string, StepTable> = { ...step.tables };
      for (const [name, value] of Object.entries(lookups)) {
        const read = await db.query(composeQuery(value, (from) => `SELECT * FROM ${from} LIMIT ${mostLookupRows + 1}`));
        if (read.length > mostLookupRows)
          throw fail('model.lookup-too-large', {
            message: `"${step.title}" looks values up in a table of more than ${mostLookupRows.toLocaleString('en')} rows, which is too large for a model to carry.`,
            mend: 'Join it before Split: it is then part of the data, not of the model.',
          });
        tables[name] = {
          columns: value.columns,
          rows: read.map((row) => value.columns.map((c) => row[c.name] ?? null)),
        };
      }
      return { ...step, tables };
    }),
  );
  return { ...rows, provenance: { ...rows.provenance, steps } };
}
const mostLookupRows = 50_000;
