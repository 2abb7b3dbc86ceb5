import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { isMissing, unfitValue, valueSql } from '../../../shared/spec/conditions.ts';
import { id, join, raw, sql } from '../../../shared/sql.ts';
import { typeFamily } from '../../../shared/wires.ts';
import { flagNames, treatedColumns } from './treated-columns.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params: p }) => {
    const rows = tableOf(inputs, 'rows');
    const treated = treatedColumns(p.columns, rows.columns);
    if (treated.length === 0) return sql`SELECT * FROM ${rows.ref}`;
    if (p.action === 'drop-any')
      return sql`SELECT * FROM ${rows.ref} WHERE NOT (${join(treated.map(isMissing), ' OR ')})`;
    if (p.action === 'drop-all')
      return sql`SELECT * FROM ${rows.ref} WHERE NOT (${join(treated.map(isMissing), ' AND ')})`;
    // By a rule, the value goes where it fits: 0 into numbers, "unknown" into texts.
    const filled =
      p.action === 'fill'
        ? treated.filter((c) => typeFamily(c.type) !== 'other' && unfitValue(p.value, c.type) === undefined)
        : [];
    const replaced = filled.map(
      (c) =>
        sql`CASE WHEN ${isMissing(c)} THEN CAST(${valueSql(p.value, c.type)} AS ${raw(c.type)}) ELSE ${id(c.name)} END AS ${id(c.name)}`,
    );
    const flags = p.flag
      ? flagNames(treated, p.flagEnding).map(({ column, flag }) => sql`${isMissing(column)} AS ${id(flag)}`)
      : [];
    return sql`SELECT ${join([sql`*${replaced.length === 0 ? raw('') : sql` REPLACE (${join(replaced)})`}`, ...flags])} FROM ${rows.ref}`;
  },
});
