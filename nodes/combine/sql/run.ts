import { relational, type RelationalContext } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, ids, join, select, sql, type Sql } from '../../../shared/sql.ts';
import { eachRowQuery } from './each-row.ts';
import { spec } from './spec.ts';

type Inputs = RelationalContext<ParamsOf<typeof spec>>['inputs'];
function over(inputs: Inputs, query: string, isEachRow = false): Sql {
  const tables = Object.entries(inputs).map(
    ([port, { ref, columns, hidden }]) =>
      sql`${id(port)} AS (SELECT ${ids([...columns.map((c) => c.name), ...(isEachRow ? hidden : [])])} FROM ${ref})`,
  );
  return sql`WITH ${join(tables)} SELECT * FROM ${select(query, 'query')}`;
}

export default relational(spec, {
  sql: ({ inputs, params }) => over(inputs, params.query),
  eachRow: async ({ inputs, params }, tools) => {
    const { rows, ...others } = inputs;
    if (rows === undefined || Object.keys(others).length > 0) return undefined;
    const query = await eachRowQuery(params.query, rows.hidden, tools);
    return query === undefined ? undefined : over(inputs, query, true);
  },
});
