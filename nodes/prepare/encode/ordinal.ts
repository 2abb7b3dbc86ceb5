import type { ApplyContext, FitContext, OnnxContext, StateTable } from '../../../shared/capabilities.ts';
import { pickColumns } from '../../../shared/spec/columns.ts';
import type { ParamsOf } from '../../../shared/spec/define-spec.ts';
import { selectList } from '../../../shared/select-list.ts';
import { id, join, raw, sql, type Sql } from '../../../shared/sql.ts';
import { compareText } from '../../../methods/preparation/compare-text.ts';
import { countValues } from '../../../methods/preparation/most-frequent.ts';
import { lookUp } from '../../../methods/preparation/onnx-lookup.ts';
import { categoryText } from '../../../methods/preparation/present-number.ts';
import type { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
export type OrdinalState = {
  readonly method: 'ordinal';
  readonly unseen: number;
  readonly columns: readonly { readonly name: string; readonly categories: readonly string[] }[];
};

export async function fitOrdinal({ train, params, progress }: FitContext<Params>): Promise<OrdinalState> {
  const picked = pickColumns(params.columns, train.columns, ['text', 'boolean', 'number']);
  const columns: { name: string; categories: string[] }[] = [];
  for (const [i, column] of picked.entries()) {
    progress(i / picked.length, column.name);
    const counts = await countValues(train.query, train.ref, column);
    // Numbers by size, not by their digits: that is the order in which the values came among equals.
    const bySize =
      column.type !== 'VARCHAR' && column.type !== 'BOOLEAN'
        ? (a: string, b: string): number => Number(a) - Number(b) || compareText(a, b)
        : compareText;
    const sorted = params.order === 'frequency' ? counts : [...counts].sort((a, b) => bySize(a.value, b.value));
    columns.push({ name: column.name, categories: sorted.map((c) => c.value) });
  }
  return { method: 'ordinal', unseen: params.unseenCode, columns };
}

export const ordinalTables = (state: OrdinalState): Record<string, StateTable> =>
  Object.fromEntries(
    state.columns.map(({ name, categories }) => [
      name,
      {
        columns: [
          { name: '__category', type: 'VARCHAR' },
          { name: '__code', type: 'INTEGER' },
        ],
        rows: categories.map((value, code) => [value, code]),
      },
    ]),
  );

export function applyOrdinal({
  input,
  state,
  table,
}: Pick<ApplyContext<Params, OrdinalState>, 'input' | 'state' | 'table'>): Sql {
  const found = state.columns.flatMap(({ name }, i) => {
    const column = input.columns.find((c) => c.name === name);
    if (!column) return [];
    const text = categoryText(column, sql`__rows.${id(name)}`);
    const codes = raw(`__codes_${i}`);
    return [
      {
        name,
        code: sql`CASE WHEN ${text} IS NULL THEN NULL ELSE coalesce(${codes}.__code, ${state.unseen}) END`,
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
}: Pick<OnnxContext<Params, OrdinalState>, 'graph' | 'columns' | 'state'>): void {
  for (const { name, categories } of state.columns) {
    const column = columns.get(name);
    if (!column) continue;
    const codes = new Map(categories.map((category, code) => [category, code]));
    // A missing value stays missing, unless the empty text itself was a category.
    if (!codes.has('')) codes.set('', NaN);
    columns.set(name, { value: lookUp(graph, name, column, codes, state.unseen), type: 'double' });
  }
}
