import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { fail } from '../../../shared/errors.ts';
import { missingColumns } from '../../../shared/kind/columns.ts';
import { id, join, sql } from '../../../shared/sql.ts';
import { outputNames } from './output-names.ts';
import { spec } from './spec.ts';

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    const absent = [
      ...missingColumns(params.columns, rows.columns),
      ...Object.keys(params.rename).filter((name) => !rows.columns.some((c) => c.name === name)),
    ];
    if (absent[0] !== undefined)
      throw fail('column.missing', {
        message: `There is no column "${absent[0]}" here.`,
        mend: 'Choose the columns again.',
        column: absent[0],
      });
    const names = outputNames(params, rows.columns);
    const hidden = rows.hidden.map(id);
    return sql`SELECT ${join([...names.map(({ from, to }) => (from === to ? id(from) : sql`${id(from)} AS ${id(to)}`)), ...hidden])} FROM ${rows.ref}`;
  },

  parted: { ports: () => ['rows'] },

  onnx: ({ columns, params, input }) => {
    const kept = outputNames(params, input).flatMap(({ from, to }) => {
      const column = columns.get(from);
      return column === undefined ? [] : [[to, column] as const];
    });
    columns.clear();
    for (const [name, column] of kept) columns.set(name, column);
  },
});
