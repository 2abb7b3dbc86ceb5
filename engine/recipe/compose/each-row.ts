/** A query that a person typed, as a step that each row takes alone, where its tree says that it is one. */
import type { RelationalContext, RelationalRun, TableRef } from '../../../shared/capabilities.ts';
import { FlowyardError } from '../../../shared/errors.ts';
import type { Sql } from '../../../shared/sql.ts';
import { rowColumn, type Column } from '../../../shared/wires.ts';
import type { Binder } from '../../sql/bind.ts';
import type { SqlJudge } from '../../sql/judge-sql.ts';
import type { TableValue } from './table-value.ts';

export interface EachRow {
  /** Over rows as they are in a run, with their hidden columns. */
  chain: Sql;
  /** Over rows as a model sees them. */
  step: Sql;
}

export async function eachRowOf(
  { binder, judge }: { binder: Binder; judge: SqlJudge },
  run: RelationalRun<never>,
  context: RelationalContext<never>,
  named: ReadonlyMap<string, TableValue>,
  columns: readonly Column[],
): Promise<EachRow | undefined> {
  if (run.eachRow === undefined) return undefined;
  const unmarked = (table: TableRef): TableRef => ({ ...table, hidden: [rowColumn] });
  const inputs = Object.fromEntries(Object.entries(context.inputs).map(([port, table]) => [port, unmarked(table)]));
  const [chain, step] = await Promise.all([
    run.eachRow(context, judge.tools),
    run.eachRow({ ...context, inputs }, judge.tools),
  ]);
  if (chain === undefined || step === undefined) return undefined;
  const bound = await binder
    .columns(
      step,
      [...named].map(([ref, value]) => ({ ref, columns: value.columns, hidden: [rowColumn] })),
    )
    .catch((thrown: unknown) => {
      // The query as it was typed can be bound; with a column more it cannot: it stays what it was.
      if (thrown instanceof FlowyardError) return [];
      throw thrown;
    });
  const isSame =
    bound.length === columns.length && bound.every((c, i) => c.name === columns[i]?.name && c.type === columns[i].type);
  return isSame ? { chain, step } : undefined;
}
