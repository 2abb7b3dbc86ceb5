import type { TaskContext } from '../../shared/capabilities.ts';
import { uniqueNames } from '../../shared/kind/unique-names.ts';
import { id, join, sql, type SqlValue } from '../../shared/sql.ts';
import { hiddenColumns, rowColumn, type Column } from '../../shared/wires.ts';

/** Writes the rows of `rows` as they came, marks of Split too, with one column more: a value for each, in `__row` order. */
export async function writeBeside(
  context: Pick<TaskContext<unknown>, 'table' | 'stage' | 'outputs'>,
  { name, type }: Column,
  values: readonly SqlValue[],
): Promise<void> {
  const table = context.table('rows');
  const staged = await context.stage(
    [
      { name: 'place', type: 'BIGINT' },
      { name: 'value', type },
    ],
    values.map((value, row): SqlValue[] => [row, value]),
  );
  const taken = table.columns.map((c) => c.name);
  const [free = name] = uniqueNames([name], taken);
  const kept = join([...(table.schema.split ? hiddenColumns : []), ...taken].map((column) => sql`r.${id(column)}`));
  const order = sql`(SELECT *, row_number() OVER (ORDER BY ${id(rowColumn)}) - 1 AS "__place" FROM ${table.ref})`;
  await context.outputs.table(
    'rows',
    sql`SELECT ${kept}, s.value AS ${id(free)} FROM ${order} AS r JOIN ${staged} AS s ON r."__place" = s.place ORDER BY r."__place"`,
  );
}
