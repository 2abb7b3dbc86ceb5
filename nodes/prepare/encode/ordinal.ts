import type { ApplyContext, FitContext, KeptTable, OnnxContext, StateTable } from '../../../shared/capabilities.ts';
import { pickColumns } from '../../../shared/spec/columns.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { selectList } from '../../../shared/table/select-list.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { lookUp } from '../../../methods/preparation/onnx-lookup.ts';
import { categoryText, isMissing } from '../../../methods/preparation/present-number.ts';
import type { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
export type OrdinalState = {
  readonly method: 'ordinal';
  readonly unseen: number;
  /** The categories in the order of their codes, or the file that has both. */
  readonly columns: readonly { readonly name: string; readonly categories: readonly string[] | KeptTable }[];
};

export async function fitOrdinal({ train, params, keep, progress }: FitContext<Params>): Promise<OrdinalState> {
  const picked = pickColumns(params.columns, train.columns, ['text', 'boolean', 'number']);
  const columns: { name: string; categories: string[] | KeptTable }[] = [];
  for (const [i, column] of picked.entries()) {
    progress(i / picked.length, column.name);
    const name = id(column.name);
    // Numbers by size, not by their digits. A text's order is that of its code points, which is DuckDB's.
    const bySize = column.type !== 'VARCHAR' && column.type !== 'BOOLEAN';
    const order =
      params.order === 'frequency'
        ? sql`count(*) DESC, ${name}`
        : bySize
          ? sql`CAST(${name} AS DOUBLE), CAST(${name} AS VARCHAR)`
          : sql`CAST(${name} AS VARCHAR)`;
    const table = await keep(
      codeColumns,
      sql`SELECT CAST(${name} AS VARCHAR) AS __category, CAST(row_number() OVER (ORDER BY ${order}) - 1 AS INTEGER) AS __code
        FROM ${train.ref} WHERE NOT ${isMissing(column)} GROUP BY ${name} ORDER BY __code`,
    );
    columns.push({
      name: column.name,
      categories: 'file' in table ? table : table.rows.map(([category]) => String(category)),
    });
  }
  return { method: 'ordinal', unseen: params.unseenCode, columns };
}

/** A few categories are looked for one after the other, which takes less than a join. */
const mostInList = 32;
/** Each join hands on all columns: fifty of them over 5,000 columns held gigabytes. */
const wideFrom = 200;
const mostInWide = 1000;

const codeColumns = [
  { name: '__category', type: 'VARCHAR' },
  { name: '__code', type: 'INTEGER' },
];

export const ordinalTables = (state: OrdinalState): Record<string, StateTable | KeptTable> =>
  Object.fromEntries(
    state.columns.map(({ name, categories }) => [
      name,
      'file' in categories
        ? categories
        : { columns: codeColumns, rows: categories.map((value, code) => [value, code]) },
    ]),
  );

export function applyOrdinal({
  input,
  state,
  table,
}: Pick<ApplyContext<Params, OrdinalState>, 'input' | 'state' | 'table'>): Sql {
  const isWide = input.columns.length >= wideFrom;
  const found = state.columns.flatMap(({ name, categories }, i) => {
    const column = input.columns.find((c) => c.name === name);
    if (!column) return [];
    const text = categoryText(column, sql`__rows.${id(name)}`);
    const asCode = (known: Sql): Sql =>
      sql`CASE WHEN ${text} IS NULL THEN NULL ELSE coalesce(${known}, ${state.unseen}) END`;
    if (Array.isArray(categories) && categories.length <= (isWide ? mostInWide : mostInList)) {
      const list = join(categories.map((category) => sql`${category}`));
      return [
        {
          name,
          code: asCode(sql`CAST(nullif(list_position([${list}]::VARCHAR[], ${text}), 0) - 1 AS INTEGER)`),
          join: raw(''),
        },
      ];
    }
    const codes = raw(`__codes_${i}`);
    return [
      {
        name,
        code: asCode(sql`${codes}.__code`),
        join: sql`LEFT JOIN ${table(name)} AS ${codes} ON ${codes}.__category = ${text}`,
      },
    ];
  });
  if (found.length === 0) return sql`SELECT * FROM ${input.ref}`;
  const list = selectList(input, { replaced: new Map(found.map((f) => [f.name, f.code])), table: raw('__rows') });
  return sql`SELECT ${list} FROM ${input.ref} AS __rows ${join(
    found.map((f) => f.join),
    ' ',
  )}`;
}

export function ordinalOnnx({
  graph,
  columns,
  state,
  tables,
}: Pick<OnnxContext<Params, OrdinalState>, 'graph' | 'columns' | 'state' | 'tables'>): void {
  for (const { name, categories } of state.columns) {
    const column = columns.get(name);
    if (!column) continue;
    const codes = new Map(
      'file' in categories
        ? tables[name]?.rows.map(([category, code]) => [String(category), Number(code)])
        : categories.map((category, code) => [category, code]),
    );
    // A missing value stays missing, unless the empty text itself was a category.
    if (!codes.has('')) codes.set('', NaN);
    columns.set(name, { value: lookUp(graph, name, column, codes, state.unseen), type: 'double' });
  }
}
