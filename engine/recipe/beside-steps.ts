/** What rows went through beside a model's recipe and that changed what the model reads: by the lineage of each step, or by what its kind says of itself. */
import { hiddenColumns, rowColumn } from '../../shared/wires.ts';
import { aggregateFunctions } from '../sql/function-names.ts';
import { parseSelect } from '../sql/parse-select.ts';
import { Untraceable } from '../sql/trace-scope.ts';
import { traceStatement } from '../sql/trace-select.ts';
import { constantColumn, sourceColumn, type Relation } from '../sql/traced.ts';
import type { ProvenanceBase } from './compose/table-value.ts';
import type { Database } from '../table/database.ts';
import type { ModelFile } from './model-file.ts';
import { traceStep } from './needed-columns.ts';
import type { Beside, Place } from './place-rows.ts';
import { columnsAt, neededAt } from './recipe-query.ts';

/** @returns the titles of these steps */
export async function findChanging(
  database: Database,
  model: ModelFile,
  { carried, beside }: Place,
): Promise<string[]> {
  let columns = columnsAt(model, carried);
  const needed = neededAt(model, carried);
  const titles: string[] = [];
  for (const one of beside) {
    const traced = await traceBeside(
      database,
      one,
      columns.map((c) => c.name),
    );
    const title = 'step' in one ? one.step.title : (one.made.made?.title ?? 'a reader');
    if (traced === 'everything' || (traced !== 'nothing' && needed.some((name) => !isKept(traced, name))))
      titles.push(title);
    columns = 'step' in one ? one.step.columns : one.made.columns;
  }
  return [...new Set(titles)];
}

const isKept = ({ columns }: Relation, name: string): boolean => {
  const found = columns.find((c) => c.name === name);
  return found === undefined || (found.plain && found.values.size === 1 && found.values.has(name));
};

async function traceBeside(
  database: Database,
  beside: Beside,
  names: readonly string[],
): Promise<Relation | 'nothing' | 'everything'> {
  const rows: Relation = {
    columns: [...names.map((name) => sourceColumn(name, name)), constantColumn(rowColumn)],
    rows: new Set(),
  };
  if ('step' in beside) {
    const { step } = beside;
    if (step.sql === null) return 'nothing';
    // What was learnt elsewhere is not what the model has learnt.
    if (step.state !== undefined) return 'everything';
    return traceStep(database, { ...step, tables: { ...step.tables, ...step.lookups } }, step.sql, rows);
  }
  const { adds, select } = beside.made;
  if (adds === true) return 'nothing';
  if (select === undefined) return 'everything';
  const traced = await traceMade(database, select);
  if (traced === undefined) return 'everything';
  // Whichever of the tables it comes from, a column is what it was.
  const ofAny = (source: string): string => source.slice(source.indexOf(':') + 1);
  return { ...traced, columns: traced.columns.map((c) => ({ ...c, values: new Set([...c.values].map(ofAny)) })) };
}

/** What a query that made a table has made of its inputs: each column by `input:column`. Undefined: it cannot be followed. */
export async function traceMade(
  database: Database,
  { sql, inputs }: NonNullable<ProvenanceBase['select']>,
): Promise<Relation | undefined> {
  const tables = new Map(
    [...inputs].map(([name, columns]): [string, Relation] => [
      name,
      {
        columns: [
          ...columns.map((c) => sourceColumn(c.name, `${name}:${c.name}`)),
          ...hiddenColumns.map(constantColumn),
        ],
        rows: new Set(),
      },
    ]),
  );
  try {
    return traceStatement(await parseSelect(database, sql), tables, { node: 'made', aggregates: aggregateFunctions });
  } catch (thrown) {
    if (thrown instanceof Untraceable) return undefined;
    throw thrown;
  }
}
