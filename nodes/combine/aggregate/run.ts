import { relational, type TableRef } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { aggregateName, type Aggregate } from './aggregate-functions.ts';
import { partialGroups, refuseParts, valueInParts, wholeValue } from './aggregate-parts.ts';
import { aggregateSql, needsOneThread } from './aggregate-sql.ts';
import { spec } from './spec.ts';

/** Neither groups nor values: the rows are counted. */
const rowsAlone: Aggregate = { function: 'rows', column: '', as: 'rows', quantile: 0.5, order: '' };
const valuesOf = ({ by, aggregates }: { by: readonly string[]; aggregates: readonly Aggregate[] }) =>
  by.length + aggregates.length === 0 ? [rowsAlone] : aggregates;

/** Groups come in the order of their values: DuckDB's own order varies with the number of threads. */
function groupsOf(by: readonly Sql[], values: readonly Sql[], rows: TableRef): Sql {
  const groups =
    by.length === 0
      ? raw('')
      : sql` GROUP BY ${join(by)} ORDER BY ${join(by.map((name) => sql`${name} ASC NULLS LAST`))}`;
  return sql`SELECT ${join([...by, ...values])} FROM ${rows.ref}${groups}`;
}

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    const values = valuesOf(params).map((a) => sql`${aggregateSql(a, rows.columns)} AS ${id(aggregateName(a))}`);
    return groupsOf([...new Set(params.by)].map(id), values, rows);
  },
  varies: ({ params }) => (params.aggregates.some(needsOneThread) ? 'values' : 'nothing'),
  parted: {
    ports: ({ aggregates }) => refuseParts(aggregates) ?? ['rows'],
    merge: {
      exact: ({ aggregates }) => !aggregates.some(needsOneThread),
      partial: ({ inputs, params }) => {
        const rows = tableOf(inputs, 'rows');
        const values = valuesOf(params).map((a) => valueInParts(a, rows.columns));
        return partialGroups([...new Set(params.by)].map(id), values, rows.ref);
      },
      whole: ({ inputs, params }, partials) => {
        const { columns } = tableOf(inputs, 'rows');
        const values = valuesOf(params).map(
          (a, i) => sql`${wholeValue(valueInParts(a, columns), i)} AS ${id(aggregateName(a))}`,
        );
        return groupsOf([...new Set(params.by)].map(id), values, partials);
      },
    },
  },
});
