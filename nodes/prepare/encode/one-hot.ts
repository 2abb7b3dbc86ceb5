import { append } from '../../../shared/append.ts';
import type { ApplyContext, FitContext, OnnxContext } from '../../../shared/capabilities.ts';
import { pickColumns } from '../../../shared/kind/columns.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, ids, join, sql, type Sql } from '../../../shared/sql.ts';
import type { Column } from '../../../shared/wires.ts';
import { compareText } from '../../../methods/preparation/compare-text.ts';
import { countValues } from '../../../methods/preparation/most-frequent.ts';
import { asText, isMissingValue, onlyOutput } from '../../../methods/preparation/onnx-values.ts';
import { categoryText, isMissing } from '../../../methods/preparation/present-number.ts';
import { uniqueNames } from '../../../shared/kind/unique-names.ts';
import type { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
export type OneHotColumn = {
  readonly name: string;
  /** Categories with a column of their own; `column` is null for the one that is left out. */
  readonly categories: readonly { readonly value: string; readonly column: string | null }[];
  /** The column for categories that are rare in training or never seen there. Without one they are all zeros. */
  readonly infrequent: string | null;
  readonly missing: string | null;
};
export type OneHotState = { readonly method: 'one-hot'; readonly columns: readonly OneHotColumn[] };

export async function fitOneHot({ train, params, warn, progress }: FitContext<Params>): Promise<OneHotState> {
  const picked = pickColumns(params.columns, train.columns, ['text', 'boolean', 'number']);
  const gone = new Set(picked.map((c) => c.name));
  const taken = train.columns.filter((c) => !gone.has(c.name)).map((c) => c.name);
  const columns: OneHotColumn[] = [];
  for (const [i, column] of picked.entries()) {
    progress(i / picked.length, column.name);
    const counts = await countValues(train.query, train.ref, column);
    const missingRows = Number(
      (await train.query(sql`SELECT count(*) AS n FROM ${train.ref} WHERE ${isMissing(column)}`))[0]?.['n'] ?? 0,
    );
    const { own, hasInfrequent } = chooseCategories(counts, params);
    const names = uniqueNames(
      [
        ...own.map((value) => `${column.name}_${value}`),
        ...(hasInfrequent ? [`${column.name}_infrequent`] : []),
        ...(missingRows > 0 ? [`${column.name}_missing`] : []),
      ],
      taken,
    );
    append(taken, names);
    columns.push({
      name: column.name,
      categories: own.map((value, k) => ({ value, column: params.drop && k === 0 ? null : (names[k] ?? null) })),
      infrequent: hasInfrequent ? (names[own.length] ?? null) : null,
      missing: missingRows > 0 ? (names.at(-1) ?? null) : null,
    });
    const rows = counts.reduce((sum, c) => sum + c.count, 0);
    if (rows >= 20 && counts.length > rows / 2)
      warn({
        code: 'encode.names',
        severity: 'warning',
        message: `"${column.name}" has ${counts.length} different values in ${rows} rows: it names rows rather than groups them.`,
        mend: 'Leave it out, or derive groups from it.',
        param: 'columns',
        column: column.name,
      });
  }
  return { method: 'one-hot', columns };
}

/** The categories that get a column, in the order of their texts. Among equally frequent ones at the limit the later texts stay, as in scikit-learn. */
export function chooseCategories(
  counts: readonly { value: string; count: number }[],
  params: Pick<Params, 'maxCategories' | 'minRows'>,
): { own: string[]; hasInfrequent: boolean } {
  const enough = counts.filter((c) => c.count >= params.minRows);
  const room =
    enough.length < counts.length || counts.length > params.maxCategories
      ? params.maxCategories - 1
      : params.maxCategories;
  const kept = [...enough].sort((a, b) => b.count - a.count || compareText(b.value, a.value)).slice(0, room);
  return { own: kept.map((c) => c.value).sort(compareText), hasInfrequent: kept.length < counts.length };
}

export function applyOneHot({ input, state }: Pick<ApplyContext<Params, OneHotState>, 'input' | 'state'>): Sql {
  const encoded: Sql[] = [];
  const gone: string[] = [];
  for (const one of state.columns) {
    const column = input.columns.find((c) => c.name === one.name);
    if (!column) continue;
    gone.push(column.name);
    append(encoded, indicators(column, one));
  }
  if (gone.length === 0) return sql`SELECT * FROM ${input.ref}`;
  return sql`SELECT * EXCLUDE (${ids(gone)})${join(
    encoded.map((e) => sql`, ${e}`),
    '',
  )} FROM ${input.ref}`;
}

function indicators(column: Column, one: OneHotColumn): Sql[] {
  const text = categoryText(column);
  const found = one.categories.flatMap((c) =>
    c.column === null ? [] : [sql`coalesce(${text} = ${c.value}, false) AS ${id(c.column)}`],
  );
  if (one.infrequent !== null) {
    const known =
      one.categories.length === 0 ? sql`false` : sql`${text} IN (${join(one.categories.map((c) => sql`${c.value}`))})`;
    found.push(sql`coalesce(${text} IS NOT NULL AND NOT ${known}, false) AS ${id(one.infrequent)}`);
  }
  if (one.missing !== null) found.push(sql`${isMissing(column)} AS ${id(one.missing)}`);
  return found;
}

export function oneHotOnnx({
  graph,
  columns,
  state,
}: Pick<OnnxContext<Params, OneHotState>, 'graph' | 'columns' | 'state'>): void {
  for (const one of state.columns) {
    const column = columns.get(one.name);
    if (!column) continue;
    columns.delete(one.name);
    const text = asText(
      graph,
      one.name,
      column,
      one.categories.map((c) => c.value),
    );
    const missing = isMissingValue(graph, column);
    let known = missing;
    for (const category of one.categories) {
      const equal = onlyOutput(graph.node('Equal', [text, graph.constant('string', [1], [category.value])]));
      known = onlyOutput(graph.node('Or', [known, equal]));
      if (category.column !== null) columns.set(category.column, { value: equal, type: 'bool' });
    }
    if (one.infrequent !== null)
      columns.set(one.infrequent, { value: onlyOutput(graph.node('Not', [known])), type: 'bool' });
    if (one.missing !== null) columns.set(one.missing, { value: missing, type: 'bool' });
  }
}
