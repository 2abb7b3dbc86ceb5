/** The tables of a model's steps, once in the database that answers, so that no question carries them. */
import { isKept, type StepTable } from '../compose/table-value.ts';
import { valuesOf } from '../compose/compose.ts';
import type { Database } from '../../table/database.ts';
import type { ModelFile } from '../model-file.ts';

/** @returns how a SELECT names each */
export async function keepTables(database: Database, model: ModelFile): Promise<(table: StepTable) => string> {
  const names = new Map<StepTable, string>();
  for (const step of model.steps)
    for (const table of Object.values(step.tables ?? {})) {
      // What lies in a file is too much for memory.
      if (isKept(table)) continue;
      const name = `flowyard_state_${names.size}`;
      await database.run(`CREATE TEMP TABLE ${name} AS SELECT * FROM ${valuesOf(table)}`);
      names.set(table, name);
    }
  return (table) => names.get(table) ?? valuesOf(table);
}
