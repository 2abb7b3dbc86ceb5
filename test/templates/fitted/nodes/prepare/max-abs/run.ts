import { fitted } from '../../../shared/capabilities.ts';
import { pickColumns } from '../../../shared/kind/columns.ts';
import { double, id, sql } from '../../../shared/sql.ts';
import { selectList } from '../../../shared/table/select-list.ts';
import { measureNumbers } from '../../../methods/preparation/number-statistics.ts';
import { asDouble, onlyOutput } from '../../../methods/preparation/onnx-values.ts';
import { spec } from './spec.ts';

/** What is learnt: for each column its largest absolute value; 1 where it has none, or only zeros. */
type State = { readonly columns: readonly { readonly name: string; readonly largest: number }[] };

export default fitted(spec, {
  fit: async ({ train, params }): Promise<State> => {
    const picked = pickColumns(params.columns, train.columns, ['number']);
    const statistics = await measureNumbers(train.query, train.ref, picked);
    const columns = picked.map(({ name }) => {
      const { count = 0, min = 0, max = 0 } = statistics.get(name) ?? {};
      return { name, largest: (count === 0 ? 0 : Math.max(Math.abs(min), Math.abs(max))) || 1 };
    });
    return { columns };
  },

  apply: ({ input, state }) => {
    const known = new Set(input.columns.map((c) => c.name));
    const replaced = new Map(
      state.columns
        .filter(({ name }) => known.has(name))
        .map(({ name, largest }) => [name, sql`CAST(${id(name)} AS DOUBLE) / ${double(largest)}`]),
    );
    return sql`SELECT ${selectList(input, { replaced })} FROM ${input.ref}`;
  },

  onnx: ({ graph, columns, state }) => {
    for (const { name, largest } of state.columns) {
      const column = columns.get(name);
      if (column === undefined) continue;
      const divisor = graph.constant('double', [1], [largest]);
      columns.set(name, {
        value: onlyOutput(graph.node('Div', [asDouble(graph, column), divisor])),
        type: 'double',
      });
    }
  },
});
