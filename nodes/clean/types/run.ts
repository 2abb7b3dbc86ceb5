import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import { fail } from '../../../shared/errors.ts';
import { raise } from '../../../shared/raise.ts';
import { sayType, sqlType } from '../../../shared/spec/column-types.ts';
import { selectList } from '../../../shared/table/select-list.ts';
import { id, raw, sql, type Sql } from '../../../shared/sql.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';
import { convert } from './convert.ts';
import { spec } from './spec.ts';

const mend = 'Let such values become missing, or clean them before.';

/** There is something, and it did not fit. An empty text is nothing: it becomes missing without a word, unless text is wanted. */
const doesNotFit = (column: Column, converted: Sql): Sql => {
  const something =
    typeFamily(column.type) === 'text' ? sql` AND trim(CAST(${id(column.name)} AS VARCHAR)) <> ''` : raw('');
  return sql`${id(column.name)} IS NOT NULL${something} AND (${converted}) IS NULL`;
};

function missing(column: string): never {
  throw fail('column.missing', {
    message: `There is no column "${column}" here.`,
    mend: 'Choose a column that the input has.',
    param: 'types',
    column,
  });
}

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    // By its name in whatever case, as DuckDB knows columns.
    const known = new Map(rows.columns.map((c) => [c.name.toLowerCase(), c]));
    const changes = Object.entries(params.types).map(([given, type]): [string, Sql] => {
      const column = known.get(given.toLowerCase()) ?? missing(given);
      const { name } = column;
      const converted = convert(column, sqlType(type), params);
      if (params.unconvertible === 'missing') return [name, converted];
      const message = sql`'"' || left(CAST(${id(name)} AS VARCHAR), 80) || ${`" in the column "${name}" is not a ${sayType(type)}.`}`;
      const refused = raise({ code: 'types.unconvertible', message, mend, param: 'types', column: name });
      return [name, sql`CASE WHEN ${doesNotFit(column, converted)} THEN ${refused} ELSE ${converted} END`];
    });
    return changes.length === 0
      ? sql`SELECT * FROM ${rows.ref}`
      : sql`SELECT ${selectList(rows, { replaced: new Map(changes) })} FROM ${rows.ref}`;
  },
  parted: { ports: () => ['rows'] },
  explain: async ({ node, inputs, params, query }) => {
    const rows = tableOf(inputs, 'rows');
    for (const [name, type] of Object.entries(params.types)) {
      const column = rows.columns.find((c) => c.name === name);
      if (column === undefined) continue;
      const wrong = sql`FROM ${rows.ref} WHERE ${doesNotFit(column, convert(column, sqlType(type), params))}`;
      const counted = (await query(sql`SELECT count(*) AS n ${wrong}`))[0]?.['n'] ?? 0;
      if (Number(counted) === 0) continue;
      const examples = await query(
        sql`SELECT CAST(${id(name)} AS VARCHAR) AS value, count(*) AS n ${wrong} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 6`,
      );
      const shown = examples.slice(0, 5);
      const said = shown.map((row) => `"${String(row['value']).slice(0, 40)}"`).join(', ');
      return {
        code: 'types.unconvertible',
        message: `${Number(counted) === 1 ? 'One value' : `${Number(counted).toLocaleString('en-US')} values`} of "${name}" ${Number(counted) === 1 ? 'is' : 'are'} not a ${sayType(type)}: ${said}${examples.length > shown.length ? ' …' : ''}.`,
        mend,
        param: 'types',
        column: name,
        facts: { count: Number(counted), examples: shown.map((row) => String(row['value'])) },
        fixes: [{ do: 'set', title: 'Let them become missing', node, param: 'unconvertible', value: 'missing' }],
      };
    }
    return undefined;
  },
  onnx: ({ columns, params, input }) => {
    for (const [name, meaning] of Object.entries(params.types)) {
      const [from, to] = [input.find((c) => c.name === name)?.type, sqlType(meaning)];
      const column = columns.get(name);
      if (column === undefined || from === undefined || from === to) continue;
      if (to !== 'DOUBLE' || typeFamily(from) !== 'number')
        throw fail('onnx.no-form', {
          message: `Turning "${name}" from ${from} into a ${sayType(meaning)} has no form in ONNX.`,
          mend: 'Let the reader read the column with this type.',
          column: name,
        });
      columns.set(name, { value: column.value, type: column.type });
    }
  },
});
