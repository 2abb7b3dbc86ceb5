import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { pickColumns } from '../../../shared/kind/columns.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { double, id, sql, type Sql } from '../../../shared/sql.ts';
import { selectList } from '../../../shared/table/select-list.ts';
import { asDouble, onlyOutput } from '../../../methods/preparation/onnx-values.ts';
import { spec } from './spec.ts';

/** NaN is larger than every number, as DuckDB orders it; a missing value stays missing. */
function clipped(name: string, { lower, upper }: ParamsOf<typeof spec>): Sql {
  const value = sql`CAST(${id(name)} AS DOUBLE)`;
  const below = lower === null ? sql`` : sql`WHEN ${value} < ${double(lower)} THEN ${double(lower)}`;
  const above = upper === null ? sql`` : sql`WHEN ${value} > ${double(upper)} THEN ${double(upper)}`;
  return lower === null && upper === null ? value : sql`CASE ${below} ${above} ELSE ${value} END`;
}

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    const picked = pickColumns(params.columns, rows.columns, ['number']);
    const replaced = new Map(picked.map(({ name }) => [name, clipped(name, params)]));
    return sql`SELECT ${selectList(rows, { replaced })} FROM ${rows.ref}`;
  },

  parted: { ports: () => ['rows'] },

  onnx: ({ graph, columns, params: { columns: rule, lower, upper }, input }) => {
    for (const { name } of pickColumns(rule, input, ['number'])) {
      const column = columns.get(name);
      if (column === undefined) continue;
      const bounds = [lower ?? -Infinity, upper ?? Infinity].map((bound) => graph.constant('double', [], [bound]));
      columns.set(name, {
        value: onlyOutput(graph.node('Clip', [asDouble(graph, column), ...bounds])),
        type: 'double',
      });
    }
  },
});
