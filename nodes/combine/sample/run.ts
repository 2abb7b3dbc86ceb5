import { relational } from '../../../shared/capabilities.ts';
import { canonicalValue, hashOf } from '../../../shared/table/canonical-row.ts';
import { tableOf } from '../../../shared/input.ts';
import { double, id, join, raw, sql } from '../../../shared/sql.ts';
import { rowColumn } from '../../../shared/wires.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  varies: () => 'order',
  sql: ({ inputs, params: p }) => {
    const rows = tableOf(inputs, 'rows');
    const stratum = rows.columns.find((c) => c.name === p.stratify);
    // Rows in the order of a hash of their content: which rows are taken depends on neither their order nor the number of threads. Equal rows are
    // told apart by Split's rank where there is one, and are interchangeable where there is none.
    const place = sql`${hashOf(rows.columns, p.seed, 'sample')} AS __place`;
    const order = join([raw('__place'), ...(rows.hidden.includes(rowColumn) ? [id(rowColumn)] : [])]);
    const wanted =
      p.amount === 'fraction' ? sql`CAST(round(__n * ${double(p.fraction)}) AS BIGINT)` : sql`least(__n, ${p.rows})`;
    const columns = join([...rows.columns.map((c) => id(c.name)), ...rows.hidden.map(id)]);
    const keyed = sql`SELECT *, ${place}, ${stratum === undefined ? raw(`''`) : canonicalValue(stratum)} AS __stratum FROM ${rows.ref}`;
    const counted = sql`SELECT *, count(*) OVER () AS __n, row_number() OVER (PARTITION BY __stratum ORDER BY ${order}) AS __rank, count(*) OVER (PARTITION BY __stratum) AS __size, count(*) OVER (ORDER BY __stratum) AS __through FROM (${keyed})`;
    // The share of a stratum is the difference of rounded running totals: each within one row, all together exact.
    const quota = sql`((2 * __through * ${wanted} + __n) // (2 * __n) - (2 * (__through - __size) * ${wanted} + __n) // (2 * __n))`;
    return sql`SELECT ${columns} FROM (${counted}) WHERE __rank <= ${quota}`;
  },
});
