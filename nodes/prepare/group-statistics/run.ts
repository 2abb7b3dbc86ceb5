import { fitted } from '../../../shared/capabilities.ts';
import { fail } from '../../../shared/errors.ts';
import { double, id, join, raw, sql, type Sql, type SqlValue } from '../../../shared/sql.ts';
import type { Column } from '../../../shared/wires.ts';
import { findEntry, numbersAt } from '../../../methods/preparation/onnx-lookup.ts';
import { asText } from '../../../methods/preparation/onnx-values.ts';
import { categoryText } from '../../../methods/preparation/present-number.ts';
import { groupAggregate } from './group-aggregate.ts';
import { spec, statisticNames } from './spec.ts';

type State = {
  readonly by: readonly string[];
  readonly names: readonly string[];
  /** The texts of the group (null: missing), then its statistics. */
  readonly groups: readonly (readonly (string | number | null)[])[];
  /** What a group without training rows gets. */
  readonly unseen: readonly (number | null)[];
};

const table = 'groups';

export default fitted(spec, {
  fit: async ({ train, params }): Promise<State> => {
    // The check has refused this; a fit without a check adds nothing.
    if (params.by.length === 0 || params.statistics.length === 0) return { by: [], names: [], groups: [], unseen: [] };
    const columnOf = (name: string, param: string): Column =>
      train.columns.find((c) => c.name === name) ?? missing(name, param);
    const by = params.by.map((name) => columnOf(name, 'by'));
    const measured = await Promise.all(
      params.statistics.map((s) => groupAggregate(train, s.function, columnOf(s.column, 'statistics'))),
    );
    const values = join(measured.map(({ value }, i) => sql`${value} AS ${raw(`v${i}`)}`));
    const keys = join(by.map((c, i) => sql`${categoryText(c)} AS ${raw(`k${i}`)}`));
    const order = join(by.map((_, i) => sql`${raw(`k${i}`)} NULLS LAST`));
    const found = await train.query(sql`SELECT ${keys}, ${values} FROM ${train.ref} GROUP BY ALL ORDER BY ${order}`);
    const overall = (await train.query(sql`SELECT ${values} FROM ${train.ref}`))[0] ?? {};
    const numbers = (row: Readonly<Record<string, SqlValue>>): (number | null)[] =>
      measured.map(({ of }, i) => of(row[`v${i}`] ?? null));
    return {
      by: params.by,
      names: statisticNames(
        params,
        train.columns.map((c) => c.name),
      ),
      groups: found.map((row) => [...by.map((_, i) => textOf(row[`k${i}`])), ...numbers(row)]),
      unseen: params.unseen === 'overall' ? numbers(overall) : measured.map(() => null),
    };
  },

  tables: (state) => ({
    [table]: {
      columns: [
        ...state.by.map((_, i) => ({ name: `__key_${i}`, type: 'VARCHAR' })),
        ...state.names.map((_, i) => ({ name: `__value_${i}`, type: 'DOUBLE' })),
        { name: '__known', type: 'BOOLEAN' },
      ],
      rows: state.groups.map((row) => [...row, true]),
    },
  }),

  apply: ({ input, state, table: tableOf }) => {
    const by = state.by.flatMap((name) => input.columns.find((c) => c.name === name) ?? []);
    if (state.names.length === 0 || by.length < state.by.length) return sql`SELECT * FROM ${input.ref}`;
    const matches = join(
      by.map(
        (c, i) => sql`__groups.${raw(`__key_${i}`)} IS NOT DISTINCT FROM ${categoryText(c, sql`__rows.${id(c.name)}`)}`,
      ),
      ' AND ',
    );
    const values = state.names.map(
      (name, i) =>
        sql`CASE WHEN __groups.__known THEN __groups.${raw(`__value_${i}`)} ELSE ${numberOrNull(state.unseen[i])} END AS ${id(name)}`,
    );
    return sql`SELECT __rows.*, ${join(values)} FROM ${input.ref} AS __rows LEFT JOIN ${tableOf(table)} AS __groups ON ${matches}`;
  },

  onnx: ({ graph, columns, state }) => {
    // A missing value is the empty text there, and a group of its own here: it comes last, and counts before a text that is really empty.
    const groups = state.groups.toReversed();
    const by = state.by.map((name) => columns.get(name));
    const texts = by.flatMap((column, i) =>
      column === undefined
        ? []
        : [
            asText(
              graph,
              state.by[i] ?? '',
              column,
              groups.map((row) => keyOf(row[i])),
            ),
          ],
    );
    if (texts.length === 0 || texts.length < by.length) return;
    const places = findEntry(
      graph,
      texts,
      groups.map((row) => state.by.map((_, i) => keyOf(row[i]))),
    );
    state.names.forEach((name, i) =>
      columns.set(name, {
        value: numbersAt(
          graph,
          places,
          groups.map((row) => numberOr(row[state.by.length + i])),
          numberOr(state.unseen[i]),
        ),
        type: 'double',
      }),
    );
  },
});

const keyOf = (value: string | number | null | undefined): string => (value === null ? '' : String(value ?? ''));
const numberOr = (value: string | number | null | undefined): number =>
  typeof value === 'number' ? value : Number.NaN;
const numberOrNull = (value: number | null | undefined): Sql =>
  value === null || value === undefined ? sql`NULL::DOUBLE` : double(value);
const textOf = (value: SqlValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);

function missing(name: string, param: string): never {
  throw fail('column.missing', {
    message: `There is no column "${name}" here.`,
    mend: 'Choose a column that the rows have.',
    param,
    column: name,
  });
}
