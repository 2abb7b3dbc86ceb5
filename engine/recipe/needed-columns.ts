/**
 * Which columns of the base a prediction depends on: those that the features, and the model's own choices of rows, are made of, by the lineage of each
 * step. A step that only carries a column along needs it not. Where a step cannot be followed, every column that its text names is needed.
 */
import { rowColumn } from '../../shared/wires.ts';
import { Untraceable } from '../sql/trace-scope.ts';
import { traceStatement } from '../sql/trace-select.ts';
import { constantColumn, sourceColumn, union, type Relation } from '../sql/traced.ts';
import { rowsToken, tableToken } from './compose/compose.ts';
import { parseSelect } from '../sql/parse-select.ts';
import type { Database } from '../table/database.ts';
import type { ModelFile } from './model-file.ts';

export async function findNeededColumns(database: Database, model: ModelFile): Promise<string[]> {
  let rows: Relation = {
    columns: [...model.base.columns.map((c) => sourceColumn(c.name, c.name)), constantColumn(rowColumn)],
    rows: new Set(),
  };
  for (const step of model.steps) if (step.sql !== null) rows = await traceStep(database, step, step.sql, rows);
  const ends = new Map(rows.columns.map((c) => [c.name.toLowerCase(), c]));
  const features = model.features.flatMap((f) => ends.get(f.name.toLowerCase()) ?? []);
  const needed = union([rows.rows, ...features.flatMap((c) => [c.values, c.via])]);
  return model.base.columns.map((c) => c.name).filter((name) => needed.has(name) && name !== model.target.name);
}

interface TracedStep {
  key: string;
  columns: readonly { name: string }[];
  tables?: Readonly<Record<string, { columns: readonly { name: string }[] }>> | undefined;
  made?: { columns: readonly { name: string }[] } | undefined;
}

export async function traceStep(database: Database, step: TracedStep, text: string, rows: Relation): Promise<Relation> {
  const tables = new Map([['step_rows', rows]]);
  let sql = text.replaceAll(rowsToken, 'step_rows');
  Object.entries({ ...step.tables, ...(step.made === undefined ? {} : { made: step.made }) }).forEach(
    ([name, table], i) => {
      sql = sql.replaceAll(tableToken(name), `step_table_${i}`);
      tables.set(`step_table_${i}`, { columns: table.columns.map((c) => constantColumn(c.name)), rows: new Set() });
    },
  );
  try {
    return traceStatement(await parseSelect(database, sql), tables, { node: step.key, aggregates: new Set() });
  } catch (thrown) {
    if (!(thrown instanceof Untraceable)) throw thrown;
    return assumeNamed(step, text, rows);
  }
}

/** Each column that the step gives is made of every column that its text names, and of its own namesake. */
function assumeNamed(step: TracedStep, text: string, rows: Relation): Relation {
  const names = namesIn(text);
  const named = rows.columns.filter((c) => names.has(c.name.toLowerCase()));
  const columns = step.columns.map(({ name }) => {
    const made = [...named, ...rows.columns.filter((c) => c.name.toLowerCase() === name.toLowerCase())];
    return { ...constantColumn(name), values: union(made.flatMap((c) => [c.values, c.via])) };
  });
  return { columns: [...columns, constantColumn(rowColumn)], rows: rows.rows };
}

/** Names in a query, quoted or bare, in lower case. Texts are passed over. */
function namesIn(query: string): Set<string> {
  const names = new Set<string>();
  for (const [token] of query.matchAll(/'[^']*'|"[^"]*(?:""[^"]*)*"|[\p{L}_][\p{L}\p{N}_$]*/gu)) {
    if (token.startsWith("'")) continue;
    names.add((token.startsWith('"') ? token.slice(1, -1).replaceAll('""', '"') : token).toLowerCase());
  }
  return names;
}
