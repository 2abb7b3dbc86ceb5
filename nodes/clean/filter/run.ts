import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { conditionSql } from '../../../shared/kind/conditions.ts';
import { looksAtOtherRows } from '../../../shared/kind/expression-words.ts';
import { expression, join, sql, type Sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    // A column that is not there is left to the binder, which names it: a condition is never left out in silence.
    const conditions: Sql[] = params.rules.map((rule) =>
      conditionSql(rule, rows.columns.find((c) => c.name === rule.column) ?? { name: rule.column, type: 'VARCHAR' }),
    );
    if (params.expression.trim() !== '') conditions.push(expression(params.expression, 'expression'));
    if (conditions.length === 0) return sql`SELECT * FROM ${rows.ref}`;
    const fits = sql`coalesce(${join(conditions, params.combine === 'all' ? ' AND ' : ' OR ')}, false)`;
    return sql`SELECT * FROM ${rows.ref} WHERE ${params.action === 'keep' ? fits : sql`NOT ${fits}`}`;
  },
  parted: {
    ports: (params) => (looksAtOtherRows(params.expression) ? 'its condition looks at other rows' : ['rows']),
  },
});
